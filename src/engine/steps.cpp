#include "base/text.hpp"
#include "core/step_keys.hpp"
#include "core/validate.hpp"

#include <errand/error.hpp>
#include <errand/limits.hpp>
#include <errand/steps.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace errand {
namespace {

void check_length(std::string_view field, Duration time) {
    if (time >= Duration::zero() && time <= max_duration) return;
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format("{} of {} us is not possible: give 0 to 36500 days", field, time.count()));
}

core::WaitNote read_note(std::string_view what, std::string_view name, std::string_view json) {
    if (const auto note = core::parse_wait_note(json)) return *note;
    throw Error(ErrorCode::conflict,
                fmt::format("{} {}: what is kept of it, {}, is no time; remove the job and enqueue "
                            "it anew",
                            what, base::quote_for_message(name), base::quote_for_message(json)));
}

/// When it ends, counted from the first time that somebody asked.
std::string end_of(Steps& job, const std::string& key, Duration time) {
    return job.once(key, [&] {
        return core::to_json_text({core::moment_after(job.store_time(), time), false});
    });
}

}  // namespace

std::string Steps::step_json(std::string_view name, const std::function<std::string()>& work) {
    core::validate_step_name("step", name);
    return once(core::step_key(name), work);
}

void Steps::sleep(std::string_view name, Duration time) {
    core::validate_step_name("sleep", name);
    check_length("sleep", time);
    const auto end = read_note("sleep", name, end_of(*this, core::sleep_key(name), time)).until;
    const auto now = store_time();
    if (now < end) throw Parked{Outcome::snooze(end - now)};
}

Steps::SignalWait Steps::look_at_wait(std::string_view name) {
    core::validate_name("signal", name);
    SignalWait wait;
    const auto noted = find_effect(core::wait_key(name));
    if (noted) {
        const auto note = read_note("wait for the signal", name, *noted);
        if (note.over) {
            wait.over = true;
            return wait;
        }
        wait.until = note.until;
    }
    wait.value = find_effect(core::signal_key(name));
    if (wait.value || !wait.until || store_time() < *wait.until) return wait;
    // From here on it is over for every attempt, whatever comes.
    replace_effect(core::wait_key(name), core::to_json_text({{}, true}));
    wait.over = true;
    return wait;
}

Steps::SignalWait Steps::begin_wait(std::string_view name, Duration longest) {
    check_length("wait", longest);
    auto wait = look_at_wait(name);
    if (wait.value || wait.over || wait.until) return wait;
    (void)end_of(*this, core::wait_key(name), longest);
    return look_at_wait(name);
}

std::optional<std::string> Steps::wait_json(std::string_view name, Duration longest) {
    auto wait = begin_wait(name, longest);
    if (wait.value || wait.over) return std::move(wait.value);
    // It may be over by now; then the next look says so.
    const auto left = std::max(*wait.until - store_time(), Duration::zero());
    throw Parked{Outcome::wait_signal(std::string{name}, left)};
}

std::optional<std::string> Steps::signal_json(std::string_view name) {
    core::validate_name("signal", name);
    return find_effect(core::signal_key(name));
}

std::string detail::cursor_key(std::string_view name) {
    if (!name.empty()) core::validate_step_name("cursor", name);
    return core::cursor_key(name);
}

}  // namespace errand
