#include "store/sqlite/wake_file.hpp"
#include "support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <future>

#include <sys/wait.h>
#include <unistd.h>

namespace errand::sqlite {
namespace {

class WakeFileTest : public ::testing::Test {
protected:
    test::TempDir folder_;
    std::string path_ = (folder_.path() / "wake").string();
    WakeFile wake_{path_};
};

TEST_F(WakeFileTest, AWakeBetweenLookingAndWaitingIsNotLost) {
    const auto seen = wake_.generation(WakeChannel::work);
    wake_.wake(WakeChannel::work);
    wake_.wait(WakeChannel::work, seen, std::chrono::hours{1});
    EXPECT_NE(wake_.generation(WakeChannel::work), seen);
}

TEST_F(WakeFileTest, ChannelsAreApart) {
    const auto seen = wake_.generation(WakeChannel::ended);
    wake_.wake(WakeChannel::work);
    EXPECT_EQ(wake_.generation(WakeChannel::ended), seen);
}

TEST_F(WakeFileTest, AProcessWakesAnother) {
    const auto seen = wake_.generation(WakeChannel::work);
    const pid_t child = ::fork();
    if (child == 0) {
        WakeFile{path_}.wake(WakeChannel::work);
        ::_exit(0);
    }
    auto now = seen;
    while (now == seen) {
        wake_.wait(WakeChannel::work, seen, std::chrono::minutes{1});
        now = wake_.generation(WakeChannel::work);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
}

TEST_F(WakeFileTest, ATurnIsPassedOnlyWhileSomebodyWantsOne) {
    EXPECT_FALSE(wake_.pass_turn());
    auto waiting =
        std::async(std::launch::async, [&] { wake_.wait_for_turn(std::chrono::minutes{1}); });
    while (!wake_.pass_turn())
        std::this_thread::yield();
    // It may have asked for its turn just after that one was passed.
    while (waiting.wait_for(std::chrono::milliseconds{1}) != std::future_status::ready) {
        (void)wake_.pass_turn();
    }
}

}  // namespace
}  // namespace errand::sqlite
