#include "sqlite/database_file.hpp"

#include <errand/client.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>

namespace errand {
namespace {

namespace fs = std::filesystem;

class OpeningTest : public ::testing::Test {
protected:
    [[nodiscard]] std::string url(const std::string& name) const {
        return "sqlite:" + (folder_.path() / name).string();
    }
    static void expect_refused(const std::string& url, ErrorCode code, const std::string& words) {
        try {
            (void)open_store(url);
            FAIL() << url << " was opened";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), code) << error.what();
            EXPECT_THAT(error.what(), ::testing::HasSubstr(words));
            EXPECT_THAT(error.what(), ::testing::Not(::testing::HasSubstr("\n")));
        }
    }

    test::TempDir folder_;
};

NewJob noop() {
    NewJob job;
    job.type = "noop";
    return job;
}

TEST_F(OpeningTest, JobsSurviveClosingAndReopening) {
    JobId id;
    {
        Client client{open_store(url("a.db"))};
        id = client.enqueue(noop()).id;
    }
    EXPECT_TRUE(Client{open_store(url("a.db"))}.find(id));
}

TEST_F(OpeningTest, WaitsForAnotherProcessThatIsMakingTheFile) {
    const test::UserConnection other{(folder_.path() / "a.db").string()};
    other.execute("BEGIN IMMEDIATE; CREATE TABLE theirs (x)");
    auto opening = std::async(std::launch::async, [&] { (void)open_store(url("a.db")); });
    EXPECT_EQ(opening.wait_for(std::chrono::milliseconds{100}), std::future_status::timeout);
    other.execute("COMMIT");
    EXPECT_NO_THROW(opening.get());
}

TEST_F(OpeningTest, WaitsForAnotherProcessNoLongerThanItsTimeout) {
    const test::UserConnection other{(folder_.path() / "a.db").string()};
    other.execute("BEGIN IMMEDIATE; CREATE TABLE theirs (x)");
    expect_refused(url("a.db?busy_timeout=50ms"), ErrorCode::store_unavailable,
                   "another process held the file for too long");
}

TEST_F(OpeningTest, TwoStoresOnOneFileSeeEachOthersJobsAndLanes) {
    Client first{open_store(url("a.db"))};
    Client second{open_store(url("a.db"))};
    auto job = noop();
    job.type = "made.by.first";
    const auto id = first.enqueue(job).id;
    ASSERT_TRUE(second.find(id));
    EXPECT_EQ(second.find(id)->type, "made.by.first");
    job.type = "made.by.second";
    EXPECT_EQ(first.find(second.enqueue(job).id)->type, "made.by.second");
}

TEST_F(OpeningTest, ALinkLeadsToTheSameRunFolder) {
    Client first{open_store(url("real.db"))};
    fs::create_symlink(folder_.path() / "real.db", folder_.path() / "link.db");
    Client second{open_store(url("link.db"))};
    EXPECT_FALSE(fs::exists(folder_.path() / "link.db-run"));
    const auto seen = second.store()->generation(WakeChannel::work);
    (void)first.enqueue(noop());
    EXPECT_NE(second.store()->generation(WakeChannel::work), seen);
}

TEST_F(OpeningTest, AFileThatIsNoDatabaseIsRefusedAndLeftAlone) {
    const std::string content(5000, 'x');
    std::ofstream{folder_.path() / "a.db"} << content;
    expect_refused(url("a.db"), ErrorCode::store_corrupt, "restore it from a backup");
    EXPECT_EQ(fs::file_size(folder_.path() / "a.db"), content.size());
    EXPECT_FALSE(fs::exists(folder_.path() / "a.db-run"));
}

TEST_F(OpeningTest, ANewerSchemaIsRefusedUntilTheProgramIsUpgraded) {
    (void)open_store(url("a.db"));
    test::UserConnection{(folder_.path() / "a.db").string()}.execute(
        "INSERT INTO errand_schema VALUES (1000, 0)");
    expect_refused(url("a.db"), ErrorCode::store_incompatible, "schema version 1000");
}

TEST_F(OpeningTest, AMissingFolderAndAFolderInPlaceOfTheFileAreRefused) {
    expect_refused(url("missing/a.db"), ErrorCode::store_unavailable, "create it");
    fs::create_directory(folder_.path() / "folder");
    expect_refused(url("folder"), ErrorCode::store_unavailable, "is a folder");
}

TEST_F(OpeningTest, AnotherProgramsTablesAreLeftAlone) {
    const test::UserConnection user{(folder_.path() / "app.db").string()};
    user.execute("CREATE TABLE account (name TEXT)");
    user.execute("INSERT INTO account VALUES ('ada')");
    Client client{open_store(url("app.db"))};
    EXPECT_TRUE(client.find(client.enqueue(noop()).id));
    EXPECT_EQ(user.execute("INSERT INTO account VALUES ('grace')"), SQLITE_OK);
}

TEST_F(OpeningTest, ChecksFindAJobInNoState) {
    const auto store = open_store(url("a.db"));
    Client client{store};
    (void)client.enqueue(noop());
    const auto all_ok = [&] {
        return std::ranges::all_of(store->check(), [](const auto& finding) { return finding.ok; });
    };
    EXPECT_TRUE(all_ok());
    test::UserConnection{(folder_.path() / "a.db").string()}.execute("DELETE FROM errand_ready");
    EXPECT_FALSE(all_ok());
}

TEST_F(OpeningTest, ChecksFindAPendingJobThatWouldBecomeReadyElsewhere) {
    const auto store = open_store(url("a.db"));
    Client client{store};
    NewWorkflow workflow;
    workflow.jobs.push_back({.name = "first", .job = noop()});
    workflow.jobs.push_back({.name = "second", .job = noop(), .after = {{"first"}}});
    (void)client.submit(std::move(workflow));
    const auto all_ok = [&] {
        return std::ranges::all_of(store->check(), [](const auto& finding) { return finding.ok; });
    };
    EXPECT_TRUE(all_ok());
    test::UserConnection{(folder_.path() / "a.db").string()}.execute(
        "UPDATE errand_waiting SET place = place + 1");
    EXPECT_FALSE(all_ok());
}

}  // namespace
}  // namespace errand
