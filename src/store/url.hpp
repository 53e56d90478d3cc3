#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace errand::store {

/// A store URL in its parts: SCHEME:PATH[?NAME=VALUE[&NAME=VALUE…]].
struct StoreUrl {
    std::string scheme;                        ///< lower case
    std::string path;                          ///< what follows "SCHEME:", percent-decoded
    std::map<std::string, std::string> query;  ///< percent-decoded
};

/// Throws Error (invalid_argument): no scheme, a broken percent code, an encoded NUL, an option
/// without a value or given twice.
[[nodiscard]] StoreUrl parse_store_url(std::string_view text);

/// Throws Error (invalid_argument), naming the nearest known option, when `url` has any other.
void check_options(const StoreUrl& url, std::span<const std::string_view> known);

/// `text` with passwords ("//user:secret@host", "?password=secret") replaced by "***": fit for
/// logs.
[[nodiscard]] std::string mask_url(std::string_view text);

/// Throws Error (invalid_argument): `what` (for example "store option") has no such `value`; the
/// message names the nearest of `known`, or all of them when none is near.
[[noreturn]] void refuse_unknown(std::string_view what, std::string_view value,
                                 std::span<const std::string_view> known);

}  // namespace errand::store
