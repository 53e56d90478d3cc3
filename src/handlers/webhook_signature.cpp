#include "handlers/webhook_signature.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <optional>

namespace errand::handlers {
namespace {

constexpr std::string_view secret_prefix = "whsec_";
constexpr std::size_t min_key_bytes = 24;
constexpr std::size_t max_key_bytes = 64;

const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string to_base64(const unsigned char* data, unsigned size) {
    std::string text((size + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock ends it with a NUL
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), data,
                                       static_cast<int>(size));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

/// None for text that is not plain, padded base64.
std::optional<std::string> from_base64(std::string_view text) {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const auto padding_at = text.find('=');
    const auto padding = padding_at == std::string_view::npos ? 0 : text.size() - padding_at;
    if (text.size() % 4 != 0 || padding > 2) return std::nullopt;
    if (text.substr(0, padding_at).find_first_not_of(digits) != std::string_view::npos ||
        text.substr(text.size() - padding).find_first_not_of('=') != std::string_view::npos) {
        return std::nullopt;
    }
    std::string data(text.size() / 4 * 3, '\0');
    const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(data.data()), bytes(text),
                                       static_cast<int>(text.size()));
    if (length < 0) return std::nullopt;
    data.resize(static_cast<std::size_t>(length) - padding);
    return data;
}

}  // namespace

WebhookSecret WebhookSecret::parse(std::string_view text) {
    // The bound on the text keeps its size within what OpenSSL counts with.
    if (text.starts_with(secret_prefix) && text.size() < 200) {
        auto key = from_base64(text.substr(secret_prefix.size()));
        if (key && key->size() >= min_key_bytes && key->size() <= max_key_bytes) {
            return WebhookSecret{std::move(*key)};
        }
    }
    throw Error(ErrorCode::invalid_argument,
                "http secret: not of the form whsec_<base64 of 24 to 64 bytes>: make one with "
                "\"echo whsec_$(openssl rand -base64 32)\"");
}

std::string WebhookSecret::sign(std::string_view id, std::int64_t unix_seconds,
                                std::string_view body) const {
    const std::string content = fmt::format("{}.{}.{}", id, unix_seconds, body);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    const auto* done = HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
                            bytes(content), content.size(), digest.data(), &size);
    if (!done) throw Error(ErrorCode::conflict, "OpenSSL cannot compute HMAC-SHA256 here");
    return "v1," + to_base64(digest.data(), size);
}

}  // namespace errand::handlers
