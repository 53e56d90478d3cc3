#include "core/trace_context.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>

namespace errand::core {
namespace {

/// Every 'x' of the pattern stands for one lower-case hexadecimal digit.
constexpr std::string_view pattern = "00-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-xxxxxxxxxxxxxxxx-xx";

bool fits(char expected, char seen) {
    if (expected != 'x') return seen == expected;
    return (seen >= '0' && seen <= '9') || (seen >= 'a' && seen <= 'f');
}

}  // namespace

bool is_traceparent(std::string_view text) noexcept {
    return std::equal(pattern.begin(), pattern.end(), text.begin(), text.end(), fits);
}

std::string traceparent_of(std::string_view meta) {
    if (meta.empty()) return {};
    boost::system::error_code error;
    const auto value = boost::json::parse({meta.data(), meta.size()}, error);
    if (error || !value.is_object()) return {};
    const auto* member = value.get_object().if_contains("traceparent");
    if (!member || !member->is_string()) return {};
    const auto& text = member->get_string();
    return is_traceparent({text.data(), text.size()}) ? std::string{text.data(), text.size()}
                                                      : std::string{};
}

std::string with_traceparent(std::string_view meta, std::string_view traceparent) {
    const auto member = fmt::format(R"("traceparent":"{}")", traceparent);
    if (meta.empty()) return "{" + member + "}";
    const auto brace = meta.find_first_not_of(" \t\r\n");
    if (brace == std::string_view::npos || meta[brace] != '{') return std::string{meta};
    const auto rest = meta.substr(brace + 1);
    const auto first = rest.find_first_not_of(" \t\r\n");
    const bool has_members = first != std::string_view::npos && rest[first] != '}';
    return "{" + member + (has_members ? "," : "") + std::string{rest};
}

std::string child_span(std::string_view parent, std::uint64_t chance) {
    constexpr std::size_t span_at = 36;
    constexpr std::size_t flags_at = 53;
    return fmt::format("{}{:016x}-{}", parent.substr(0, span_at),
                       std::max<std::uint64_t>(chance, 1), parent.substr(flags_at));
}

}  // namespace errand::core
