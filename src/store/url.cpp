#include "store/url.hpp"

#include "base/text.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

namespace errand::store {

namespace {

[[noreturn]] void refuse(const std::string& message) {
    throw Error(ErrorCode::invalid_argument, message);
}

[[noreturn]] void refuse_missing_scheme(std::string_view text) {
    refuse(fmt::format("store URL {} has no scheme: write memory: or sqlite:PATH",
                       base::quote_for_message(mask_url(text))));
}

bool is_scheme_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '-' || c == '.';
}

char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string parse_scheme(std::string_view text) {
    const auto colon = text.find(':');
    const auto scheme = text.substr(0, colon);
    if (colon == std::string_view::npos || scheme.empty() ||
        !std::ranges::all_of(scheme, is_scheme_char)) {
        refuse_missing_scheme(text);
    }
    std::string lower{scheme};
    std::ranges::transform(lower, lower.begin(), to_lower);
    return lower;
}

/// The byte that "%XX" at the start of `text` stands for.
char decode_percent(std::string_view text) {
    unsigned byte = 0;
    const char* const end = text.data() + std::min<std::size_t>(text.size(), 3);
    const auto [stop, error] = std::from_chars(text.data() + 1, end, byte, 16);
    if (error != std::errc{} || stop != text.data() + 3) {
        refuse("store URL has a '%' without two hex digits: write %25 for a plain '%'");
    }
    if (byte == 0) refuse("store URL holds %00: remove the NUL");
    return static_cast<char>(byte);
}

std::string percent_decode(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            decoded += decode_percent(text.substr(i));
            i += 2;
        } else if (text[i] == '\0') {
            refuse("store URL holds a NUL: remove it");
        } else {
            decoded += text[i];
        }
    }
    return decoded;
}

void add_option(StoreUrl& url, std::string_view option) {
    const auto equals = option.find('=');
    const std::string name = percent_decode(option.substr(0, equals));
    if (equals == std::string_view::npos || name.empty()) {
        refuse(fmt::format("store option {} has no value: write NAME=VALUE",
                           base::quote_for_message(name)));
    }
    if (!url.query.emplace(name, percent_decode(option.substr(equals + 1))).second) {
        refuse(
            fmt::format("store option {} is given twice: keep one", base::quote_for_message(name)));
    }
}

}  // namespace

StoreUrl parse_store_url(std::string_view text) {
    StoreUrl url{.scheme = parse_scheme(text), .path = {}, .query = {}};
    std::string_view rest = text.substr(url.scheme.size() + 1);
    const auto question = rest.find('?');
    url.path = percent_decode(rest.substr(0, question));
    if (question == std::string_view::npos) return url;
    rest.remove_prefix(question + 1);
    while (!rest.empty()) {
        const auto ampersand = rest.find('&');
        add_option(url, rest.substr(0, ampersand));
        rest.remove_prefix(ampersand == std::string_view::npos ? rest.size() : ampersand + 1);
    }
    return url;
}

void refuse_unknown(std::string_view what, std::string_view value,
                    std::span<const std::string_view> known) {
    const std::string_view near = base::nearest(value, known);
    const std::string remedy = near.empty() ? fmt::format("use one of: {}", fmt::join(known, ", "))
                                            : fmt::format("did you mean {}?", near);
    refuse(fmt::format("unknown {} {}: {}", what, base::quote_for_message(value), remedy));
}

void check_options(const StoreUrl& url, std::span<const std::string_view> known) {
    for (const auto& [name, value] : url.query) {
        if (std::ranges::find(known, name) != known.end()) continue;
        if (known.empty()) {
            refuse(fmt::format("unknown option {} of a {}: store: it has no options, remove it",
                               base::quote_for_message(name), url.scheme));
        }
        refuse_unknown(fmt::format("option of a {}: store", url.scheme), name, known);
    }
}

std::string mask_url(std::string_view text) {
    std::string masked{text};
    const auto slashes = masked.find("//");
    if (slashes == 0 || (slashes != std::string::npos && masked[slashes - 1] == ':')) {
        const auto host_end = masked.find_first_of("/?#", slashes + 2);
        const auto at = masked.substr(0, host_end).rfind('@');
        const auto colon = masked.find(':', slashes + 2);
        if (at != std::string::npos && colon < at) masked.replace(colon + 1, at - colon - 1, "***");
    }
    constexpr std::string_view option = "password=";
    for (auto at = masked.find(option); at != std::string::npos; at = masked.find(option, at)) {
        at += option.size();
        masked.replace(at, masked.find('&', at) - at, "***");
    }
    return masked;
}

}  // namespace errand::store
