#include "core/unique.hpp"

#include "base/text.hpp"
#include "core/named_values.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

namespace errand {
namespace {

constexpr core::NamedValues<OnConflict, 5> on_conflict_names{
    "on_conflict",
    {{{"existing", OnConflict::existing},
      {"reject", OnConflict::reject},
      {"replace_args", OnConflict::replace_args},
      {"reschedule", OnConflict::reschedule},
      {"replace", OnConflict::replace}}}};

constexpr Duration shortest_period = std::chrono::milliseconds{1};
constexpr Duration longest_period = std::chrono::days{365};

Error bad_period(const std::string& period) {
    return Error(ErrorCode::invalid_argument,
                 fmt::format("unique_for: {} does not lie between 1ms and 365d", period));
}

}  // namespace

std::string_view to_string(OnConflict rule) noexcept {
    return on_conflict_names.name_of(rule);
}

OnConflict parse_on_conflict(std::string_view text) {
    return on_conflict_names.value_of(text);
}

std::string unique_for_text(const UniquePolicy& policy) {
    switch (policy.hold) {
        case UniqueFor::unfinished:
            return "unfinished";
        case UniqueFor::waiting:
            return "waiting";
        case UniqueFor::period:
            return format_duration(policy.period);
    }
    return {};
}

void parse_unique_for(std::string_view text, UniquePolicy& policy) {
    policy.period = {};
    if (text == "unfinished") {
        policy.hold = UniqueFor::unfinished;
        return;
    }
    if (text == "waiting") {
        policy.hold = UniqueFor::waiting;
        return;
    }
    Duration period{};
    try {
        period = parse_duration(text);
    } catch (const Error&) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("unique_for: {} is neither unfinished, waiting nor a duration such "
                                "as 10m",
                                base::quote_for_message(text)));
    }
    if (period < shortest_period || period > longest_period) {
        throw bad_period(base::quote_for_message(text));
    }
    policy.hold = UniqueFor::period;
    policy.period = period;
}

namespace core {

void validate(const UniquePolicy& policy, std::string_view unique_key) {
    const bool by_period = policy.hold == UniqueFor::period;
    if (by_period && (policy.period < shortest_period || policy.period > longest_period)) {
        throw bad_period(format_duration(policy.period));
    }
    if (!by_period && policy.period != Duration::zero()) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("unique_for: a period of {} counts with UniqueFor::period only; "
                                "set hold to it or leave the period out",
                                format_duration(policy.period)));
    }
    if (!unique_key.empty()) return;
    if (policy.hold != UniqueFor::unfinished) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("unique_for: {} without a unique_key; give the key, or what of the "
                                "args makes it",
                                unique_for_text(policy)));
    }
    if (policy.on_conflict != OnConflict::existing) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("on_conflict: {} without a unique_key; give the key, or what of "
                                "the args makes it",
                                to_string(policy.on_conflict)));
    }
}

std::string policy_text(const UniquePolicy& policy) {
    if (policy == UniquePolicy{}) return {};
    return fmt::format("{} {}", unique_for_text(policy), to_string(policy.on_conflict));
}

UniquePolicy read_policy(std::string_view text) {
    if (text.empty()) return {};
    try {
        UniquePolicy policy;
        const auto space = text.rfind(' ');
        if (space == text.npos) return {};
        parse_unique_for(text.substr(0, space), policy);
        policy.on_conflict = parse_on_conflict(text.substr(space + 1));
        return policy;
    } catch (const Error&) {
        return {};
    }
}

}  // namespace core
}  // namespace errand
