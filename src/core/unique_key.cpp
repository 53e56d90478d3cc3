#include "core/canonical_json.hpp"
#include "core/json_object.hpp"
#include "core/validate.hpp"

#include <errand/codec.hpp>
#include <errand/error.hpp>
#include <errand/unique.hpp>

#include "base/scan.hpp"
#include "base/text.hpp"

#include <fmt/format.h>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <algorithm>
#include <vector>

namespace errand {
namespace {

/// Of all keys that are made from arguments (RFC 4122, version 5); never change it, or the same
/// arguments give another key.
constexpr boost::uuids::uuid name_space{{0x5e, 0x0f, 0x2d, 0x61, 0x8c, 0x34, 0x4b, 0x97, 0xa2, 0x1d,
                                         0x7e, 0x90, 0x46, 0xc3, 0xb8, 0x55}};

/// Enough to be told apart by people; the whole type is in the characters that follow.
constexpr std::size_t shown_type_bytes = 90;

std::string shown_type(std::string_view type) {
    if (type.size() <= shown_type_bytes) return std::string{type};
    auto end = shown_type_bytes;
    while (end > 0 && (static_cast<unsigned char>(type[end]) & 0xC0U) == 0x80U)
        --end;  // not within a character
    return std::string{type.substr(0, end)};
}

/// The args as an array, as they will be kept.
std::string as_array(std::string_view args) {
    const auto text = base::trim(args);
    if (text.empty()) return "[]";
    if (text.starts_with('{')) return fmt::format("[{}]", text);
    return std::string{text};
}

/// Empty: the args are anything else.
std::string_view object_in(std::string_view args) {
    try {
        const auto element = only_element(args);
        return element.starts_with('{') ? element : std::string_view{};
    } catch (const Error&) {
        return {};
    }
}

std::string_view only_object(std::string_view args) {
    const auto object = object_in(args);
    if (!object.empty()) return object;
    throw Error(ErrorCode::invalid_argument,
                "unique_by: members can be chosen from args that are one object, for example "
                "[{\"user_id\": 7}]; choose none to take all of the args");
}

std::string chosen(std::string_view object, std::span<const std::string> names) {
    const auto members = core::json_members(object, "choose none to take all of the args");
    std::vector<std::string> wanted{names.begin(), names.end()};
    std::ranges::sort(wanted);
    const auto repeated = std::ranges::unique(wanted);
    wanted.erase(repeated.begin(), repeated.end());
    std::string text;
    for (const auto& name : wanted) {
        const auto member = std::ranges::find(members, name, &core::JsonMember::name);
        if (member == members.end()) {
            throw Error(ErrorCode::invalid_argument,
                        fmt::format("unique_by: the args have no member {}; name one that they "
                                    "have",
                                    base::quote_for_message(name)));
        }
        text += fmt::format("{}:{}{}\n", name.size(), name, core::canonical_json(member->value));
    }
    return text;
}

}  // namespace

std::string unique_key_of(std::string_view type, std::string_view args,
                          std::span<const std::string> members) {
    const auto array = as_array(args);
    if (const auto reason = core::json_error(array); !reason.empty()) {
        throw Error(ErrorCode::invalid_argument,
                    "args are not valid JSON: " + reason + "; correct them");
    }
    auto content = core::canonical_json(array);
    if (!members.empty()) content = chosen(only_object(array), members);
    const auto name = fmt::format("{}\n{}\n{}", type, members.empty() ? "all" : "chosen", content);
    boost::uuids::name_generator_sha1 generate{name_space};
    return fmt::format("{}#{}", shown_type(type), to_string(generate(name)));
}

}  // namespace errand
