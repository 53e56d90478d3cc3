#include "core/transitions.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace errand::core {
namespace {

/// The life of a job as DESIGN.md tells it in its section 2, written down apart from the table.
/// "-" is refused; a "'" marks ways out of active that give the attempt back.
/// Columns: due released_deps claim succeed fail give_up snooze release crash crash_out expire
/// cancel retry postpone released_later wait_again
const std::map<std::string, std::vector<std::string>> expected_life{
    {"pending",
     {"-", "available", "-", "-", "-", "-", "-", "-", "-", "-", "-", "cancelled", "-", "-",
      "scheduled", "-"}},
    {"scheduled",
     {"available", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "cancelled", "available", "-",
      "-", "-"}},
    {"available",
     {"-", "-", "active", "-", "-", "-", "-", "-", "-", "-", "-", "cancelled", "-", "scheduled",
      "-", "-"}},
    {"active",
     {"-", "-", "-", "completed", "retryable", "discarded", "scheduled'", "available'",
      "retryable'", "discarded'", "discarded'", "cancelled", "-", "-", "-", "-"}},
    {"retryable",
     {"available", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "cancelled", "available", "-",
      "-", "-"}},
    {"completed",
     {"-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "available", "-", "-",
      "pending"}},
    {"discarded",
     {"-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "available", "-", "-",
      "pending"}},
    {"cancelled",
     {"-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "available", "-", "-",
      "pending"}},
};

std::string described(JobState from, JobEvent event) {
    const auto transition = find_transition(from, event);
    if (!transition) return "-";
    EXPECT_EQ(transition->from, from);
    EXPECT_EQ(transition->event, event);
    const bool gives_back = from == JobState::active && !transition->uses_attempt;
    return std::string{errand::to_string(transition->to)} + (gives_back ? "'" : "");
}

TEST(Transitions, AreTheLifeOfAJobForEveryStateAndEvent) {
    ASSERT_EQ(expected_life.size(), all_job_states.size());
    for (const auto state : all_job_states) {
        const auto& row = expected_life.at(std::string{errand::to_string(state)});
        ASSERT_EQ(row.size(), job_event_count);
        for (std::size_t i = 0; i < job_event_count; ++i) {
            const auto event = static_cast<JobEvent>(i);
            EXPECT_EQ(described(state, event), row[i])
                << errand::to_string(state) << " x " << to_string(event);
        }
    }
}

TEST(Transitions, AreListedOnceAndFoundAgain) {
    std::set<std::pair<JobState, JobEvent>> seen;
    for (const auto& transition : transitions()) {
        EXPECT_TRUE(seen.emplace(transition.from, transition.event).second);
        EXPECT_EQ(find_transition(transition.from, transition.event)->to, transition.to);
    }
}

TEST(Transitions, LeadFromEveryStateToAnEnd) {
    std::set<JobState> reaching{JobState::completed, JobState::discarded, JobState::cancelled};
    for (std::size_t round = 0; round < all_job_states.size(); ++round) {
        for (const auto& transition : transitions()) {
            if (reaching.contains(transition.to)) reaching.insert(transition.from);
        }
    }
    EXPECT_EQ(reaching.size(), all_job_states.size());
}

TEST(Transitions, LeaveAnEndOnlyByAnOperator) {
    for (const auto& transition : transitions()) {
        if (!is_end(transition.from)) continue;
        EXPECT_TRUE(transition.event == JobEvent::operator_retry ||
                    transition.event == JobEvent::wait_again);
    }
}

TEST(JobEvents, HaveNamesOfTheirOwn) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < job_event_count; ++i)
        names.insert(to_string(static_cast<JobEvent>(i)));
    EXPECT_EQ(names.size(), job_event_count);
    EXPECT_FALSE(names.contains("unknown"));
}

TEST(JobStates, ArePrintedAndReadBack) {
    for (const auto state : all_job_states) {
        EXPECT_EQ(parse_job_state(errand::to_string(state)), state);
    }
    EXPECT_EQ(parse_job_state("Active"), std::nullopt);
    EXPECT_EQ(parse_job_state("unknown"), std::nullopt);
    EXPECT_EQ(parse_job_state(""), std::nullopt);
}

TEST(JobStatus, TellsEndsApart) {
    std::map<JobState, std::string_view> expected{{JobState::completed, "success"},
                                                  {JobState::discarded, "failure"},
                                                  {JobState::cancelled, "cancelled"}};
    for (const auto state : all_job_states) {
        const auto found = expected.find(state);
        EXPECT_EQ(errand::to_string(status_of(state)),
                  found == expected.end() ? "ongoing" : found->second);
    }
}

}  // namespace
}  // namespace errand::core
