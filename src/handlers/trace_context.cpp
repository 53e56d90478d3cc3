#include "handlers/trace_context.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace errand::handlers {
namespace {

/// Every 'x' of the pattern stands for one lower-case hexadecimal digit.
constexpr std::string_view pattern = "00-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-xxxxxxxxxxxxxxxx-xx";

bool fits(char expected, char seen) {
    if (expected != 'x') return seen == expected;
    return (seen >= '0' && seen <= '9') || (seen >= 'a' && seen <= 'f');
}

}  // namespace

std::string traceparent_of(std::string_view meta) {
    if (meta.empty()) return {};
    boost::system::error_code error;
    const auto value = boost::json::parse({meta.data(), meta.size()}, error);
    if (error || !value.is_object()) return {};
    const auto* member = value.get_object().if_contains("traceparent");
    if (!member || !member->is_string()) return {};
    const auto& text = member->get_string();
    const bool sound = std::equal(pattern.begin(), pattern.end(), text.begin(), text.end(), fits);
    return sound ? std::string{text.c_str(), text.size()} : std::string{};
}

}  // namespace errand::handlers
