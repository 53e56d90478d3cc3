#pragma once

#include "base/text.hpp"

#include <errand/time.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

// Small pieces of JSON text. Embedded JSON is copied as it is, what is absent is null.

namespace errand::client {

inline constexpr std::string_view null_text = "null";

[[nodiscard]] inline std::string quoted_or_null(std::string_view text) {
    return text.empty() ? std::string{null_text} : base::json_string(text);
}
[[nodiscard]] inline std::string raw_or_null(const std::string& json) {
    return json.empty() ? std::string{null_text} : json;
}
[[nodiscard]] inline std::string time_or_null(const std::optional<Timestamp>& time) {
    return time ? base::json_string(format_timestamp(*time)) : std::string{null_text};
}

/// Writes one object, member by member.
class ObjectWriter {
public:
    /// `name` needs no escaping.
    ObjectWriter& raw(std::string_view name, std::string_view json) {
        begin_member();
        text_.append("\"").append(name).append("\":").append(json);
        return *this;
    }
    /// `name` is JSON text already.
    ObjectWriter& raw_name(std::string_view name, std::string_view json) {
        begin_member();
        text_.append(name).append(":").append(json);
        return *this;
    }
    ObjectWriter& text(std::string_view name, std::string_view value) {
        return raw(name, base::json_string(value));
    }
    template <class Number>
        requires std::is_arithmetic_v<Number>
    ObjectWriter& number(std::string_view name, Number value) {
        return raw(name, std::to_string(value));
    }
    ObjectWriter& boolean(std::string_view name, bool value) {
        return raw(name, value ? "true" : "false");
    }
    std::string finish() { return std::move(text_ += '}'); }

private:
    void begin_member() {
        if (text_.size() > 1) text_ += ',';
    }

    std::string text_ = "{";
};

template <class Range, class F>
[[nodiscard]] std::string array_of(const Range& range, F to_text) {
    std::string text = "[";
    for (const auto& item : range) {
        if (text.size() > 1) text += ',';
        text += to_text(item);
    }
    return text += ']';
}

}  // namespace errand::client
