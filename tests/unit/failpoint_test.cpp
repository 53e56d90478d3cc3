#include "base/failpoints.hpp"

#include "support/temp_dir.hpp"
#include "unit/expect_error.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace errand::base {
namespace {

using Action = FailpointRule::Action;
using test::message_of_error;
using test::message_of_refusal;
using testing::HasSubstr;

constexpr FailpointId claimed{"claim.after_commit"};
constexpr FailpointId settling{"settle.before_begin"};

std::string refusal_of(std::string_view spec) {
    return message_of_refusal([&] { static_cast<void>(parse_failpoints(spec)); });
}

TEST(FailpointPlaces, HaveDistinctNames) {
    std::set<std::string_view> names;
    for (const auto& place : failpoint_places)
        names.insert(place.name);
    EXPECT_EQ(names.size(), failpoint_places.size());
}

TEST(FailpointPlan, IsEmptyWithoutText) {
    for (const auto& rule : parse_failpoints(""))
        EXPECT_FALSE(rule);
}

TEST(FailpointPlan, ReadsActionsAndSelectors) {
    const auto plan = parse_failpoints(
        "claim.after_commit=kill:1in200;settle.before_begin=error:at3;stop.retired=hang=1500ms");
    const auto& kill = plan.at(claimed.index());
    ASSERT_TRUE(kill);
    EXPECT_EQ(kill->action, Action::kill);
    EXPECT_EQ(kill->one_in, 200U);
    const auto& error = plan.at(settling.index());
    ASSERT_TRUE(error);
    EXPECT_EQ(error->action, Action::error);
    EXPECT_EQ(error->at, 3U);
    const auto& hang = plan.at(FailpointId{"stop.retired"}.index());
    ASSERT_TRUE(hang);
    EXPECT_EQ(hang->hang, std::chrono::milliseconds{1500});
}

TEST(FailpointPlan, NamesTheNearestKnownName) {
    EXPECT_THAT(refusal_of("claim.aftercommit=kill"), HasSubstr("did you mean claim.after_commit"));
    EXPECT_THAT(refusal_of("nonsense=kill"), HasSubstr("\"nonsense\""));
}

TEST(FailpointPlan, RefusesWhatMakesNoSense) {
    EXPECT_THAT(refusal_of("claim.after_commit"), HasSubstr("unknown action"));
    EXPECT_THAT(refusal_of("claim.after_commit=explode"), HasSubstr("\"explode\""));
    EXPECT_THAT(refusal_of("claim.after_commit=hang=soon"), HasSubstr("hang"));
    EXPECT_THAT(refusal_of("claim.after_commit=kill:at0"), HasSubstr("\"at0\""));
    EXPECT_THAT(refusal_of("claim.after_commit=kill:1inx"), HasSubstr("\"1inx\""));
    EXPECT_THAT(refusal_of("claim.after_commit=kill:often"), HasSubstr("unknown selector"));
    EXPECT_THAT(refusal_of("claim.after_commit=kill;claim.after_commit=error"), HasSubstr("twice"));
    EXPECT_THAT(refusal_of("runner.returned=error"), HasSubstr("nobody there can catch"));
}

TEST(FailpointRule, FiresAtTheHitItNames) {
    FailpointRule rule;
    rule.at = 3;
    EXPECT_FALSE(rule.fires(2, 0, 7));
    EXPECT_TRUE(rule.fires(3, 0, 7));
    EXPECT_FALSE(rule.fires(4, 0, 7));
}

TEST(FailpointRule, FiresByChanceOfTheSeed) {
    FailpointRule rule;
    rule.one_in = 20;
    int fired = 0;
    int differ = 0;
    for (std::uint64_t hit = 1; hit <= 20'000; ++hit) {
        fired += rule.fires(hit, 1, 7) ? 1 : 0;
        differ += rule.fires(hit, 1, 7) != rule.fires(hit, 1, 8) ? 1 : 0;
        EXPECT_EQ(rule.fires(hit, 1, 7), rule.fires(hit, 1, 7));
    }
    EXPECT_NEAR(fired, 1'000, 200);
    EXPECT_GT(differ, 0);
}

class FailpointsTest : public testing::Test {
protected:
    [[nodiscard]] Failpoints make(std::string_view spec) const {
        return Failpoints{{parse_failpoints(spec), 7, log_path_}};
    }
    [[nodiscard]] std::string log() const {
        std::ifstream in{log_path_};
        return {std::istreambuf_iterator<char>{in}, {}};
    }

    test::TempDir dir_;
    std::string log_path_ = (dir_.path() / "failpoints.log").string();
};

TEST_F(FailpointsTest, ThrowsAsAStoreThatIsAway) {
    auto failpoints = make("claim.after_commit=error:at2");
    failpoints.hit(claimed.index());
    EXPECT_THAT(
        message_of_error(ErrorCode::store_unavailable, [&] { failpoints.hit(claimed.index()); }),
        HasSubstr("claim.after_commit"));
    failpoints.hit(claimed.index());
    EXPECT_THAT(log(), testing::MatchesRegex("reached claim.after_commit [0-9]+\n"
                                             "fired claim.after_commit error [0-9]+ [0-9]+\n"));
}

TEST_F(FailpointsTest, KillsTheProcessAndIsCountedAllTheSame) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(make("settle.before_begin=kill").hit(settling.index()),
                testing::KilledBySignal(SIGKILL), "");
}

TEST_F(FailpointsTest, HangsForItsTime) {
    auto failpoints = make("stop.retired=hang=20ms");
    const auto before = std::chrono::steady_clock::now();
    failpoints.hit(FailpointId{"stop.retired"}.index());
    EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds{20});
    EXPECT_THAT(log(), HasSubstr("fired stop.retired hang"));
}

TEST_F(FailpointsTest, RefusesALogThatCannotBeWritten) {
    EXPECT_THAT(message_of_refusal([&] {
                    Failpoints{{{}, 0, dir_.path().string()}};
                }),
                HasSubstr(dir_.path().string()));
}

}  // namespace
}  // namespace errand::base
