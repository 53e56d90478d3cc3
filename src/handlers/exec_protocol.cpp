#include "handlers/exec_protocol.hpp"

#include "core/validate.hpp"

#include <errand/error.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace errand::handlers {
namespace {

/// Takes a decimal number off the front of `text`; none: there is none, or it needs more than 64
/// bits.
std::optional<std::uint64_t> take_number(std::string_view& text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

ExecLine parse_progress(std::string_view rest) {
    const MalformedLine malformed{"::progress CURRENT/TOTAL TEXT"};
    const auto current = take_number(rest);
    if (!current || !rest.starts_with('/')) return malformed;
    rest.remove_prefix(1);
    const auto total = take_number(rest);
    if (!total || !(rest.empty() || rest.starts_with(' '))) return malformed;
    if (!rest.empty()) rest.remove_prefix(1);
    return ProgressLine{*current, *total, rest};
}

ExecLine parse_result(std::string_view rest) {
    if (auto reason = core::json_error(rest); !reason.empty())
        return BadResultLine{std::move(reason)};
    return ResultLine{rest};
}

ExecLine parse_snooze(std::string_view rest) {
    try {
        return SnoozeLine{parse_duration(rest)};
    } catch (const Error&) {
        return MalformedLine{"::snooze DURATION, for example ::snooze 30s"};
    }
}

ExecLine parse_wait_signal(std::string_view rest) {
    const auto space = std::min(rest.find(' '), rest.size());
    const auto name = rest.substr(0, space);
    try {
        core::validate_name("signal", name);
        return WaitSignalLine{name, parse_duration(rest.substr(std::min(space + 1, rest.size())))};
    } catch (const Error&) {
        return MalformedLine{"::wait_signal NAME DURATION, for example ::wait_signal approve 24h"};
    }
}

ExecLine parse_slow_down(std::string_view rest) {
    const auto space = std::min(rest.find(' '), rest.size());
    try {
        const auto delay = parse_duration(rest.substr(0, space));
        return SlowDownLine{delay, rest.substr(std::min(space + 1, rest.size()))};
    } catch (const Error&) {
        return MalformedLine{"::slow-down DURATION REASON, for example ::slow-down 30s busy"};
    }
}

ExecLine parse_discard(std::string_view rest) {
    if (rest.empty()) return MalformedLine{"::discard REASON"};
    return DiscardLine{rest};
}

struct Command {
    std::string_view name;
    ExecLine (*parse)(std::string_view rest);
};

constexpr std::array commands{
    Command{"::progress", parse_progress},   Command{"::result", parse_result},
    Command{"::snooze", parse_snooze},       Command{"::wait_signal", parse_wait_signal},
    Command{"::slow-down", parse_slow_down}, Command{"::discard", parse_discard}};

}  // namespace

ExecLine parse_exec_line(std::string_view line) {
    for (const auto& [name, parse] : commands) {
        if (!line.starts_with(name)) continue;
        const auto rest = line.substr(name.size());
        if (rest.empty()) return parse(rest);
        if (rest.starts_with(' ')) return parse(rest.substr(1));
    }
    return LogLine{};
}

}  // namespace errand::handlers
