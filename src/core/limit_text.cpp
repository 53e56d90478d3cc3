#include "core/rate.hpp"

#include "base/scan.hpp"
#include "base/text.hpp"
#include "core/breaker.hpp"
#include "core/time_window.hpp"
#include "core/validate.hpp"

#include <errand/error.hpp>
#include <errand/limits.hpp>

#include <fmt/format.h>

#include <array>
#include <utility>

namespace errand {

namespace {

constexpr std::uint32_t max_amount = 1'000'000'000;
constexpr std::uint32_t max_concurrency = 1'000'000;
constexpr Duration min_per = std::chrono::milliseconds{1};
constexpr Duration max_per = std::chrono::days{31};

constexpr std::array<std::pair<std::string_view, Scope::Kind>, 3> named_kinds{
    {{"queue", Scope::Kind::queue}, {"type", Scope::Kind::type}, {"key", Scope::Kind::key}}};

[[noreturn]] void refuse(std::string_view field, std::string_view text, std::string_view remedy) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{}: {} {}", field, base::quote_for_message(text), remedy));
}

[[noreturn]] void refuse_rate(std::string_view text) {
    refuse("rate", text, "is not understood; use AMOUNT/TIME, for example 100/1m or 5/1s burst 10");
}

std::uint32_t read_amount(std::string_view digits, std::string_view whole) {
    const auto amount = base::to_number(digits);
    if (!amount) refuse_rate(whole);
    if (*amount == 0 || *amount > max_amount) {
        refuse("rate", whole, "is out of range: amounts lie between 1 and 1000000000");
    }
    return static_cast<std::uint32_t>(*amount);
}

}  // namespace

Scope Scope::parse(std::string_view text) {
    if (text == "global") return {};
    const auto colon = text.find(':');
    for (const auto& [word, kind] : named_kinds) {
        if (colon == text.npos || text.substr(0, colon) != word) continue;
        Scope scope{kind, std::string{text.substr(colon + 1)}};
        core::validate(scope);
        return scope;
    }
    refuse("scope", text, "is not known; use global, queue:NAME, type:NAME or key:NAME");
}

std::string to_string(const Scope& scope) {
    for (const auto& [word, kind] : named_kinds) {
        if (kind == scope.kind) return fmt::format("{}:{}", word, scope.name);
    }
    return "global";
}

Rate Rate::parse(std::string_view text) {
    const auto trimmed = base::trim(text);
    const auto slash = trimmed.find('/');
    if (slash == trimmed.npos) refuse_rate(text);
    Rate rate;
    rate.amount = read_amount(base::trim(trimmed.substr(0, slash)), text);
    auto rest = base::trim(trimmed.substr(slash + 1));
    const auto space = rest.find(' ');
    if (space != rest.npos) {
        const auto burst = base::trim(rest.substr(space));
        if (!burst.starts_with("burst ")) refuse_rate(text);
        rate.kind = Kind::bucket;
        rate.burst = read_amount(base::trim(burst.substr(6)), text);
        rest = rest.substr(0, space);
    }
    try {
        rate.per = parse_duration(rest);
    } catch (const Error&) {
        refuse_rate(text);
    }
    if (rate.per < min_per || rate.per > max_per) {
        refuse("rate", text, "is out of range: the time lies between 1ms and 31d");
    }
    return rate;
}

std::string to_string(const Rate& rate) {
    const auto base = fmt::format("{}/{}", rate.amount, format_duration(rate.per));
    return rate.kind == Rate::Kind::window ? base : fmt::format("{} burst {}", base, rate.burst);
}

}  // namespace errand

namespace errand::core {

void validate(const Scope& scope) {
    switch (scope.kind) {
        case Scope::Kind::global:
            if (!scope.name.empty())
                refuse("scope", scope.name, "has a name although it is global");
            return;
        case Scope::Kind::queue:
            return validate_queue(scope.name);
        case Scope::Kind::type:
            return validate_type(scope.name);
        case Scope::Kind::key:
            return validate_key(scope.name);
    }
}

void validate(const Limit& limit) {
    validate(limit.scope);
    if (limit.concurrency && (*limit.concurrency == 0 || *limit.concurrency > max_concurrency)) {
        refuse("concurrency", std::to_string(*limit.concurrency),
               "does not lie between 1 and 1000000; pause the scope to let nothing begin");
    }
    if (limit.breaker) validate(*limit.breaker);
    if (limit.window) validate(*limit.window);
    // Its text form is read by the same rules.
    if (limit.rate) static_cast<void>(Rate::parse(to_string(*limit.rate)));
}

}  // namespace errand::core
