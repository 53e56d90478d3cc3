#include "core/queue_group.hpp"

#include <gmock/gmock.h>
#include <errand/error.hpp>

namespace errand {
namespace {

using testing::HasSubstr;

std::string refusal(std::string_view text) {
    try {
        static_cast<void>(QueueGroup::parse(text));
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
        return error.what();
    }
    return "(accepted)";
}

TEST(QueueGroup, OneQueueIsAGroupToo) {
    EXPECT_EQ(QueueGroup::parse("mail:4"), (QueueGroup{{{"mail"}}, 4}));
    EXPECT_EQ(QueueGroup::parse("mail", 3), (QueueGroup{{{"mail"}}, 3}));
    EXPECT_EQ(QueueGroup::parse("eu:mail", 3).queues[0].name, "eu:mail");
    EXPECT_EQ(QueueGroup::parse("eu:mail:2").queues[0].name, "eu:mail");
}

TEST(QueueGroup, APlainListIsStrict) {
    EXPECT_EQ(QueueGroup::parse("high,default,low:8"),
              (QueueGroup{{{"high"}, {"default"}, {"low"}}, 8, QueueChoice::strict}));
}

TEST(QueueGroup, AWeightMakesItWeighted) {
    EXPECT_EQ(QueueGroup::parse("high*6, default*3,low:8"),
              (QueueGroup{{{"high", 6}, {"default", 3}, {"low", 1}}, 8, QueueChoice::weighted}));
}

TEST(QueueGroup, ItsTextIsReadBack) {
    for (const auto* text : {"mail:4", "eu:mail:2", "a,b:1", "a*1,b*1:8", "a*6,b*3,c*1:1024"}) {
        EXPECT_EQ(to_string(QueueGroup::parse(text)), text);
    }
}

TEST(QueueGroup, RefusesBadTextAndSaysWhy) {
    EXPECT_THAT(refusal(""), HasSubstr("queue"));
    EXPECT_THAT(refusal("a,,b:2"), HasSubstr("queue"));
    EXPECT_THAT(refusal("a b"), HasSubstr("queue"));
    EXPECT_THAT(refusal("a*x,b"), HasSubstr("high*6"));
    EXPECT_THAT(refusal("a*0,b"), HasSubstr("queues.a.weight: 0 is out of range; give 1 to 1000"));
    EXPECT_THAT(refusal("a*9999999999,b"), HasSubstr("out of range"));
    EXPECT_THAT(refusal("a*2,a"), HasSubstr("stands twice"));
    EXPECT_THAT(refusal("a:0"), HasSubstr("queues.a.concurrency: 0 is out of range"));
    EXPECT_THAT(refusal("a:1025"), HasSubstr("give 1 to 1024"));
}

TEST(QueueGroup, HasABoundedNumberOfQueues) {
    QueueGroup group;
    EXPECT_THROW(core::validate(group), Error);
    for (int i = 0; i < 65; ++i)
        group.queues.push_back({"q" + std::to_string(i)});
    EXPECT_THROW(core::validate(group), Error);
    group.queues.pop_back();
    EXPECT_NO_THROW(core::validate(group));
}

}  // namespace
}  // namespace errand
