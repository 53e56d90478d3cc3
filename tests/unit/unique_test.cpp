#include "core/unique.hpp"
#include "core/canonical_json.hpp"

#include "expect_error.hpp"

#include <errand/limits.hpp>
#include <errand/unique.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace errand::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Ne;
using testing::StartsWith;
using Names = std::vector<std::string>;

std::string refusal_of_key(const std::string& args, const Names& members) {
    return message_of_refusal([&] { (void)unique_key_of("a", args, members); });
}

UniquePolicy parsed(std::string_view text) {
    UniquePolicy policy;
    parse_unique_for(text, policy);
    return policy;
}

std::string refusal(const UniquePolicy& policy, std::string_view key) {
    return message_of_refusal([&] { core::validate(policy, key); });
}

TEST(CanonicalJson, SortsMembersAndDropsSpace) {
    EXPECT_EQ(core::canonical_json(R"( { "b" : [ 1 , { "z":null , "a":true } ] , "a" : "x y" } )"),
              R"({"a":"x y","b":[1,{"a":true,"z":null}]})");
    EXPECT_EQ(core::canonical_json("[]"), "[]");
    EXPECT_EQ(core::canonical_json("{ }"), "{}");
    EXPECT_EQ(core::canonical_json(" -1.50e3 "), "-1.50e3");
}

TEST(CanonicalJson, KeepsNumbersAndEscapesInOneWay) {
    EXPECT_EQ(core::canonical_json("[12345678901234567890123,1.0]"),
              "[12345678901234567890123,1.0]");
    EXPECT_EQ(core::canonical_json(R"(["\u0041\/\"\\"])"), R"(["A/\"\\"])");
    EXPECT_EQ(core::canonical_json(R"({"\u0062":1,"a":2})"), R"({"a":2,"b":1})");
}

TEST(CanonicalJson, RefusesWhatIsNoJson) {
    EXPECT_THAT(message_of_refusal([] { (void)core::canonical_json("[1"); }),
                StartsWith("not valid JSON"));
}

TEST(UniqueKeyOf, IsTheTypeAndAFixedUuid) {
    // Fixed for ever: stores hold such keys.
    EXPECT_EQ(unique_key_of("mail.send", R"([{"to":"a","n":1}])"),
              "mail.send#c5eeb099-05b0-53a5-9e4d-174ddd24c3c4");
    EXPECT_EQ(unique_key_of("mail.send", R"([{"to":"a","n":1}])", Names{"to"}),
              "mail.send#48d74514-4376-5fd4-a48f-2ffe65e36e3f");
}

TEST(UniqueKeyOf, DoesNotDependOnHowTheArgsAreWritten) {
    const auto key = unique_key_of("a", R"([{"x":1,"y":{"p":[],"q":2}}])");
    EXPECT_EQ(unique_key_of("a", R"( [ {"y": {"q":2, "p":[ ]}, "x": 1} ] )"), key);
    EXPECT_EQ(unique_key_of("a", R"({"y":{"q":2,"p":[]},"x":1})"), key);  // wrapped later
    EXPECT_EQ(unique_key_of("a", ""), unique_key_of("a", "[]"));
    const auto chosen = unique_key_of("a", R"([{"x":1,"y":2,"z":3}])", Names{"x", "y"});
    EXPECT_EQ(unique_key_of("a", R"([{"z":4,"y":2,"x":1}])", Names{"y", "x", "y"}), chosen);
}

TEST(UniqueKeyOf, DependsOnEverythingElse) {
    const auto key = unique_key_of("a", R"([{"x":1}])");
    EXPECT_THAT(unique_key_of("b", R"([{"x":1}])"), Ne(key));
    EXPECT_THAT(unique_key_of("a", R"([{"x":1.0}])"), Ne(key));
    EXPECT_THAT(unique_key_of("a", R"([{"x":"1"}])"), Ne(key));
    EXPECT_THAT(unique_key_of("a", R"([{"x":1},2])"), Ne(key));
    EXPECT_THAT(unique_key_of("a", R"([{"x":1}])", Names{"x"}), Ne(key));
    EXPECT_THAT(unique_key_of("a", R"([{"x":1,"y":2}])", Names{"y"}),
                Ne(unique_key_of("a", R"([{"x":2,"y":1}])", Names{"x"})));
}

