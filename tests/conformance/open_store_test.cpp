#include "store/url.hpp"
#include "support/temp_dir.hpp"

#include <errand/error.hpp>
#include <errand/store/store.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

// Store URLs: their parts, their secrets, and what is said about wrong ones.

namespace errand::test {

namespace {

using store::mask_url;
using store::parse_store_url;
using ::testing::HasSubstr;
using ::testing::Not;

/// The message that opening `url` is refused with.
std::string refusal(std::string_view url) {
    try {
        (void)open_store(url);
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument) << error.what();
        EXPECT_EQ(std::string{error.what()}.find('\n'), std::string::npos);
        return error.what();
    }
    ADD_FAILURE() << url << " was opened";
    return {};
}

}  // namespace

TEST(StoreUrl, HasSchemePathAndQuery) {
    const auto url = parse_store_url("sqlite:/a/b.db?durability=full&busy_timeout=30s");
    EXPECT_EQ(url.scheme, "sqlite");
    EXPECT_EQ(url.path, "/a/b.db");
    EXPECT_EQ(url.query, (std::map<std::string, std::string>{{"durability", "full"},
                                                             {"busy_timeout", "30s"}}));
}

TEST(StoreUrl, SchemesIgnoreCaseAndQueriesMayBeEmpty) {
    EXPECT_EQ(parse_store_url("MEMORY:").scheme, "memory");
    EXPECT_TRUE(parse_store_url("memory:?").query.empty());
    EXPECT_EQ(parse_store_url("sqlite:a?x=").query.at("x"), "");
}

TEST(StoreUrl, PathAndQueryArePercentDecoded) {
    const auto url = parse_store_url("sqlite:a%20b%3Fc%25+d?x=1%262&%79=3");
    EXPECT_EQ(url.path, "a b?c%+d");
    EXPECT_EQ(url.query, (std::map<std::string, std::string>{{"x", "1&2"}, {"y", "3"}}));
}

TEST(StoreUrl, BrokenUrlsAreRefusedWithARemedy) {
    EXPECT_THAT(refusal("errand.db"), HasSubstr("sqlite:PATH"));
    EXPECT_THAT(refusal(""), HasSubstr("no scheme"));
    EXPECT_THAT(refusal(":x"), HasSubstr("no scheme"));
    EXPECT_THAT(refusal("./a:b"), HasSubstr("no scheme"));
    EXPECT_THAT(refusal("sqlite:a%2"), HasSubstr("%25"));
    EXPECT_THAT(refusal("sqlite:a%zz"), HasSubstr("%25"));
    EXPECT_THAT(refusal("sqlite:a%+1"), HasSubstr("%25"));
    EXPECT_THAT(refusal("sqlite:a%00b"), HasSubstr("NUL"));
    EXPECT_THAT(refusal({"sqlite:a\0b", 10}), HasSubstr("NUL"));
    EXPECT_THAT(refusal("sqlite:a?durability"), HasSubstr("no value"));
    EXPECT_THAT(refusal("sqlite:a?=full"), HasSubstr("no value"));
    EXPECT_THAT(refusal("sqlite:a?durability=full&durability=full"), HasSubstr("twice"));
}

TEST(OpenStore, UnknownNamesGetTheNearestKnownOne) {
    EXPECT_THAT(refusal("sqlit:a"), HasSubstr("did you mean sqlite?"));
    EXPECT_THAT(refusal("memry:"), HasSubstr("did you mean memory?"));
    EXPECT_THAT(refusal("quicksilver:a"), HasSubstr("memory, sqlite"));
    EXPECT_THAT(refusal("sqlite:a?durabilty=full"), HasSubstr("did you mean durability?"));
    EXPECT_THAT(refusal("sqlite:a?durability=ful"), HasSubstr("did you mean full?"));
    EXPECT_THAT(refusal("sqlite:a?busy_timeout=fast"), HasSubstr("busy_timeout"));
    EXPECT_THAT(refusal("memory:?durability=full"), HasSubstr("durability"));
}

TEST(OpenStore, PathsThatCannotBeAreRefused) {
    EXPECT_THAT(refusal("memory:x"), HasSubstr("write memory:"));
    EXPECT_THAT(refusal("sqlite:"), HasSubstr("no path"));
    EXPECT_THAT(refusal("sqlite::memory:"), HasSubstr("write memory:"));
    EXPECT_THAT(refusal("sqlite://app.db"), HasSubstr("write sqlite:app.db"));
}

TEST(OpenStore, SecretsOfAWrongUrlAreNotRepeated) {
    EXPECT_THAT(refusal("mongo://ada:secret@host/db"), Not(HasSubstr("secret")));
    EXPECT_THAT(refusal("//ada:secret@host/db"), Not(HasSubstr("secret")));
}

TEST(MaskUrl, HidesPasswordsOnly) {
    EXPECT_EQ(mask_url("postgres://ada:s3c:r@t@host:5432/db?x=1"),
              "postgres://ada:***@host:5432/db?x=1");
    EXPECT_EQ(mask_url("redis://:secret@host/0"), "redis://:***@host/0");
    EXPECT_EQ(mask_url("postgres://ada@host:5432/db"), "postgres://ada@host:5432/db");
    EXPECT_EQ(mask_url("postgres://host:5432/a@b"), "postgres://host:5432/a@b");
    EXPECT_EQ(mask_url("postgres://host/db?password=x&y=1"), "postgres://host/db?password=***&y=1");
    EXPECT_EQ(mask_url("postgres://host/db?y=1&password=x"), "postgres://host/db?y=1&password=***");
    EXPECT_EQ(mask_url("sqlite:a.db"), "sqlite:a.db");
    EXPECT_EQ(mask_url("memory:"), "memory:");
    EXPECT_EQ(mask_url(""), "");
}

}  // namespace errand::test
