#include "program_fixture.hpp"

#include <array>
#include <chrono>
#include <csignal>

namespace errand::cli::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

/// Breakers, rests, windows, labels and lateness, as they are used from a shell.
class Conditions : public ProgramTest {
protected:
    /// Waits for the job's state, as long as it does not end.
    void await_state(const std::string& id, const char* state, Program& worker) const {
        while (show(id).at("state") != state)
            ASSERT_EQ(errand({"wait", id, "--timeout", "20ms"}).exit_code, 3) << worker.err();
    }
    static void stop(Program& worker) {
        worker.send(SIGTERM);
        EXPECT_EQ(worker.wait().exit_code, 0);
    }
};

TEST_F(Conditions, ABreakerLeavesASystemAloneAndLetsOneJobTry) {
    write_file("errand.toml", R"toml(
[worker]
prefetch = 0
[queues.default]
concurrency = 1
[handlers.sync]
exec = ["/bin/sh", "-c", "test -e up || { echo it is down; exit 1; }"]
retry = "fixed(1h)"
[limits."type:sync"]
breaker = "2 failures, open 1h"
)toml");
    std::vector<std::string> ids;
    for (int i = 0; i < 5; ++i)
        ids.push_back(done({"enqueue", "sync"}));
    Program worker{command({"work"}), options()};
    await_state(ids[1], "retryable", worker);
    const auto open = json({"limits"});
    EXPECT_EQ(open.at("breaker"), "2 failures, open 1h");
    EXPECT_EQ(open.at("failures"), 2);
    EXPECT_TRUE(open.at("broken_until").is_string());
    EXPECT_THAT(done({"limits"}), HasSubstr("breaker open for "));
    EXPECT_EQ(reasons(ids[2]).at(0), "breaker_open");
    EXPECT_THAT(done({"explain", ids[2]}), HasSubstr("the last 2 attempts failed"));
    write_file("up", "");
    (void)done({"limits", "set", "type:sync", "--breaker", "2 failures, open 1s"});
    for (std::size_t i = 2; i < ids.size(); ++i)
        EXPECT_EQ(errand({"wait", ids[i], "--timeout", "30s"}).exit_code, 0) << worker.err();
    EXPECT_EQ(json({"limits"}).at("failures"), 0);
    EXPECT_TRUE(json({"limits"}).at("broken_until").is_null());
    EXPECT_THAT(done({"queues"}), Not(HasSubstr("breaker")));
    stop(worker);
}

TEST_F(Conditions, AProgramThatAsksToSlowDownClosesTheRate) {
    write_file("errand.toml", R"toml(
[worker]
prefetch = 0
[queues.default]
concurrency = 1
[handlers.call]
exec = ["/bin/sh", "-c", "echo '::slow-down 1h too many calls'"]
[limits."type:call"]
rate = "100/1m"
)toml");
    const auto first = done({"enqueue", "call"});
    const auto second = done({"enqueue", "call"});
    Program worker{command({"work"}), options()};
    await_state(first, "retryable", worker);
    EXPECT_EQ(show(first).at("errors").at(0).at("message"), "too many calls");
    EXPECT_TRUE(json({"limits"}).at("slowed_until").is_string());
    EXPECT_THAT(done({"limits"}), HasSubstr("slowed for "));
    EXPECT_EQ(reasons(second).at(0), "slowed");
    EXPECT_EQ(show(second).at("state"), "available");
    stop(worker);
}

