#include "handlers/exec_report.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <cstring>

namespace errand::handlers {
namespace {

std::string describe_signal(int signal) {
    const char* name = ::sigabbrev_np(signal);
    return name ? fmt::format("killed by SIG{}", name) : fmt::format("killed by signal {}", signal);
}

/// A program that failed is not simply begun again later.
bool needs_success(const Outcome& asked) {
    return asked.kind() == Outcome::Kind::snooze || asked.kind() == Outcome::Kind::wait_signal;
}

}  // namespace

void ExecReport::on_stdout(const Line& line) {
    if (line.cut_bytes == 0) {
        std::visit([&](const auto& command) { obey(command, line); }, parse_exec_line(line.text));
    } else if (line.text.starts_with(result_prefix)) {
        result_too_long();
    } else {
        log(line);
    }
}

void ExecReport::log(const Line& line) {
    std::string text = base::to_valid_utf8(line.text);
    if (line.cut_bytes > 0) text += fmt::format("… ({} bytes cut)", line.cut_bytes);
    tail_.add_line(text);
    job_.log(text);
}

void ExecReport::result_too_long() {
    result_error_ = fmt::format(
        "the program's ::result is longer than {} bytes: shorten it or raise result_bytes",
        result_bytes_);
    job_.log(result_error_);
}

void ExecReport::obey(const ProgressLine& progress, const Line&) {
    job_.progress(progress.current, progress.total, base::to_valid_utf8(progress.message));
}

void ExecReport::obey(const ResultLine& result, const Line&) {
    if (result.json.size() > result_bytes_) return result_too_long();
    result_ = result.json;
}

void ExecReport::obey(const BadResultLine& result, const Line&) {
    result_error_ = fmt::format("the program's ::result is not valid JSON: {}", result.reason);
    job_.log(result_error_);
}

void ExecReport::obey(const SnoozeLine& snooze, const Line&) {
    asked_ = Outcome::snooze(snooze.delay);
}

void ExecReport::obey(const WaitSignalLine& wait, const Line&) {
    asked_ = Outcome::wait_signal(std::string{wait.name}, wait.longest);
}

void ExecReport::obey(const SlowDownLine& slow_down, const Line&) {
    asked_ = slow_down.reason.empty()
                 ? Outcome::slow_down(slow_down.delay)
                 : Outcome::slow_down(slow_down.delay, base::to_valid_utf8(slow_down.reason));
}

void ExecReport::obey(const DiscardLine& discard, const Line&) {
    asked_ = Outcome::discard(base::to_valid_utf8(discard.reason));
}

void ExecReport::obey(const MalformedLine& malformed, const Line& line) {
    job_.log(fmt::format("malformed command {}: write {}", base::quote_for_message(line.text),
                         malformed.usage));
}

Outcome ExecReport::failed(std::string how, std::string type) const {
    if (!tail_.text().empty()) how += "\n" + tail_.text();
    return Outcome::fail(std::move(how), std::move(type));
}

Outcome ExecReport::outcome(const ExitStatus& status) const {
    if (status.by_signal) {
        return failed(describe_signal(status.code), fmt::format("signal {}", status.code));
    }
    if (asked_ && !needs_success(*asked_)) return *asked_;
    if (status.code != 0) {
        return Outcome::fail(tail_.text().empty() ? "the program printed nothing" : tail_.text(),
                             fmt::format("exit code {}", status.code));
    }
    if (asked_) return *asked_;
    if (!result_error_.empty()) return Outcome::fail(result_error_, "result");
    return Outcome::done(result_);
}

}  // namespace errand::handlers
