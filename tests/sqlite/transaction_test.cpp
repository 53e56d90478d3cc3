#include "sqlite/database_file.hpp"

#include <errand/client.hpp>
#include <errand/sqlite.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

namespace errand {
namespace {

using test::UserConnection;

NewJob job_of_type(std::string type) {
    NewJob job;
    job.type = std::move(type);
    return job;
}

class TransactionTest : public ::testing::Test {
protected:
    test::TempDir folder_;
    std::string path_ = (folder_.path() / "app.db").string();
    std::shared_ptr<Store> store_ = open_store("sqlite:" + path_);
    Client client_{store_};
    UserConnection user_{path_};
};

TEST_F(TransactionTest, JobsExistOnceTheCallersTransactionCommits) {
    user_.execute("CREATE TABLE account (name TEXT)");
    ASSERT_EQ(user_.execute("BEGIN IMMEDIATE"), SQLITE_OK);
    user_.execute("INSERT INTO account VALUES ('ada')");
    const auto results = enqueue_in_transaction(user_.get(), {job_of_type("mail.welcome")});
    ASSERT_EQ(results.size(), 1U);
    EXPECT_FALSE(client_.find(results[0].id)) << "not committed yet";
    ASSERT_EQ(user_.execute("COMMIT"), SQLITE_OK);
    const auto job = client_.find(results[0].id);
    ASSERT_TRUE(job);
    EXPECT_EQ(job->type, "mail.welcome");
    EXPECT_EQ(job->state, JobState::available);
}

TEST_F(TransactionTest, JobsVanishWhenItRollsBack) {
    ASSERT_EQ(user_.execute("BEGIN IMMEDIATE"), SQLITE_OK);
    const auto results = enqueue_in_transaction(user_.get(), {job_of_type("never.seen")});
    ASSERT_EQ(user_.execute("ROLLBACK"), SQLITE_OK);
    EXPECT_FALSE(client_.find(results[0].id));
    // The lane of the type went with it; using the type later must not mix it up with another.
    const auto other = client_.enqueue(job_of_type("other"));
    const auto again = client_.enqueue(job_of_type("never.seen"));
    EXPECT_EQ(client_.find(other.id)->type, "other");
    EXPECT_EQ(client_.find(again.id)->type, "never.seen");
}

TEST_F(TransactionTest, AWorkerWaitingIsWokenByWake) {
    const auto seen = store_->generation(WakeChannel::work);
    auto woken = std::async(std::launch::async, [&] {
        return store_->wait(WakeChannel::work, seen, std::chrono::minutes{1});
    });
    ASSERT_EQ(user_.execute("BEGIN IMMEDIATE"), SQLITE_OK);
    (void)enqueue_in_transaction(user_.get(), {job_of_type("a")});
    ASSERT_EQ(user_.execute("COMMIT"), SQLITE_OK);
    store_->wake(WakeChannel::work);
    EXPECT_NE(woken.get(), seen);
}

TEST_F(TransactionTest, UniqueKeysAndRepeatedIdsCountAsInTheStore) {
    auto job = job_of_type("a");
    job.unique_key = "only-one";
    const auto holder = client_.enqueue(job);
    ASSERT_EQ(user_.execute("BEGIN IMMEDIATE"), SQLITE_OK);
    auto repeated = job_of_type("a");
    repeated.id = holder.id;
    const auto results = enqueue_in_transaction(user_.get(), {job, repeated});
    ASSERT_EQ(user_.execute("COMMIT"), SQLITE_OK);
    EXPECT_EQ(results[0].kind, InsertResult::Kind::duplicate);
    EXPECT_EQ(results[0].id, holder.id);
    EXPECT_EQ(results[1].kind, InsertResult::Kind::already_there);
}

void expect_refused(const std::function<void()>& call, const std::string& words) {
    try {
        call();
        FAIL() << "expected a refusal naming: " << words;
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
        EXPECT_THAT(error.what(), ::testing::HasSubstr(words));
    }
}

TEST_F(TransactionTest, IsRefusedWithoutATransaction) {
    expect_refused([&] { (void)enqueue_in_transaction(user_.get(), {job_of_type("a")}); },
                   "BEGIN IMMEDIATE");
    expect_refused([] { (void)enqueue_in_transaction(nullptr, {}); }, "null");
}

TEST_F(TransactionTest, IsRefusedOnADatabaseWithoutErrandsTables) {
    const UserConnection other{(folder_.path() / "other.db").string()};
    other.execute("BEGIN IMMEDIATE");
    expect_refused([&] { (void)enqueue_in_transaction(other.get(), {job_of_type("a")}); },
                   "open an errand store");
}

TEST_F(TransactionTest, OneBadJobRefusesAllAndTheTransactionStaysUsable) {
    ASSERT_EQ(user_.execute("BEGIN IMMEDIATE"), SQLITE_OK);
    auto bad = job_of_type("a");
    bad.args = "[1,";
    expect_refused(
        [&] {
            (void)enqueue_in_transaction(user_.get(), {job_of_type("a"), bad});
        },
        "args");
    ASSERT_EQ(user_.execute("COMMIT"), SQLITE_OK);
    EXPECT_THAT(client_.list().jobs, ::testing::IsEmpty());
}

}  // namespace
}  // namespace errand
