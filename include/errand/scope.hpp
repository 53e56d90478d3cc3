#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace errand {

/// Which jobs a limit or a pause is about. Text forms: "global", "queue:mail", "type:email.send",
/// "key:stripe".
struct Scope {
    enum class Kind : std::uint8_t {
        global = 0,  ///< every job of the store
        queue = 1,   ///< the jobs of one queue
        type = 2,    ///< the jobs of one type, whatever their queue
        key = 3,     ///< the jobs with one key, whatever their queue
    };
    Kind kind = Kind::global;
    std::string name{};  ///< empty for global

    [[nodiscard]] static Scope global() { return {}; }
    [[nodiscard]] static Scope queue(std::string_view name) {
        return {Kind::queue, std::string{name}};
    }
    [[nodiscard]] static Scope type(std::string_view name) {
        return {Kind::type, std::string{name}};
    }
    [[nodiscard]] static Scope key(std::string_view name) { return {Kind::key, std::string{name}}; }

    /// Throws Error (invalid_argument) that says what is wrong and shows a right form.
    [[nodiscard]] static Scope parse(std::string_view text);

    auto operator<=>(const Scope&) const = default;
};

[[nodiscard]] std::string to_string(const Scope& scope);

}  // namespace errand
