#include "base/text.hpp"
#include "exec_support.hpp"

#include <gmock/gmock.h>

namespace errand::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using Kind = Outcome::Kind;

TEST(ExecOutput, HugeOutputOnBothPipesIsReadToTheEnd) {
    FakeContext job;
    const auto outcome =
        run(shell("seq 1 200000 & seq 1 200000 >&2; wait; echo '::result 1'"), job);
    EXPECT_EQ(outcome.text(), "1");
    EXPECT_THAT(job.log_lines(), SizeIs(400'000));
}

TEST(ExecOutput, LinesAreBounded) {
    FakeContext job;
    static_cast<void>(run(shell("head -c 1000000 /dev/zero | tr '\\0' x; echo; echo end"), job));
    const auto lines = job.log_lines();
    ASSERT_THAT(lines, SizeIs(2));
    EXPECT_EQ(lines[0].size(), (64U << 10) + std::string{"… (934464 bytes cut)"}.size());
    EXPECT_THAT(lines[0], EndsWith("… (934464 bytes cut)"));
    EXPECT_EQ(lines[1], "end");
}

TEST(ExecOutput, AResultMayBeAsLongAsAllowed) {
    auto options = python("print('::result \"' + 'x' * 99_998 + '\"')");
    options.result_bytes = 100'000;
    EXPECT_EQ(run(options).text().size(), 100'000U);
    options.result_bytes = 99'999;
    const auto outcome = run(options);
    EXPECT_EQ(outcome.kind(), Kind::fail);
    EXPECT_EQ(outcome.error_type(), "result");
    EXPECT_THAT(outcome.text(), HasSubstr("longer than 99999 bytes"));
}

TEST(ExecOutput, AHugeResultFails) {
    const auto outcome = run(python("print('::result \"' + 'x' * 20_000_000 + '\"')"));
    EXPECT_EQ(outcome.kind(), Kind::fail);
    EXPECT_THAT(outcome.text(), HasSubstr("longer than 1048576 bytes"));
}

TEST(ExecOutput, AResultThatIsNoJsonFails) {
    FakeContext job;
    const auto outcome = run(shell("echo '::result {broken'"), job);
    EXPECT_EQ(outcome.kind(), Kind::fail);
    EXPECT_EQ(outcome.error_type(), "result");
    EXPECT_THAT(outcome.text(), HasSubstr("not valid JSON"));
    EXPECT_THAT(job.log_lines(), SizeIs(1));
}

TEST(ExecOutput, MalformedCommandsBecomeLogLines) {
    FakeContext job;
    const auto outcome = run(shell("echo '::snooze later'; echo '::progress x'"), job);
    EXPECT_EQ(outcome.kind(), Kind::done);
    EXPECT_THAT(job.log_lines(), ElementsAre(HasSubstr("malformed command \"::snooze later\""),
                                             HasSubstr("malformed command \"::progress x\"")));
}

TEST(ExecOutput, CommandsOnStderrAreLog) {
    FakeContext job;
    const auto outcome = run(shell("echo '::result 1' >&2; echo '::discard x' >&2"), job);
    EXPECT_EQ(outcome.kind(), Kind::done);
    EXPECT_EQ(outcome.text(), "");
    EXPECT_THAT(job.log_lines(), ElementsAre("::result 1", "::discard x"));
}

TEST(ExecOutput, BinaryGarbageIsMadeValidUtf8) {
    FakeContext job;
    const auto outcome = run(
        python("import sys; sys.stdout.buffer.write(bytes(range(256)) * 500); sys.exit(1)"), job);
    EXPECT_EQ(outcome.error_type(), "exit code 1");
    EXPECT_TRUE(base::is_valid_utf8(outcome.text()));
    ASSERT_THAT(job.log_lines(), SizeIs(501));
    for (const auto& line : job.log_lines()) {
        EXPECT_TRUE(base::is_valid_utf8(line));
        EXPECT_EQ(line.find('\0'), std::string::npos);
    }
}

TEST(ExecOutput, ProgressAndDiscardTextsAreMadeValidUtf8) {
    FakeContext job;
    const auto outcome = run(shell(R"(printf '::progress 1/2 \377\n::discard \377\n')"), job);
    EXPECT_TRUE(base::is_valid_utf8(outcome.text()));
    ASSERT_THAT(job.progress_seen(), SizeIs(1));
    EXPECT_TRUE(base::is_valid_utf8(job.progress_seen()[0].message));
}

}  // namespace
}  // namespace errand::testing