TEST_F(Conditions, JobsWaitForTheirWindow) {
    using std::chrono::days;
    using std::chrono::floor;
    const auto id = done({"enqueue", "errand.noop"});
    const auto far = floor<days>(std::chrono::system_clock::now()) + days{3};
    constexpr std::array names{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
    const std::string window =
        std::string{names.at(std::chrono::weekday{far}.c_encoding())} + " 08:00-18:00";
    const auto set = json({"limits", "set", "default", "--window", window});
    EXPECT_EQ(set.at("window"), boost::json::string{window});
    EXPECT_TRUE(set.at("window_opens_at").is_string());
    EXPECT_THAT(done({"limits"}), HasSubstr("window opens in "));
    EXPECT_THAT(reasons(id), Contains("outside_window"));
    EXPECT_THAT(done({"queues"}), HasSubstr(window));
    const auto open = json({"limits", "set", "default", "--window", "00:00-24:00 Europe/Berlin"});
    EXPECT_EQ(open.at("window"), "00:00-24:00 Europe/Berlin");
    EXPECT_TRUE(open.at("window_opens_at").is_null());
    EXPECT_THAT(reasons(id), Not(Contains("outside_window")));
    EXPECT_EQ(errand({"work", "--drain"}).exit_code, 0);
    EXPECT_EQ(show(id).at("state"), "completed");
}

TEST_F(Conditions, BadConditionsAreRefusedWithARightForm) {
    EXPECT_THAT(refusal(2, {"limits", "set", "mail", "--breaker", "often"}),
                HasSubstr("5 failures, open 30s"));
    EXPECT_THAT(refusal(2, {"limits", "set", "mail", "--window", "at night"}),
                HasSubstr("mon-fri 08:00-18:00 Europe/Berlin"));
    (void)done({"enqueue", "errand.noop"});
    EXPECT_THAT(refusal(2, {"limits", "set", "mail", "--window", "08:00-18:00 Europe/Berlim"}),
                HasSubstr("Europe/Berlin"));
    EXPECT_THAT(refusal(2, {"enqueue", "a", "--needs", "a b"}), HasSubstr("needs"));
    EXPECT_THAT(refusal(2, {"work", "--label", "a b"}), HasSubstr("labels"));
    EXPECT_THAT(refusal(2, {"queues", "set", "mail", "--max-age", "366d"}), HasSubstr("max_age"));
}

TEST_F(Conditions, AJobWaitsForAWorkerWithItsLabels) {
    const auto id = done({"enqueue", "errand.noop", "--needs", "ssd", "--needs", "gpu"});
    EXPECT_EQ(show(id).at("needs"), boost::json::parse(R"(["gpu","ssd"])"));
    EXPECT_THAT(done({"show", id}), HasSubstr("gpu, ssd"));
    (void)errand({"enqueue", "--file", "-"}, R"({"type":"b","needs":["gpu"]})");
    EXPECT_THAT(done({"list", "--type", "b", "--json"}), HasSubstr(R"("needs":["gpu"])"));
    (void)done({"delete", "--where", "type=b"});
    {
        Program worker{command({"work", "--label", "gpu"}), options()};
        const auto plain = done({"enqueue", "errand.noop"});
        EXPECT_EQ(errand({"wait", plain, "--timeout", "30s"}).exit_code, 0);
        EXPECT_EQ(json({"workers"}).at("labels"), boost::json::parse(R"(["gpu"])"));
        EXPECT_THAT(done({"workers"}), HasSubstr("gpu"));
        EXPECT_EQ(reasons(id).at(0), "label_missing");
        EXPECT_THAT(done({"explain", id}), HasSubstr("needs: gpu, ssd; they have: gpu"));
        EXPECT_EQ(show(id).at("state"), "available");
        stop(worker);
    }
    write_file("errand.toml", "[worker]\nlabels = [\"ssd\", \"gpu\"]\n");
    EXPECT_EQ(errand({"work", "--drain"}).exit_code, 0);
    EXPECT_EQ(show(id).at("state"), "completed");
}

TEST_F(Conditions, JobsThatWaitForTooLongAreLate) {
    const auto id = done({"enqueue", "errand.noop"});
    EXPECT_EQ(json({"queues"}).at("late"), 0);
    const auto set = json({"queues", "set", "default", "--max-age", "1us"});
    EXPECT_EQ(set.at("max_age"), "1us");
    EXPECT_EQ(json({"queues"}).at("late"), 1);
    EXPECT_THAT(done({"queues"}), HasSubstr("late after 1us"));
    EXPECT_EQ(json({"stats"}).at("queues").at("default").at("late"), 1);
    EXPECT_THAT(reasons(id), Contains("late"));
    write_file("errand.toml", "[queues.default]\nmax_age = \"1h\"\n");
    EXPECT_EQ(errand({"work", "--drain"}).exit_code, 0);
    EXPECT_THAT(done({"queues"}), HasSubstr("late after 1h"));
}

}  // namespace
}  // namespace errand::cli::test
