#include "cli/filter.hpp"

#include "expect_error.hpp"

#include <gmock/gmock.h>

namespace errand::cli::test {
namespace {

using testing::HasSubstr;

std::string refusal(std::string_view text) {
    return error_of([&] { (void)parse_filter(text); });
}

TEST(Filter, ReadsAllKeys) {
    const JobFilter filter =
        parse_filter("state=discarded,type=mail.send,state=cancelled,queue=q,tag=t");
    EXPECT_THAT(filter.states, testing::ElementsAre(JobState::discarded, JobState::cancelled));
    EXPECT_EQ(filter.type, "mail.send");
    EXPECT_EQ(filter.queue, "q");
    EXPECT_EQ(filter.tag, "t");
}

TEST(Filter, ValueMayHoldAnEqualsSign) {
    EXPECT_EQ(parse_filter("tag=a=b").tag, "a=b");
}

TEST(Filter, RefusesWithTheReason) {
    EXPECT_THAT(refusal(""), HasSubstr("empty"));
    EXPECT_THAT(refusal("discarded"), HasSubstr("KEY=VALUE"));
    EXPECT_THAT(refusal("type="), HasSubstr("KEY=VALUE"));
    EXPECT_THAT(refusal("type=a,"), HasSubstr("KEY=VALUE"));
    EXPECT_THAT(refusal("stat=discarded"), HasSubstr("did you mean `state`?"));
    EXPECT_THAT(refusal("zzzzzzzz=1"), HasSubstr("known are state, type, queue, tag"));
    EXPECT_THAT(refusal("queue=a,queue=b"), HasSubstr("twice"));
}

TEST(Filter, UnknownStateListsTheValidOnes) {
    const std::string reason = refusal("state=done");
    for (const JobState state : all_job_states) {
        EXPECT_THAT(reason, HasSubstr(std::string{to_string(state)}));
    }
    EXPECT_THAT(refusal("state=discarde"), HasSubstr("did you mean discarded?"));
}

}  // namespace
}  // namespace errand::cli::test
