#pragma once

#include "http_support.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace errand::testing {

inline constexpr const char* first_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
inline constexpr const char* second_secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

inline constexpr std::string_view an_event =
    R"({"specversion": "1.0", "id": "evt-1", "source": "/errand/test", )"
    R"("type": "dev.errand.job.completed", "time": "2026-01-31T08:00:00Z", )"
    R"("big": 12345678901234567890123, "data": {"x": 1.50}})";

/// Options of a worker that has one secret and may call this host.
[[nodiscard]] inline WebhookOptions local_webhooks() {
    WebhookOptions options;
    options.secrets = [](std::string_view name) {
        return name == "default" ? std::vector<std::string>{first_secret}
                                 : std::vector<std::string>{};
    };
    options.allow = {"127.0.0.0/8"};
    return options;
}

/// The args of a delivery; `more` is appended to the object: ,"format":"standard".
[[nodiscard]] inline std::string webhook_args(const std::string& url, std::string_view more = {},
                                              std::string_view event = an_event) {
    return R"([{"url":")" + url + R"(","event":)" + std::string{event} + std::string{more} + "}]";
}

/// What a delivery to `url` comes to.
[[nodiscard]] inline Outcome deliver(const std::string& url, WebhookOptions options,
                                     std::string_view more = {}) {
    FakeContext job;
    job.job_args = webhook_args(url, more);
    return webhook_handler(std::move(options))(job);
}
[[nodiscard]] inline Outcome deliver(const std::string& url) {
    return deliver(url, local_webhooks());
}

}  // namespace errand::testing