TEST(UniqueKeyOf, FitsForEveryType) {
    const std::string type(max_type_bytes, 'x');
    const auto key = unique_key_of(type, "[]");
    EXPECT_LE(key.size(), max_unique_key_bytes);
    EXPECT_THAT(unique_key_of(type.substr(1), "[]"), Ne(key));  // also where it is cut
    const auto cut = unique_key_of("\u20ac" + std::string(86, 'x') + "\u20ac", "[]");
    EXPECT_EQ(cut.find('#'), 89U);  // not within a character
}

TEST(UniqueKeyOf, RefusesMembersThatAreNotThere) {
    EXPECT_THAT(refusal_of_key(R"([{"x":1}])", {"y"}), HasSubstr("no member \"y\""));
    EXPECT_THAT(refusal_of_key("[1]", {"y"}), HasSubstr("one object"));
    EXPECT_THAT(refusal_of_key(R"([{"y":1},{"y":2}])", {"y"}), HasSubstr("one object"));
    EXPECT_THAT(refusal_of_key("[]", {"y"}), HasSubstr("one object"));
    EXPECT_THAT(refusal_of_key("[1", {}), StartsWith("args are not valid JSON"));
}

TEST(UniqueFor, HasATextForm) {
    for (const auto* text : {"unfinished", "waiting", "10m", "1ms", "365d"})
        EXPECT_EQ(unique_for_text(parsed(text)), text);
    EXPECT_EQ(parsed("90s").period, Duration{90s});
    UniquePolicy again{UniqueFor::period, 5s, OnConflict::reject};
    parse_unique_for("waiting", again);
    EXPECT_EQ(again, (UniquePolicy{UniqueFor::waiting, {}, OnConflict::reject}));
    EXPECT_THAT(message_of_refusal([] { (void)parsed("always"); }),
                HasSubstr("unfinished, waiting nor a duration such as 10m"));
    EXPECT_THAT(message_of_refusal([] { (void)parsed("0s"); }), HasSubstr("1ms and 365d"));
    EXPECT_THAT(message_of_refusal([] { (void)parsed("366d"); }), HasSubstr("1ms and 365d"));
}

TEST(OnConflict, HasNames) {
    for (const auto rule : {OnConflict::existing, OnConflict::reject, OnConflict::replace_args,
                            OnConflict::reschedule, OnConflict::replace}) {
        EXPECT_EQ(parse_on_conflict(to_string(rule)), rule);
    }
    EXPECT_THAT(message_of_refusal([] { (void)parse_on_conflict("replase"); }),
                HasSubstr("did you mean replace?"));
}

TEST(UniquePolicy, IsCheckedByName) {
    core::validate({}, "");
    core::validate({UniqueFor::period, 365 * 24h, OnConflict::replace}, "k");
    core::validate({UniqueFor::period, 1ms, {}}, "k");
    EXPECT_THAT(refusal({UniqueFor::period, {}, {}}, "k"),
                StartsWith("unique_for: 0s does not lie between 1ms and 365d"));
    EXPECT_THAT(refusal({UniqueFor::period, 366 * 24h, {}}, "k"), HasSubstr("366d"));
    EXPECT_THAT(refusal({UniqueFor::waiting, 5s, {}}, "k"), StartsWith("unique_for: a period"));
    EXPECT_THAT(refusal({UniqueFor::waiting, {}, {}}, ""),
                StartsWith("unique_for: waiting without a unique_key"));
    EXPECT_THAT(refusal({UniqueFor::unfinished, {}, OnConflict::reject}, ""),
                StartsWith("on_conflict: reject without a unique_key"));
}

TEST(UniquePolicy, IsKeptAsText) {
    EXPECT_EQ(core::policy_text({}), "");
    for (const UniquePolicy policy :
         {UniquePolicy{}, UniquePolicy{UniqueFor::waiting, {}, OnConflict::replace},
          UniquePolicy{UniqueFor::period, 90s + 7us, OnConflict::existing},
          UniquePolicy{UniqueFor::unfinished, {}, OnConflict::reject}}) {
        EXPECT_EQ(core::read_policy(core::policy_text(policy)), policy);
    }
    for (const auto* damaged : {"x", "waiting", "waiting never", "400d existing", " "})
        EXPECT_EQ(core::read_policy(damaged), UniquePolicy{}) << damaged;
}

}  // namespace
}  // namespace errand::test
