#pragma once

#include "base/text.hpp"

#include <errand/error.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

// What the fuzz targets share. A finding is whatever ends the process: a sanitizer, an assertion,
// an exception that is no Error, or a check() that does not hold.

namespace errand::fuzz {

/// Ends the process unless `holds`.
inline void check(bool holds, std::string_view rule, std::string_view seen = {}) {
    if (holds) return;
    std::fprintf(stderr, "broken rule: %.*s\n%.*s\n", static_cast<int>(rule.size()), rule.data(),
                 static_cast<int>(seen.size()), seen.data());
    std::abort();
}

/// The promise of Error: one line of UTF-8.
inline void check_message(std::string_view message) {
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
    check(!message.empty(), "an error says something");
    check(base::is_valid_utf8(message), "the message of an error is UTF-8", message);
    check(std::none_of(message.begin(), message.end(), is_control),
          "the message of an error is one line", message);
}

/// Calls `work`, which may throw Error and nothing else. True: it came to its end.
template <class Work>
bool allow_errors(Work work) {
    try {
        work();
        return true;
    } catch (const Error& error) {
        check_message(error.what());
        return false;
    }
}

/// What `parse` makes of something; none: it refused it with an Error.
template <class Parse>
auto parsed_by(Parse parse) -> std::optional<decltype(parse())> {
    std::optional<decltype(parse())> result;
    allow_errors([&] { result = parse(); });
    return result;
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

}  // namespace errand::fuzz
