#include "base/failpoint.hpp"

#include "base/failpoints.hpp"
#include "base/random.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace errand::base {
namespace {

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string{} : std::string{value};
}

std::uint64_t seed_in(const std::string& text) {
    if (text.empty()) return system_random().bits();
    char* end = nullptr;
    const auto seed = std::strtoull(text.c_str(), &end, 10);
    if (*end == '\0') return seed;
    throw Error(ErrorCode::invalid_argument,
                "ERRAND_FAILPOINT_SEED: " + text + " is no number; give one or unset it");
}

/// As the environment says when it is first asked for; like the environment it lasts to the end.
Failpoints& of_this_process() {
    static Failpoints& failpoints =
        *std::make_unique<Failpoints>(
             Failpoints::Options{parse_failpoints(variable("ERRAND_FAILPOINTS")),
                                 seed_in(variable("ERRAND_FAILPOINT_SEED")),
                                 variable("ERRAND_FAILPOINT_LOG")})
             .release();
    return failpoints;
}

std::int64_t monotonic_us() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

}  // namespace

Failpoints::Failpoints(Options options) : options_(std::move(options)) {
    const auto& path = options_.log_path;
    if (path.empty()) return;
    log_ = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (log_ >= 0) return;
    throw Error(ErrorCode::invalid_argument, "failpoint log " + path + ": " + std::strerror(errno) +
                                                 "; name a file that can be written");
}

Failpoints::~Failpoints() {
    if (log_ >= 0) ::close(log_);
}

void Failpoints::hit(std::size_t place) {
    const auto count = ++hits_.at(place);
    if (count == 1 && log_ >= 0) {
        log(fmt::format("reached {} {}\n", failpoint_places.at(place).name, ::getpid()));
    }
    const auto& rule = options_.plan.at(place);
    if (rule && rule->fires(count, place, options_.seed)) act(place, *rule);
}

void Failpoints::act(std::size_t place, const FailpointRule& rule) const {
    const auto name = failpoint_places.at(place).name;
    log(fmt::format("fired {} {} {} {}\n", name, to_string(rule.action), ::getpid(),
                    monotonic_us()));
    switch (rule.action) {
        case FailpointRule::Action::kill:
            ::kill(::getpid(), SIGKILL);
            break;
        case FailpointRule::Action::error:
            throw Error(ErrorCode::store_unavailable,
                        fmt::format("failpoint {}: made to fail", name));
        case FailpointRule::Action::hang:
            std::this_thread::sleep_for(rule.hang);
            break;
    }
}

void Failpoints::log(const std::string& line) const noexcept {
    if (log_ < 0) return;
    [[maybe_unused]] const auto written = ::write(log_, line.data(), line.size());
}

void failpoint(FailpointId place) {
    of_this_process().hit(place.index());
}

void check_failpoints() {
    static_cast<void>(of_this_process());
}

}  // namespace errand::base
