#include "demo/mail.hpp"

#include "demo/job.hpp"

#include <algorithm>
#include <string_view>

namespace demo {
namespace {

constexpr std::size_t longest_line = 998;

void refuse_line_breaks(std::string_view field, std::string_view value) {
    if (value.find_first_of(std::string_view{"\r\n\0", 3}) != std::string_view::npos) {
        throw Discard(std::string{field} + " has a line break");
    }
}

std::string base64(std::string_view bytes) {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::string_view group = bytes.substr(at, 3);
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < 3; ++i)
            bits = bits << 8 | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0U);
        for (std::size_t i = 0; i < 4; ++i)
            text += i <= group.size() ? digits[bits >> (18 - 6 * i) & 63] : '=';
    }
    return text;
}

/// An encoded word (RFC 2047) where the text is not plain ASCII.
std::string header_text(const std::string& text) {
    const bool plain = std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
    return plain ? text : "=?UTF-8?B?" + base64(text) + "?=";
}

/// The body with CRLF line ends, the last one included.
std::string body_text(std::string_view body) {
    std::string text;
    for (std::size_t at = 0; at < body.size();) {
        const auto end = std::min(body.find('\n', at), body.size());
        std::string_view line = body.substr(at, end - at);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.size() > longest_line) throw Discard("body has a line of more than 998 bytes");
        text += std::string{line} + "\r\n";
        at = end + 1;
    }
    return text;
}

}  // namespace

std::string why_undeliverable(const std::string& address) {
    const auto at = address.find('@');
    const bool has_parts = at != 0 && at != std::string::npos && at + 1 < address.size();
    if (!has_parts || address.find_first_of(" <>,\t\r\n") != std::string::npos) {
        return address + " is no mail address";
    }
    if (address.ends_with(".invalid")) {
        return address + " ends in .invalid, which never exists (RFC 2606): no retry would help";
    }
    return {};
}

std::string message_of(const Mail& mail, const std::string& id, const std::string& date) {
    refuse_line_breaks("to", mail.to);
    refuse_line_breaks("subject", mail.subject);
    return "Date: " + date + "\r\nFrom: Errand demo <" + mail_sender + ">\r\nTo: <" + mail.to +
           ">\r\nSubject: " + header_text(mail.subject) + "\r\nMessage-ID: <" + id +
           "@errand.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
           "Content-Transfer-Encoding: 8bit\r\n\r\n" +
           body_text(mail.body);
}

}  // namespace demo
