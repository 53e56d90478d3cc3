#include "handlers/mail_header.hpp"

#include "handlers/base64.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace errand::handlers {
namespace {

constexpr std::size_t line_length = 76;
constexpr std::size_t longest_plain = 900;  // a line of mail has at most 998 bytes
constexpr std::string_view word_begin = "=?UTF-8?B?";
constexpr std::string_view word_end = "?=";

bool is_plain(std::string_view text) {
    return text.size() <= longest_plain && text.find("=?") == text.npos &&
           std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

/// How many bytes of `text` fit into `room`, without cutting a character.
std::size_t whole_characters(std::string_view text, std::size_t room) {
    if (text.size() <= room) return text.size();
    while (room > 0 && (static_cast<unsigned char>(text[room]) & 0xc0U) == 0x80U)
        --room;
    return room;
}

/// Encoded words on as many lines as they need; the first begins at `column`.
std::string encoded_words(std::string_view text, std::size_t column) {
    std::string result;
    while (!text.empty()) {
        const auto frame = column + word_begin.size() + word_end.size();
        constexpr std::size_t least = 6;  // any character, when the field's name is very long
        const auto room = line_length > frame ? (line_length - frame) / 4 * 3 : 0;
        const auto size = whole_characters(text, std::max(room, least));
        if (!result.empty()) result += "\r\n ";
        result += fmt::format("{}{}{}", word_begin, to_base64(text.substr(0, size)), word_end);
        text.remove_prefix(size);
        column = 1;
    }
    return result;
}

/// Breaks lines at blanks that stand between words.
std::string folded(std::string_view text, std::size_t column) {
    std::string result;
    while (column + text.size() > line_length) {
        const auto room = line_length > column ? line_length - column : 0;
        auto cut = text.rfind(' ', room);
        if (cut == text.npos || cut == 0) cut = text.find(' ', std::max<std::size_t>(room, 1));
        while (cut != text.npos && cut + 1 < text.size() && text[cut + 1] == ' ')
            ++cut;
        if (cut == text.npos || cut == 0 || cut + 1 >= text.size()) break;
        result.append(text.substr(0, cut)).append("\r\n");
        text.remove_prefix(cut);  // the blank begins the next line
        column = 0;
    }
    return result.append(text);
}

std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result + '"';
}

std::string address_text(const MailAddress& address, std::size_t column) {
    if (address.name.empty()) return address.address;
    const auto name =
        is_plain(address.name) ? quoted(address.name) : encoded_words(address.name, column);
    const auto break_at = name.rfind('\n');
    const auto end = break_at == name.npos ? column + name.size() : name.size() - break_at - 1;
    constexpr std::size_t around = 3;  // a blank and the brackets
    const bool fits = end + address.address.size() + around <= line_length;
    return fmt::format("{}{} <{}>", name, fits ? "" : "\r\n", address.address);
}

}  // namespace

std::string text_field(std::string_view name, std::string_view value) {
    const std::size_t column = name.size() + 2;
    return fmt::format("{}: {}\r\n", name,
                       is_plain(value) ? folded(value, column) : encoded_words(value, column));
}

std::string address_field(std::string_view name, std::span<const MailAddress> addresses) {
    if (addresses.empty()) return {};
    std::string line = fmt::format("{}: ", name);
    std::size_t column = line.size();
    for (const auto& address : addresses) {
        if (&address != addresses.data()) {
            line += ",\r\n ";
            column = 1;
        }
        line += address_text(address, column);
    }
    return line + "\r\n";
}

std::string mail_parameter(std::string_view name, std::string_view value) {
    if (is_plain(value)) return fmt::format("; {}={}", name, quoted(value));
    std::string text = fmt::format("; {}*=UTF-8''", name);
    for (const char c : value) {
        const bool safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
        if (safe) {
            text += c;
        } else {
            text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return text;
}

std::string mail_date(Timestamp time) {
    constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(time - day)};
    return fmt::format(
        "{}, {} {} {} {:02}:{:02}:{:02} +0000", days[std::chrono::weekday{day}.c_encoding()],
        static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
        static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
        clock.seconds().count());
}

}  // namespace errand::handlers
