#include "core/json_object.hpp"

#include "unit/expect_error.hpp"

namespace errand::core {
namespace {

using test::message_of_refusal;
using ::testing::HasSubstr;

TEST(JsonMembers, CutsValuesByteForByte) {
    const std::string text =
        " { \"a\" : [1, {\"b\": \"]}\\\"\"}] , \"c\\n\":\"x,y\" , \"d\": -1.50e3 } ";
    const auto members = json_members(text, "");
    ASSERT_EQ(members.size(), 3U);
    EXPECT_EQ(members[0].name, "a");
    EXPECT_EQ(members[0].value, "[1, {\"b\": \"]}\\\"\"}]");
    EXPECT_EQ(members[1].name, "c\n");
    EXPECT_EQ(members[1].value, "\"x,y\"");
    EXPECT_EQ(members[2].value, "-1.50e3");
    EXPECT_TRUE(json_members("{}", "").empty());
}

TEST(JsonMembers, RefuseWhatIsNoObject) {
    const auto refusal = [](std::string_view text) {
        return message_of_refusal([&] { (void)json_members(text, "write an object"); });
    };
    EXPECT_THAT(refusal("[1]"), HasSubstr("not a JSON object; write an object"));
    EXPECT_THAT(refusal("{\"a\":"), HasSubstr("not valid JSON"));
    EXPECT_THAT(refusal("{\"a\":1,\"\\u0061\":2}"), HasSubstr("\"a\" is given twice"));
}

TEST(JsonElements, CutsValuesByteForByte) {
    const auto elements = json_elements(R"( [1.50 , "a,]" , {"b": [2, 3]} ,[ ] ] )", "");
    EXPECT_THAT(elements, ::testing::ElementsAre("1.50", "\"a,]\"", R"({"b": [2, 3]})", "[ ]"));
    EXPECT_TRUE(json_elements("[]", "").empty());
    EXPECT_THAT(message_of_refusal([] { (void)json_elements("{}", "write a list"); }),
                HasSubstr("not a JSON array; write a list"));
}

}  // namespace
}  // namespace errand::core
