#include <errand/boost_json.hpp>
#include <errand/client.hpp>

#include "unit/expect_error.hpp"

#include <boost/describe.hpp>

#include <map>
#include <optional>
#include <vector>

namespace errand {
namespace {

struct Attachment {
    std::string name;
    std::uint64_t size = 0;
    bool operator==(const Attachment&) const = default;
};
BOOST_DESCRIBE_STRUCT(Attachment, (), (name, size))

struct SendEmail {
    static constexpr std::string_view job_type = "email.send";
    static constexpr RetryPolicy retry = RetryPolicy::fixed(std::chrono::seconds{7});
    static constexpr std::uint32_t max_attempts = 4;
    static constexpr Duration timeout = std::chrono::seconds{9};
    std::string to;
    std::vector<Attachment> attachments;
    std::optional<int> urgency;
    bool operator==(const SendEmail&) const = default;
};
BOOST_DESCRIBE_STRUCT(SendEmail, (), (to, attachments, urgency))

static_assert(JobArgs<SendEmail>);
static_assert(!JobArgs<Attachment>);

using test::message_of_refusal;
using ::testing::HasSubstr;

TEST(BoostJsonCodec, CarriesDescribedStructsBothWays) {
    const SendEmail email{"ada@example.org", {{"a.pdf", 12}}, 3};
    const auto json = Codec<SendEmail>::encode(email);
    EXPECT_EQ(json,
              R"({"to":"ada@example.org","attachments":[{"name":"a.pdf","size":12}],"urgency":3})");
    EXPECT_EQ(Codec<SendEmail>::decode(json), email);
}

TEST(BoostJsonCodec, ReadsAMissingOptionalAsNone) {
    const auto email = Codec<SendEmail>::decode(R"({"to":"x","attachments":[]})");
    EXPECT_EQ(email, (SendEmail{"x", {}, std::nullopt}));
}

TEST(BoostJsonCodec, IgnoresUnknownMembers) {
    EXPECT_EQ(Codec<Attachment>::decode(R"({"name":"n","size":1,"more":true})"),
              (Attachment{"n", 1}));
}

TEST(BoostJsonCodec, IsAsLenientInsideOfContainers) {
    using Boxes = std::map<std::string, std::vector<std::optional<SendEmail>>>;
    const auto boxes = Codec<Boxes>::decode(
        R"({"in":[null,{"to":"x","new":1,"attachments":[{"name":"n","size":1,"x":2}]}]})");
    EXPECT_EQ(boxes, (Boxes{{"in", {std::nullopt, SendEmail{"x", {{"n", 1}}, std::nullopt}}}}));
}

/// Reads itself from a plain number, though it is described too.
struct Celsius {
    double degrees = 0;
    friend Celsius tag_invoke(boost::json::value_to_tag<Celsius>, const boost::json::value& json) {
        return {json.to_number<double>()};
    }
    friend void tag_invoke(boost::json::value_from_tag, boost::json::value& json, Celsius value) {
        json = value.degrees;
    }
};
BOOST_DESCRIBE_STRUCT(Celsius, (), (degrees))

TEST(BoostJsonCodec, LeavesOwnConversionsAlone) {
    EXPECT_EQ(Codec<Celsius>::decode("21.5").degrees, 21.5);
    EXPECT_EQ(Codec<Celsius>::encode({1.5}), "1.5E0");
}

TEST(BoostJsonCodec, RefusesWhatDoesNotFit) {
    const auto refusal = [](std::string_view json) {
        return message_of_refusal([&] { (void)Codec<Attachment>::decode(json); });
    };
    EXPECT_THAT(refusal("{"), HasSubstr("not valid JSON"));
    EXPECT_THAT(refusal(R"({"name":"n"})"),
                HasSubstr("does not fit the expected type: member \"size\""));
    EXPECT_THAT(refusal(R"({"name":1,"size":1})"), HasSubstr("does not fit"));
    EXPECT_THAT(refusal(R"({"name":"n","size":-1})"), HasSubstr("does not fit"));
    EXPECT_THAT(refusal("[]"), HasSubstr("does not fit"));
}

TEST(BoostJsonCodec, ReadsAsDeepAsValidationLetsThrough) {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    using Value = boost::json::value;
    EXPECT_NO_THROW((void)Codec<Value>::decode(nested(max_json_depth)));
    EXPECT_THROW((void)Codec<Value>::decode(nested(max_json_depth + 1)), Error);
}

TEST(MakeJob, TakesTheDefaultsOfItsType) {
    const auto job = Client::make_job(SendEmail{"x", {}, {}});
    EXPECT_EQ(job.type, "email.send");
    EXPECT_EQ(only_element(job.args), R"({"to":"x","attachments":[],"urgency":null})");
    EXPECT_EQ(job.retry, SendEmail::retry);
    EXPECT_EQ(job.max_attempts, 4U);
    EXPECT_EQ(job.timeout, std::chrono::seconds{9});
}

TEST(MakeJob, PrefersWhatTheCallSays) {
    const auto job = Client::make_job(SendEmail{"x", {}, {}}, {.max_attempts = 2});
    EXPECT_EQ(job.max_attempts, 2U);
}

}  // namespace
}  // namespace errand
