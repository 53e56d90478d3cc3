#include "program_fixture.hpp"

#include <chrono>
#include <csignal>
#include <string_view>

// A program that waits for a signal, as it is used from a shell.

namespace errand::cli::test {
namespace {

using testing::HasSubstr;

class Signals : public ProgramTest {
protected:
    void SetUp() override {
        write_file("ask.sh", R"(echo "told $ERRAND_SIGNALS"
case "$ERRAND_SIGNALS" in
*approve*) echo "::result $ERRAND_SIGNALS" ;;
*) echo "::wait_signal approve 24h" ;;
esac
)");
        write_file("errand.toml", "[handlers.ask]\nexec = [\"sh\", \"ask.sh\"]\n");
    }
    /// A worker runs until the job is in `state`.
    void work_until(const std::string& id, std::string_view state) const {
        Program worker{command({"work"}), options()};
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{30};
        while (show(id).at("state").as_string() != state) {
            ASSERT_LT(std::chrono::steady_clock::now(), until) << worker.err();
        }
        worker.send(SIGTERM);
        EXPECT_EQ(worker.wait().exit_code, 0);
    }
    /// Exit code and the word of --json.
    [[nodiscard]] std::string signal(int exit_code, std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "signal");
        arguments.emplace_back("--json");
        const auto result = errand(std::move(arguments));
        EXPECT_EQ(result.exit_code, exit_code) << result.err;
        return std::string{boost::json::parse(result.out).at("result").as_string()};
    }
};

TEST_F(Signals, AParkedJobGoesOnWithItsSignal) {
    const auto id = done({"enqueue", "ask"});
    EXPECT_EQ(show(id).at("awaits_signal"), nullptr);
    work_until(id, "scheduled");
    EXPECT_EQ(show(id).at("awaits_signal"), "approve");
    EXPECT_EQ(show(id).at("attempt"), 0);
    EXPECT_THAT(done({"show", id}), HasSubstr(R"(waits for the signal "approve" until 2)"));
    EXPECT_THAT(done({"list"}), HasSubstr(R"(waits for the signal "approve" until 2)"));
    EXPECT_THAT(done({"explain", id}), HasSubstr(R"(waits for the signal "approve" until 2)"));
    EXPECT_THAT(reasons(id), testing::Contains("awaits_signal"));

    EXPECT_EQ(signal(0, {id, "approve", R"({"by":"ada"})"}), "delivered");
    EXPECT_EQ(show(id).at("awaits_signal"), nullptr);
    EXPECT_EQ(signal(1, {id, "approve", "2"}), "already_there");
    work_until(id, "completed");
    EXPECT_EQ(show(id).at("result").at("approve").at("by"), "ada");
    EXPECT_EQ(signal(1, {id, "other"}), "ended");
}

TEST_F(Signals, ASignalMayComeFirst) {
    const auto id = done({"enqueue", "ask"});
    EXPECT_EQ(signal(0, {id, "approve"}), "kept");
    work_until(id, "completed");
    EXPECT_EQ(show(id).at("result").at("approve"), nullptr);
}

TEST_F(Signals, TheValueMayComeFromStdin) {
    const auto id = done({"enqueue", "ask"});
    const auto result = errand({"signal", id, "approve", "-"}, " [1, 2]\n");
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, "kept: the job does not wait for it yet and will find it\n");
    work_until(id, "completed");
    EXPECT_EQ(show(id).at("result").at("approve").at(1), 2);
}

TEST_F(Signals, TheLastWordOfAnEndedJobStays) {
    const auto id = done({"enqueue", "errand.noop"});
    work_until(id, "completed");
    EXPECT_THAT(refusal(1, {"signal", id, "approve"}), HasSubstr("ended: the job has ended"));
    (void)done({"retry", id});
    EXPECT_EQ(signal(0, {id, "approve"}), "kept");
}

TEST_F(Signals, BadInputIsRefused) {
    const auto id = done({"enqueue", "ask"});
    EXPECT_THAT(refusal(2, {"signal", id, "a b"}), HasSubstr(R"(signal "a b")"));
    EXPECT_THAT(refusal(2, {"signal", id, "approve", "{"}), HasSubstr("not valid JSON"));
    EXPECT_THAT(refusal(2, {"signal", id, "approve", "-"}, std::string(70'000, '1')),
                HasSubstr("more than the 65536 allowed"));
    EXPECT_THAT(refusal(2, {"signal", id}), HasSubstr("NAME"));
    EXPECT_THAT(refusal(2, {"signal", "x", "approve"}), HasSubstr("x"));
    EXPECT_THAT(refusal(1, {"signal", "0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d", "approve"}),
                HasSubstr("0198c2e4"));
    EXPECT_EQ(signal(0, {id, "approve"}), "kept") << "nothing of it was kept";
}

}  // namespace
}  // namespace errand::cli::test
