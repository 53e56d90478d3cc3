#include <errand/error.hpp>
#include <errand/retry.hpp>

#include "base/scan.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>
#include <vector>

namespace errand {
namespace {

[[noreturn]] void refuse_part(const std::string& reason) {
    throw Error(ErrorCode::invalid_argument, reason);
}

/// name(item, item, …) taken apart, spaces around each removed.
struct Call {
    std::string_view name;
    std::vector<std::string_view> items;
};

Call take_apart(std::string_view text) {
    text = base::trim(text);
    const auto open = text.find('(');
    if (open == text.npos || !text.ends_with(')')) {
        refuse_part(
            "it must look like exponential(1m, x2), linear(10s), fixed(30s) or list(1s, 5s)");
    }
    Call call{base::trim(text.substr(0, open)), {}};
    auto rest = text.substr(open + 1, text.size() - open - 2);
    for (;;) {
        const auto comma = rest.find(',');
        call.items.push_back(base::trim(rest.substr(0, comma)));
        if (comma == rest.npos) return call;
        rest.remove_prefix(comma + 1);
    }
}

/// A plain decimal number that is the whole of `text`; `exponent` ("e-2") scales it exactly.
std::optional<double> plain_number(std::string_view text, const char* exponent = "") {
    const bool is_plain = !text.empty() && text.find_first_not_of("0123456789.") == text.npos;
    if (!is_plain || text.size() > 400) return std::nullopt;
    const auto scaled = std::string{text} + exponent;
    double value = 0;
    const auto end = scaled.data() + scaled.size();
    const auto result = std::from_chars(scaled.data(), end, value);
    if (result.ec != std::errc{} || result.ptr != end) return std::nullopt;
    return value;
}

/// "max 6h" without the word; none: the item does not begin with it.
std::optional<std::string_view> after_word(std::string_view item, std::string_view word) {
    if (!item.starts_with(word) || !item.substr(word.size()).starts_with(' ')) return std::nullopt;
    return base::trim(item.substr(word.size()));
}

struct Modifiers {
    std::optional<Duration> max;
    std::optional<double> jitter;

    [[nodiscard]] RetryPolicy applied_to(RetryPolicy policy) const {
        if (max) policy = policy.max(*max);
        if (jitter) policy = policy.jitter(*jitter);
        return policy;
    }
};

double read_jitter(std::string_view text) {
    const auto number = text.ends_with('%') ? base::trim(text.substr(0, text.size() - 1)) : "";
    const auto value = plain_number(number, "e-2");
    if (!value) {
        refuse_part(
            fmt::format("jitter {} is no percentage such as 10%", base::quote_for_message(text)));
    }
    return *value;
}

/// Takes "max …" and "jitter …" off the end of the items.
Modifiers take_modifiers(std::vector<std::string_view>& items) {
    Modifiers modifiers;
    for (; !items.empty(); items.pop_back()) {
        if (const auto limit = after_word(items.back(), "max")) {
            if (modifiers.max) refuse_part("max is given twice");
            modifiers.max = parse_duration(*limit);
        } else if (const auto fraction = after_word(items.back(), "jitter")) {
            if (modifiers.jitter) refuse_part("jitter is given twice");
            modifiers.jitter = read_jitter(*fraction);
        } else {
            break;
        }
    }
    return modifiers;
}

double read_factor(std::string_view item) {
    const auto number = item.starts_with('x') ? base::trim(item.substr(1)) : "";
    const auto factor = plain_number(number);
    if (!factor) {
        refuse_part(fmt::format("{} is no factor such as x2", base::quote_for_message(item)));
    }
    return *factor;
}

void expect_items(std::string_view name, const std::vector<std::string_view>& items,
                  std::size_t most) {
    if (items.empty()) refuse_part(fmt::format("{} needs a delay", name));
    if (items.size() > most) {
        refuse_part(fmt::format("{} is one too many, {} takes at most {}",
                                base::quote_for_message(items[most]), name, most));
    }
}

[[noreturn]] void refuse_name(std::string_view name) {
    constexpr std::array<std::string_view, 4> names{"exponential", "fixed", "linear", "list"};
    const auto meant = base::nearest(name, names);
    refuse_part(fmt::format("{} is none of exponential, fixed, linear, list{}",
                            base::quote_for_message(name),
                            meant.empty() ? "" : fmt::format("; did you mean {}?", meant)));
}

std::string print_number(double value) {
    std::array<char, 400> buffer;
    const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                      std::chars_format::fixed);
    return {buffer.data(), result.ptr};
}

/// A fraction as percentage, moved by its decimal point so that no digit changes.
std::string print_percentage(double fraction) {
    auto digits = print_number(fraction);
    auto point = digits.find('.');
    if (point == digits.npos)
        point = digits.size();
    else
        digits.erase(point, 1);
    point += 2;
    if (digits.size() < point) digits.append(point - digits.size(), '0');
    auto whole = digits.substr(0, point);
    whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size() - 1));
    const auto rest = digits.substr(point);
    return rest.empty() ? whole : whole + '.' + rest;
}

}  // namespace

RetryPolicy RetryPolicy::parse(std::string_view text) {
    const auto read = [&]() -> RetryPolicy {
        auto [name, items] = take_apart(text);
        const auto modifiers = take_modifiers(items);
        if (name == "fixed") {
            expect_items(name, items, 1);
            return modifiers.applied_to(fixed(parse_duration(items[0])));
        }
        if (name == "linear") {
            expect_items(name, items, 1);
            return modifiers.applied_to(linear(parse_duration(items[0])));
        }
        if (name == "exponential") {
            expect_items(name, items, 2);
            const auto factor = items.size() == 2 ? read_factor(items[1]) : 2.0;
            return modifiers.applied_to(exponential(parse_duration(items[0]), factor));
        }
        if (name != "list") refuse_name(name);
        expect_items(name, items, max_list_size);
        auto policy = list(parse_duration(items[0]));
        policy.count_ = items.size();
        for (std::size_t i = 1; i < items.size(); ++i) {
            policy.delays_[i] = parse_duration(items[i]);
            check_delay(policy.delays_[i]);
        }
        return modifiers.applied_to(policy);
    };
    try {
        return read();
    } catch (const Error& error) {
        throw Error(
            ErrorCode::invalid_argument,
            fmt::format("retry policy {}: {}", base::quote_for_message(text), error.what()));
    }
}

std::string to_string(const RetryPolicy& policy) {
    using Kind = RetryPolicy::Kind;
    std::string text;
    const auto first = format_duration(policy.delays_[0]);
    switch (policy.kind_) {
        case Kind::fixed:
            text = "fixed(" + first;
            break;
        case Kind::linear:
            text = "linear(" + first;
            break;
        case Kind::exponential:
            text = "exponential(" + first + ", x" + print_number(policy.factor_);
            break;
        case Kind::list:
            text = "list(" + first;
            for (std::size_t i = 1; i < policy.count_; ++i) {
                text += ", " + format_duration(policy.delays_[i]);
            }
    }
    if (policy.max_ != RetryPolicy::max_delay) text += ", max " + format_duration(policy.max_);
    if (policy.jitter_ != 0.0) text += ", jitter " + print_percentage(policy.jitter_) + "%";
    return text + ")";
}

}  // namespace errand
