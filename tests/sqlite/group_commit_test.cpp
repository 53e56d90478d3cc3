#include "store/sqlite/group_commit.hpp"
#include "sqlite/database_file.hpp"

#include <errand/error.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <stdexcept>
#include <thread>
#include <vector>

namespace errand::sqlite {
namespace {

class GroupCommitTest : public ::testing::Test {
protected:
    GroupCommitTest() { connection_.execute("CREATE TABLE t (n INTEGER UNIQUE)"); }

    void insert(int n) {
        commits_.run(
            [&, n] { connection_.execute("INSERT INTO t VALUES (" + std::to_string(n) + ")"); });
    }
    [[nodiscard]] std::int64_t count() const {
        return connection_.query_int64("SELECT count(*) FROM t");
    }

    test::TempDir folder_;
    Connection connection_{(folder_.path() / "a.db").string(), Connection::Mode::read_write_create,
                           [](int) { return false; }};
    WakeFile wake_{(folder_.path() / "wake").string()};
    GroupCommit commits_{connection_, wake_, {}};
};

TEST_F(GroupCommitTest, WorkOfManyThreadsIsAllCommitted) {
    constexpr int threads = 16;
    constexpr int each = 50;
    {
        std::vector<std::jthread> callers;
        for (int t = 0; t < threads; ++t) {
            callers.emplace_back([&, t] {
                for (int i = 0; i < each; ++i)
                    insert(t * each + i);
            });
        }
    }
    EXPECT_EQ(count(), threads * each);
}

TEST_F(GroupCommitTest, AFailureUndoesItsOwnWorkAlone) {
    constexpr int threads = 8;
    std::atomic<int> failures = 0;
    std::latch together{threads};
    {
        std::vector<std::jthread> callers;
        for (int t = 0; t < threads; ++t) {
            callers.emplace_back([&, t] {
                together.arrive_and_wait();
                try {
                    commits_.run([&, t] {
                        connection_.execute("INSERT INTO t VALUES (" + std::to_string(t) + ")");
                        if (t % 2 == 0) throw std::runtime_error("refused after writing");
                    });
                } catch (const std::runtime_error&) {
                    ++failures;
                }
            });
        }
    }
    EXPECT_EQ(failures, threads / 2);
    EXPECT_EQ(count(), threads / 2);
    EXPECT_EQ(connection_.query_int64("SELECT count(*) FROM t WHERE n % 2 = 0"), 0);
}

TEST_F(GroupCommitTest, ItGoesOnAfterAFailure) {
    insert(1);
    EXPECT_THROW(insert(1), Error);
    insert(2);
    EXPECT_EQ(count(), 2);
}

TEST_F(GroupCommitTest, AnotherConnectionsLockIsWaitedForAndThenGivenUp) {
    const test::UserConnection other{(folder_.path() / "a.db").string()};
    ASSERT_EQ(other.execute("BEGIN IMMEDIATE"), SQLITE_OK);
    try {
        insert(1);
        FAIL() << "the lock was ignored";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::store_unavailable);
    }
    ASSERT_EQ(other.execute("COMMIT"), SQLITE_OK);
    insert(1);
    EXPECT_EQ(count(), 1);
}

}  // namespace
}  // namespace errand::sqlite
