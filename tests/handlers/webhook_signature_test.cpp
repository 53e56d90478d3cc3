#include "handlers/webhook_signature.hpp"

#include <errand/error.hpp>

#include <gtest/gtest.h>

namespace errand::handlers {
namespace {

// Expected values were computed with Python's hmac module.
TEST(WebhookSignature, AgreesWithAnotherImplementation) {
    EXPECT_EQ(WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
                  .sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, R"({"test": 2432232314})"),
              "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    EXPECT_EQ(
        WebhookSecret::parse("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").sign("a", 0, ""),
        "v1,nyI8u9KtZmFaY8k/GcBnoJXYP7WgQ2vPynpd+JPwAqQ=");
}

TEST(WebhookSignature, RefusesOtherSecretsWithoutShowingThem) {
    const std::string good = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    for (const auto& text :
         {std::string{""}, good, "whsk_" + good, std::string{"whsec_"}, "whsec_" + good + "=",
          "whsec_" + good.substr(4), "whsec_" + good.substr(1), "whsec_ " + good.substr(1),
          std::string{"whsec_MfKQ9r8GKYqr=wjUPD8ILPZIo2LaLaSw"}, "whsec_" + good + "A===",
          "whsec_" + std::string(88, 'A'), "whsec_" + std::string(1'000, 'A')}) {
        try {
            static_cast<void>(WebhookSecret::parse(text));
            ADD_FAILURE() << "accepted " << text;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
            EXPECT_EQ(std::string{error.what()}.find("MfKQ"), std::string::npos);
        }
    }
}

TEST(WebhookSignature, AcceptsKeysOf24To64Bytes) {
    EXPECT_NO_THROW(static_cast<void>(WebhookSecret::parse("whsec_" + std::string(32, 'A'))));
    EXPECT_NO_THROW(
        static_cast<void>(WebhookSecret::parse("whsec_" + std::string(86, 'A') + "==")));
}

}  // namespace
}  // namespace errand::handlers
