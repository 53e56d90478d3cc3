#include "handlers/exec_waits.hpp"

#include <errand/boost_json.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace errand::handlers {
namespace {

using Names = std::vector<std::string>;

Cursor<Names> names_of(Context& job) {
    return job.cursor<Names>("errand.exec.waits");
}

/// The values stay byte by byte as they came. Names need no escaping.
std::string object_of(const std::map<std::string, std::string>& values) {
    std::string text = "{";
    for (const auto& [name, value] : values)
        text += fmt::format("{}\"{}\":{}", text.size() > 1 ? "," : "", name, value);
    return text + "}";
}

Outcome told_already(std::string_view name, std::string_view how, std::string_view where) {
    return Outcome::fail(fmt::format("the program waits for the signal '{}', though it was told "
                                     "that {}: let it look at {} before it waits",
                                     name, how, where),
                         "signal");
}

}  // namespace

ExecWaits::ExecWaits(Context& job) : job_(job) {
    if (job.lease_seq() <= 1) return;
    names_ = names_of(job).get().value_or(Names{});
    for (const auto& name : names_) {
        auto wait = job.look_at_wait(name);
        if (wait.value) came_[name] = std::move(*wait.value);
        if (wait.over) over_.push_back(name);
    }
    came_text_ = object_of(came_);
    over_text_ = Codec<Names>::encode(over_);
    if (came_text_.size() + over_text_.size() <= max_environment_bytes) return;
    throw Error(ErrorCode::limit_exceeded,
                fmt::format("the signals have {} bytes, more than the {} that a program is given: "
                            "signal where the values are instead",
                            came_text_.size(), max_environment_bytes));
}

Outcome ExecWaits::begin(const std::string& name, Duration longest) {
    if (came_.contains(name)) return told_already(name, "it came", "ERRAND_SIGNALS");
    if (std::ranges::find(over_, name) != over_.end()) {
        return told_already(name, "its time was over", "ERRAND_SIGNALS_OVER");
    }
    if (std::ranges::find(names_, name) == names_.end()) {
        if (names_.size() >= max_names) {
            return Outcome::fail(
                fmt::format("the program has waited for {} signals, which is the most: use fewer",
                            names_.size()),
                "signal");
        }
        // Before the wait itself: a name that nobody waits for does no harm.
        names_.push_back(name);
        names_of(job_).save(names_);
    }
    const auto wait = job_.begin_wait(name, longest);
    // What came or was over meanwhile is told at the next start, at once.
    const auto left = wait.value || wait.over ? Duration::zero() : *wait.until - job_.store_time();
    return Outcome::wait_signal(name, std::max(left, Duration::zero()));
}

}  // namespace errand::handlers
