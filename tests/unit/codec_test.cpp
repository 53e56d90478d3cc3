#include <errand/codec.hpp>

#include "unit/expect_error.hpp"

namespace errand {
namespace {

using test::message_of_refusal;
using ::testing::HasSubstr;

TEST(OnlyElement, IsTheExactTextOfTheElement) {
    EXPECT_EQ(only_element(R"([{"to": "a"}])"), R"({"to": "a"})");
    EXPECT_EQ(only_element(" [ 1.50 ] \n"), "1.50");
    EXPECT_EQ(only_element(R"(["a,b]\"]\\"])"), R"("a,b]\"]\\")");
    EXPECT_EQ(only_element(R"([[1,[2,{"a":[3,"]"]}]]])"), R"([1,[2,{"a":[3,"]"]}]])");
    EXPECT_EQ(only_element("[null]"), "null");
}

TEST(OnlyElement, RefusesOtherShapes) {
    const auto refusal = [](std::string_view json) {
        return message_of_refusal([&] { (void)only_element(json); });
    };
    EXPECT_THAT(refusal("[]"), HasSubstr("it is empty"));
    EXPECT_THAT(refusal("[1,2]"), HasSubstr("it has more"));
    EXPECT_THAT(refusal("[[1],2]"), HasSubstr("it has more"));
    EXPECT_THAT(refusal("{}"), HasSubstr("it is no array"));
    EXPECT_THAT(refusal(""), HasSubstr("it is no array"));
    EXPECT_THAT(refusal("["), HasSubstr("it has no end"));
    EXPECT_THAT(refusal("[\"a]"), HasSubstr("a string in it has no end"));
    EXPECT_THAT(refusal("[\"a\\"), HasSubstr("a string in it has no end"));
    EXPECT_THAT(refusal("[1]]"), HasSubstr("not valid JSON"));
    EXPECT_THAT(refusal("[1}"), HasSubstr("not valid JSON"));
}

TEST(OnlyElement, KeepsArgumentsOutOfItsErrors) {
    const auto message = message_of_refusal([] { (void)only_element(R"(["secret","other"])"); });
    EXPECT_THAT(message, ::testing::Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace errand
