#include <errand/error.hpp>
#include <errand/handlers.hpp>

#include <gtest/gtest.h>

namespace errand {
namespace {

/// The message of the refusal; empty: accepted.
std::string refusal(HttpOptions options) {
    try {
        static_cast<void>(http_handler(std::move(options)));
        return {};
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
        return error.what();
    }
}

TEST(HttpOptions, OnlyHttpUrlsAreTaken) {
    for (const auto* url : {"http://localhost", "https://crm.example/jobs",
                            "HTTP://[::1]:8080/x?y=z", "https://user:word@crm.example/"}) {
        EXPECT_EQ(refusal({.url = url}), "") << url;
    }
    for (const auto* url :
         {"", "crm.example/jobs", "/jobs", "ftp://crm.example/", "file:///etc/passwd", "http://",
          "http:///jobs", "http://a b/", "https://crm.example/\r\nx: y", "javascript:alert(1)"}) {
        EXPECT_NE(refusal({.url = url}), "") << url;
    }
}

TEST(HttpOptions, SecretsInAUrlAreNotShown) {
    for (const auto* url : {"ftp://user:hush@crm.example/", "http://user:hu/hush@crm example/",
                            "ftp://crm.example/?token=hush", "user:hush@crm.example"}) {
        EXPECT_EQ(refusal({.url = url}).find("hush"), std::string::npos) << refusal({.url = url});
        EXPECT_NE(refusal({.url = url}), "");
    }
}

TEST(HttpOptions, SecretsAreChecked) {
    EXPECT_NE(refusal({.url = "http://a", .secret = "hush"}), "");
    EXPECT_EQ(refusal({.url = "http://a", .secret = "hush"}).find("hush"), std::string::npos);
}

TEST(HttpOptions, HeadersAreChecked) {
    const auto with = [](std::string name, std::string value) {
        return refusal({.url = "http://a", .headers = {{std::move(name), std::move(value)}}});
    };
    EXPECT_EQ(with("X-Tenant", "a b\tc"), "");
    EXPECT_NE(with("", "a"), "");
    EXPECT_NE(with("X Tenant", "a"), "");
    EXPECT_NE(with("X:", "a"), "");
    EXPECT_NE(with("X\r\nY", "a"), "");
    EXPECT_NE(with("X", "hush\r\nY: b"), "");
    EXPECT_NE(with("X", std::string{"a\0b", 3}), "");
    EXPECT_EQ(with("X", "hush\r\nY: b").find("hush"), std::string::npos);
    EXPECT_NE(with("Webhook-Signature", "v1,x"), "");
    EXPECT_NE(with("Content-Length", "3"), "");
}

TEST(HttpOptions, TheTimeoutIsPositive) {
    EXPECT_NE(refusal({.url = "http://a", .timeout = Duration{0}}), "");
    EXPECT_NE(refusal({.url = "http://a", .timeout = Duration{-1}}), "");
}

}  // namespace
}  // namespace errand
