#include "core/rate.hpp"

#include "unit/expect_error.hpp"

#include <algorithm>

// Scopes, rates and limits as text, and which are refused.

namespace errand {
namespace {

using namespace std::chrono_literals;
using test::message_of_refusal;
using ::testing::HasSubstr;

TEST(Scope, IsReadBackFromItsText) {
    for (const Scope& scope : {Scope::global(), Scope::queue("mail"), Scope::type("email:send"),
                               Scope::key("gr\xc3\xbc\xc3\x9f dich")}) {
        EXPECT_EQ(Scope::parse(to_string(scope)), scope) << to_string(scope);
    }
    EXPECT_EQ(to_string(Scope::global()), "global");
    EXPECT_EQ(to_string(Scope::type("email.send")), "type:email.send");
}

TEST(Scope, ComesInTheOrderOfItsKinds) {
    std::vector scopes{Scope::key("a"), Scope::type("a"), Scope::queue("b"), Scope::queue("a"),
                       Scope::global()};
    std::ranges::sort(scopes);
    EXPECT_EQ(scopes, (std::vector{Scope::global(), Scope::queue("a"), Scope::queue("b"),
                                   Scope::type("a"), Scope::key("a")}));
}

TEST(Scope, WrongTextIsRefusedWithTheRightForms) {
    for (const char* text : {"", "mail", "globe", "global:", "Queue:a", "worker:a"}) {
        EXPECT_THAT(message_of_refusal([&] { (void)Scope::parse(text); }), HasSubstr("queue:NAME"))
            << text;
    }
    for (const char* text : {"queue:", "queue:a b", "type:", "key:"})
        (void)message_of_refusal([&] { (void)Scope::parse(text); });
}

TEST(Rate, IsReadBackFromItsText) {
    for (const char* text : {"100/1m", "1/1ms", "5/1s burst 10", "1000000000/31d burst 1"}) {
        const auto rate = Rate::parse(text);
        EXPECT_EQ(Rate::parse(to_string(rate)), rate) << text;
    }
    const auto rate = Rate::parse(" 5 / 90s  burst  10 ");
    EXPECT_EQ(rate.kind, Rate::Kind::bucket);
    EXPECT_EQ(rate.amount, 5U);
    EXPECT_EQ(rate.per, 90s);
    EXPECT_EQ(rate.burst, 10U);
    EXPECT_EQ(Rate::parse("100/1m").kind, Rate::Kind::window);
}

TEST(Rate, WrongTextIsRefusedWithARightForm) {
    for (const char* text : {"", "100", "100/", "/1m", "x/1m", "100/1m x", "100/1m burst",
                             "100/1m burst x", "-1/1m", "1.5/1m"}) {
        EXPECT_THAT(message_of_refusal([&] { (void)Rate::parse(text); }), HasSubstr("100/1m"))
            << text;
    }
    for (const char* text :
         {"0/1m", "1000000001/1m", "1/999us", "1/32d", "1/1m burst 0", "1/1m burst 1000000001"}) {
        EXPECT_THAT(message_of_refusal([&] { (void)Rate::parse(text); }), HasSubstr("out of range"))
            << text;
    }
}

TEST(Limit, RefusalsNameTheField) {
    const auto refusal = [](const Limit& limit) {
        return message_of_refusal([&] { core::validate(limit); });
    };
    EXPECT_THAT(refusal({.scope = {}, .concurrency = 0}), HasSubstr("concurrency"));
    EXPECT_THAT(refusal({.scope = {}, .concurrency = 1'000'001}), HasSubstr("1000000"));
    Rate rate;
    rate.per = 1us;
    EXPECT_THAT(refusal({.scope = {}, .rate = rate}), HasSubstr("rate"));
    EXPECT_THAT(refusal({.scope = {Scope::Kind::global, "x"}}), HasSubstr("scope"));
    EXPECT_NO_THROW(core::validate(Limit{}));
}

}  // namespace
}  // namespace errand
