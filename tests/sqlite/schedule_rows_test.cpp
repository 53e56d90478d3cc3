#include "sqlite/database_file.hpp"
#include "support/temp_dir.hpp"

#include <errand/error.hpp>
#include <errand/store/store.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

// Schedules whose rows somebody else has changed.

namespace errand {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class ScheduleRows : public ::testing::Test {
protected:
    ScheduleRows() {
        for (const char* const name : {"a", "b"}) {
            store_->put_schedule(every_minute(name), "test");
            store_->set_schedule_state(name, ScheduleState::armed, "test");
        }
        fire("a");
    }

    static ScheduleDefinition every_minute(std::string name) {
        ScheduleDefinition definition{std::move(name), {.timing = Interval{1min}}, {}, {}, false};
        definition.job.type = "t";
        return definition;
    }

    FireResult fire(const std::string& name) {
        FireRequest request{name, 1, FireKind::run_now, {}, {}, OverlapPolicy::allow, {}, {}};
        request.ticks.push_back({store_->now(), every_minute(name).job});
        request.ticks.front().job.id = new_job_id();
        return store_->fire({&request, 1}).front();
    }

    void change(const std::string& sql) {
        EXPECT_EQ(test::UserConnection{(folder_.path() / "a.db").string()}.execute(sql.c_str()),
                  SQLITE_OK);
    }

    /// What the check says of the schedules; empty: they are in order.
    std::string complaint() {
        for (const auto& finding : store_->check()) {
            if (finding.what == "schedules") return finding.ok ? "" : finding.detail;
        }
        return "not checked";
    }

    test::TempDir folder_;
    std::shared_ptr<Store> store_ = open_store("sqlite:" + (folder_.path() / "a.db").string());
};

TEST_F(ScheduleRows, AreInOrderAtFirst) {
    EXPECT_EQ(complaint(), "");
}

TEST_F(ScheduleRows, WithoutTheOtherRowAreFound) {
    change("DELETE FROM errand_tick WHERE schedule = 2");
    EXPECT_THAT(complaint(), HasSubstr("1 without ticks"));
    EXPECT_FALSE(store_->find_schedule("b"));
    EXPECT_EQ(fire("b").kind, FireResult::Kind::gone);
    EXPECT_TRUE(store_->remove_schedule("b"));
    EXPECT_EQ(complaint(), "");
}

TEST_F(ScheduleRows, OfAHistoryThatIsAheadAreFound) {
    change("UPDATE errand_tick SET last_seq = 0");
    EXPECT_THAT(complaint(), HasSubstr("1 histories that do not fit"));
}

TEST_F(ScheduleRows, ThatCannotBeReadStandInNobodysWay) {
    change("UPDATE errand_schedule SET definition = '{' WHERE name = 'a'");
    EXPECT_THAT(complaint(), HasSubstr("the definition of \"a\" cannot be read"));
    EXPECT_FALSE(store_->find_schedule("a"));
    EXPECT_THROW(store_->set_schedule_state("a", ScheduleState::paused, ""), Error);
    const auto views = store_->schedules_after(0, 10);
    ASSERT_EQ(views.size(), 1U);
    EXPECT_EQ(views.front().definition.name, "b");
    EXPECT_EQ(store_->put_schedule(every_minute("a"), "test"), ScheduleChange::changed);
    EXPECT_EQ(complaint(), "");
    EXPECT_EQ(store_->find_schedule("a")->state, ScheduleState::armed);
    EXPECT_EQ(store_->schedule_history("a", 0, 10).size(), 1U);
}

TEST_F(ScheduleRows, WithTheDefinitionOfAnotherAreFound) {
    change("UPDATE errand_schedule SET definition = replace(definition, '\"a\"', '\"c\"')");
    EXPECT_THAT(complaint(), HasSubstr("the definition of \"a\""));
    EXPECT_FALSE(store_->find_schedule("a"));
}

}  // namespace
}  // namespace errand
