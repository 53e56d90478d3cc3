#include "base/failpoint_plan.hpp"

#include "base/text.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace errand::base {
namespace {

using Action = FailpointRule::Action;

[[noreturn]] void refuse(const std::string& reason) {
    throw Error(ErrorCode::invalid_argument, "failpoints: " + reason);
}

/// Cuts off `text` what stands before `mark`, or all of it.
std::string_view take_until(std::string_view& text, char mark) {
    const auto end = std::min(text.find(mark), text.size());
    const auto front = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return front;
}

std::size_t find_place(std::string_view name) {
    std::array<std::string_view, failpoint_places.size()> names;
    std::ranges::transform(failpoint_places, names.begin(), &FailpointPlace::name);
    const auto found = std::ranges::find(names, name);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    const auto near = nearest(name, names);
    refuse(fmt::format("unknown name {}: {}", quote_for_message(name),
                       near.empty() ? "src/base/failpoint_places.hpp has the list"
                                    : fmt::format("did you mean {}?", near)));
}

std::uint64_t parse_count(std::string_view name, std::string_view selector,
                          std::string_view digits) {
    std::uint64_t count = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (error == std::errc{} && end == digits.data() + digits.size() && count > 0) return count;
    refuse(fmt::format("{}: selector {} needs a number from 1 on: write at3 or 1in200", name,
                       quote_for_message(selector)));
}

void parse_selector(std::string_view name, std::string_view selector, FailpointRule& rule) {
    if (selector.starts_with("at")) {
        rule.at = parse_count(name, selector, selector.substr(2));
    } else if (selector.starts_with("1in")) {
        rule.one_in = parse_count(name, selector, selector.substr(3));
    } else {
        refuse(fmt::format("{}: unknown selector {}: write at3 or 1in200", name,
                           quote_for_message(selector)));
    }
}

void parse_action(std::string_view name, std::string_view action, FailpointRule& rule) {
    if (action == "kill") {
        rule.action = Action::kill;
    } else if (action == "error") {
        rule.action = Action::error;
    } else if (action.starts_with("hang=")) {
        rule.action = Action::hang;
        try {
            rule.hang = parse_duration(action.substr(5));
        } catch (const Error& error) {
            refuse(fmt::format("{}: hang: {}", name, error.what()));
        }
    } else {
        refuse(fmt::format("{}: unknown action {}: write kill, error or hang=2s", name,
                           quote_for_message(action)));
    }
}

void parse_rule(std::string_view text, FailpointPlan& plan) {
    const auto name = take_until(text, '=');
    const auto place = find_place(name);
    FailpointRule rule;
    parse_action(name, take_until(text, ':'), rule);
    if (!text.empty()) parse_selector(name, text, rule);
    if (rule.action == Action::error && !failpoint_places.at(place).may_throw) {
        refuse(fmt::format("{}: nobody there can catch an error: write kill or hang=2s", name));
    }
    if (plan.at(place)) refuse(fmt::format("{} is given twice: keep one", name));
    plan.at(place) = rule;
}

/// Spreads all bits of `value` over all bits of the result.
std::uint64_t mixed(std::uint64_t value) noexcept {
    value ^= value >> 32;
    value *= 0x9E37'79B9'7F4A'7C15U;
    value ^= value >> 29;
    value *= 0xBF58'476D'1CE4'E5B9U;
    return value ^ (value >> 32);
}

}  // namespace

bool FailpointRule::fires(std::uint64_t hit, std::size_t place, std::uint64_t seed) const noexcept {
    if (at != 0) return hit == at;
    return one_in == 1 || mixed(mixed(seed + place) + hit) % one_in == 0;
}

std::string_view to_string(FailpointRule::Action action) noexcept {
    switch (action) {
        case Action::kill:
            return "kill";
        case Action::error:
            return "error";
        case Action::hang:
            return "hang";
    }
    return "?";
}

FailpointPlan parse_failpoints(std::string_view text) {
    FailpointPlan plan;
    while (!text.empty()) {
        const auto rule = take_until(text, ';');
        if (!rule.empty()) parse_rule(rule, plan);
    }
    return plan;
}

}  // namespace errand::base
