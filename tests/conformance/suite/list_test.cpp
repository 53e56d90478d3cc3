#include "conformance/suite/fixture.hpp"

#include <algorithm>

// Pages: newest first, exhaustive, stable.

namespace errand::test {

namespace {

/// All pages of `filter`, joined; checks the page sizes on the way.
std::vector<JobId> walk(Store& store, const JobFilter& filter, std::uint32_t limit) {
    std::vector<JobId> ids;
    std::string cursor;
    do {
        const JobPage page = store.list(filter, limit, cursor);
        EXPECT_LE(page.jobs.size(), limit);
        EXPECT_TRUE(page.next_cursor.empty() || page.jobs.size() == limit);
        for (const JobId& id : ids_of(page.jobs))
            ids.push_back(id);
        cursor = page.next_cursor;
    } while (!cursor.empty() && ids.size() < 10'000);
    return ids;
}

}  // namespace

TEST_P(StoreContract, NewestFirstOnPagesOfEverySize) {
    auto expected = add_many(7);
    std::ranges::reverse(expected);
    for (std::uint32_t limit = 1; limit <= 8; ++limit)
        EXPECT_EQ(walk(*store_, {}, limit), expected) << limit;
}

TEST_P(StoreContract, AnEmptyStoreHasOneEmptyPage) {
    const JobPage page = store_->list({}, 10, "");
    EXPECT_TRUE(page.jobs.empty());
    EXPECT_EQ(page.next_cursor, "");
}

TEST_P(StoreContract, ThePageHoldsWholeJobs) {
    const JobId id = add_in(JobState::discarded);
    const JobPage page = store_->list({}, 10, "");
    ASSERT_EQ(page.jobs.size(), 1U);
    EXPECT_EQ(page.jobs[0].id, id);
    EXPECT_EQ(page.jobs[0].worker, "w1");
    EXPECT_EQ(page.jobs[0].finished_at, get(id).finished_at);
}

TEST_P(StoreContract, PagesAreStableWhileJobsAreAddedAndChanged) {
    auto expected = add_many(6);
    std::ranges::reverse(expected);
    const JobPage first = store_->list({}, 2, "");
    add_many(3);
    ASSERT_EQ(remove(expected[1]), ControlResult::done);  // the job that the cursor stands on
    ASSERT_EQ(claim(2).size(), 2U);
    const JobPage second = store_->list({}, 10, first.next_cursor);
    EXPECT_EQ(ids_of(second.jobs), std::vector(expected.begin() + 2, expected.end()));
    EXPECT_EQ(second.next_cursor, "");
}

TEST_P(StoreContract, OrderIsThatOfInsertionNotOfIds) {
    NewJob first = job();
    NewJob second = job();
    std::swap(first.id, second.id);
    add(first);
    add(second);
    EXPECT_EQ(walk(*store_, {}, 10), (std::vector{second.id, first.id}));
}

TEST_P(StoreContract, FilterByState) {
    std::map<JobState, JobId> ids;
    for (const JobState state : reachable_states)
        ids[state] = add_in(state);
    for (const JobState state : reachable_states) {
        EXPECT_EQ(walk(*store_, {.states = {state}}, 10), std::vector{ids[state]})
            << to_string(state);
    }
    EXPECT_TRUE(walk(*store_, {.states = {JobState::pending}}, 10).empty());
    const JobFilter ended{
        .states = {JobState::completed, JobState::discarded, JobState::cancelled}};
    EXPECT_EQ(walk(*store_, ended, 2),
              (std::vector{ids[JobState::cancelled], ids[JobState::discarded],
                           ids[JobState::completed]}));
    EXPECT_EQ(walk(*store_, {}, 3).size(), reachable_states.size());
}

TEST_P(StoreContract, FilterByTypeQueueAndTag) {
    NewJob plain = job("a", "q1");
    NewJob tagged = job("a", "q2");
    tagged.tags = {"red", "re"};
    NewJob other = job("b", "q2");
    other.tags = {"reddish", "red"};
    add(plain);
    add(tagged);
    add(other);
    EXPECT_EQ(walk(*store_, {.type = "a"}, 1), (std::vector{tagged.id, plain.id}));
    EXPECT_EQ(walk(*store_, {.queue = "q2"}, 1), (std::vector{other.id, tagged.id}));
    EXPECT_EQ(walk(*store_, {.tag = "red"}, 1), (std::vector{other.id, tagged.id}));
    EXPECT_EQ(walk(*store_, {.tag = "re"}, 1), std::vector{tagged.id});
    EXPECT_EQ(walk(*store_, {.type = "a", .queue = "q2", .tag = "red"}, 1), std::vector{tagged.id});
    EXPECT_EQ(walk(*store_,
                   {.states = {JobState::available}, .type = "b", .queue = "q2", .tag = "red"}, 1),
              std::vector{other.id});
    EXPECT_TRUE(walk(*store_, {.type = "a", .tag = "reddish"}, 1).empty());
    EXPECT_TRUE(walk(*store_, {.type = "A"}, 1).empty());
    EXPECT_TRUE(walk(*store_, {.tag = "%"}, 1).empty());
    EXPECT_TRUE(walk(*store_, {.queue = "missing"}, 1).empty());
}

TEST_P(StoreContract, FilteredPagesAreExhaustive) {
    std::vector<JobId> wanted;
    for (int i = 0; i < 30; ++i) {
        NewJob one = job(i % 3 == 0 ? "a" : "b");
        add(one);
        if (i % 3 == 0) wanted.push_back(one.id);
    }
    std::ranges::reverse(wanted);
    for (const std::uint32_t limit : {1U, 3U, 5U, 10U, 11U})
        EXPECT_EQ(walk(*store_, {.type = "a"}, limit), wanted) << limit;
}

TEST_P(StoreContract, TheLimitLiesBetween1And1000) {
    add_many(3);
    EXPECT_EQ(store_->list({}, 1'000, "").jobs.size(), 3U);
    EXPECT_EQ(store_->list({}, 1, "").jobs.size(), 1U);
    expect_error(ErrorCode::invalid_argument, [&] { (void)store_->list({}, 0, ""); });
    expect_error(ErrorCode::invalid_argument, [&] { (void)store_->list({}, 1'001, ""); });
}

TEST_P(StoreContract, ForeignCursorsAreRefused) {
    add_many(3);
    const std::string good = store_->list({}, 1, "").next_cursor;
    ASSERT_NE(good, "");
    const std::vector<std::string> foreign{"x",
                                           "0",
                                           "v0:1",
                                           "v1:",
                                           "v1:-1",
                                           "v1:x",
                                           good + "x",
                                           " " + good,
                                           "v1:1 ",
                                           "v1:99999999999999999999999",
                                           std::string{"v1:1\0", 5}};
    for (const std::string& cursor : foreign) {
        expect_error(ErrorCode::invalid_argument, [&] { (void)store_->list({}, 1, cursor); });
    }
}

TEST_P(StoreContract, FindingAnUnknownJobGivesNone) {
    add();
    EXPECT_FALSE(store_->find(new_job_id()));
    EXPECT_FALSE(store_->find(JobId{}));
}

}  // namespace errand::test
