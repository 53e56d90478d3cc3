#include "handlers/webhook_signature.hpp"

#include "handlers/base64.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace errand::handlers {
namespace {

constexpr std::string_view secret_prefix = "whsec_";
constexpr std::size_t min_key_bytes = 24;
constexpr std::size_t max_key_bytes = 64;

const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

WebhookSecret WebhookSecret::parse(std::string_view text) {
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
    return "v1," + to_base64({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace errand::handlers
