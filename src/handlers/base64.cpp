#include "handlers/base64.hpp"

#include <errand/error.hpp>

#include <openssl/evp.h>

namespace errand::handlers {
namespace {

constexpr std::size_t most_bytes = 1U << 30;  // OpenSSL counts with int
constexpr std::size_t line_length = 76;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string to_base64(std::string_view bytes) {
    if (bytes.size() > most_bytes)
        throw Error(ErrorCode::limit_exceeded, "more than 1 GiB to encode: make it smaller");
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock ends it with a NUL
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                       bytes_of(bytes), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

std::string to_base64_lines(std::string_view bytes) {
    const auto text = to_base64(bytes);
    std::string lines;
    lines.reserve(text.size() + 2 * (text.size() / line_length + 1));
    for (std::size_t at = 0; at < text.size(); at += line_length)
        lines.append(text, at, line_length).append("\r\n");
    return lines;
}

std::optional<std::string> from_base64(std::string_view text) {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const auto padding_at = text.find('=');
    const auto padding = padding_at == std::string_view::npos ? 0 : text.size() - padding_at;
    if (text.size() > most_bytes || text.size() % 4 != 0 || padding > 2) return std::nullopt;
    if (text.substr(0, padding_at).find_first_not_of(digits) != std::string_view::npos ||
        text.substr(text.size() - padding).find_first_not_of('=') != std::string_view::npos) {
        return std::nullopt;
    }
    std::string data(text.size() / 4 * 3, '\0');
    const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(data.data()),
                                       bytes_of(text), static_cast<int>(text.size()));
    if (length < 0) return std::nullopt;
    data.resize(static_cast<std::size_t>(length) - padding);
    return data;
}

}  // namespace errand::handlers
