#include "core/json_values.hpp"

#include "base/text.hpp"

#include <errand/error.hpp>
#include <errand/limits.hpp>

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <limits>

namespace errand::core {
namespace {

namespace json = boost::json;

[[noreturn]] void refuse(const std::string& reason) {
    throw Error(ErrorCode::invalid_argument, reason);
}

json::value parsed(const JsonMember& member) {
    json::parse_options options;
    options.max_depth = max_json_depth;
    return json::parse({member.value.data(), member.value.size()}, {}, options);
}

template <class Integer>
Integer integer_of(const JsonMember& member) {
    const auto value = parsed(member);
    json::error_code error;
    const auto number = value.to_number<Integer>(error);
    if (error) {
        refuse(fmt::format("must be a whole number from {} to {}",
                           std::numeric_limits<Integer>::min(),
                           std::numeric_limits<Integer>::max()));
    }
    return number;
}

}  // namespace

std::string text_of(const JsonMember& member, std::string_view example) {
    const auto value = parsed(member);
    if (!value.is_string()) refuse(fmt::format("must be a text such as \"{}\"", example));
    return std::string{value.as_string()};
}

Duration duration_of(const JsonMember& member, std::string_view example) {
    return parse_duration(text_of(member, example));
}

Timestamp time_of(const JsonMember& member) {
    return parse_timestamp(text_of(member, "2026-01-31T08:00:00Z"));
}

bool bool_of(const JsonMember& member) {
    const auto value = parsed(member);
    if (!value.is_bool()) refuse("must be true or false");
    return value.as_bool();
}

std::int32_t int32_of(const JsonMember& member) {
    return integer_of<std::int32_t>(member);
}

std::uint32_t uint32_of(const JsonMember& member) {
    return integer_of<std::uint32_t>(member);
}

std::vector<std::string> texts_of(const JsonMember& member, std::string_view expected) {
    const auto value = parsed(member);
    const auto wrong = [&] { refuse(fmt::format("must be {}", expected)); };
    if (!value.is_array()) wrong();
    std::vector<std::string> texts;
    for (const auto& item : value.as_array()) {
        if (!item.is_string()) wrong();
        texts.emplace_back(item.as_string());
    }
    return texts;
}

void refuse_unknown(std::string_view name, std::span<const std::string_view> known) {
    const auto near = base::nearest(name, known);
    refuse(fmt::format("unknown member {}; {}", base::quote_for_message(name),
                       near.empty() ? fmt::format("known are {}", fmt::join(known, ", "))
                                    : fmt::format("did you mean \"{}\"?", near)));
}

void require_known(std::string_view name, std::span<const std::string_view> known) {
    if (std::ranges::find(known, name) == known.end()) refuse_unknown(name, known);
}

}  // namespace errand::core
