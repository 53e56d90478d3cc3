#include "program_fixture.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace errand::cli::test {
namespace {

using testing::HasSubstr;

class Errors : public ProgramTest {};

TEST_F(Errors, UsageNamesTheNearestWord) {
    EXPECT_THAT(refusal(2, {}), HasSubstr("errand --help"));
    EXPECT_THAT(refusal(2, {"enqeue", "x"}), HasSubstr("did you mean enqueue?"));
    EXPECT_THAT(refusal(2, {"enqueue", "x", "--quue", "y"}), HasSubstr("did you mean --queue?"));
    EXPECT_THAT(refusal(2, {"list", "extra"}), HasSubstr("unexpected argument \"extra\""));
    EXPECT_THAT(refusal(2, {"show"}), HasSubstr("errand show --help"));
    EXPECT_THAT(refusal(2, {"enqueue", "x", "--priority", "high"}), HasSubstr("priority"));
    EXPECT_THAT(refusal(2, {"store", "chek"}), HasSubstr("did you mean check?"));
    EXPECT_THAT(refusal(2, {"store"}), HasSubstr("no command given; see `errand store --help`"));
    EXPECT_THAT(refusal(2, {"completion", "tcsh"}), HasSubstr("bash, zsh, fish"));
}

TEST_F(Errors, HelpAndVersionGoToStdout) {
    EXPECT_THAT(done({"--version"}), testing::StartsWith("errand "));
    const std::string help = done({"--help"});
    EXPECT_THAT(help, HasSubstr("Usage: errand"));
    EXPECT_THAT(help, HasSubstr("Exit codes:"));
    EXPECT_THAT(help, HasSubstr("ERRAND_STORE"));
    EXPECT_THAT(done({"enqueue", "--help"}), HasSubstr("Usage: errand enqueue"));
    EXPECT_FALSE(exists("errand.db"));
}

TEST_F(Errors, BadInputIsRefusedBeforeAStoreExists) {
    EXPECT_THAT(refusal(2, {"enqueue", "x", "{"}), HasSubstr("args"));
    EXPECT_THAT(refusal(2, {"enqueue", "x", "[\"a\xff\"]"}), HasSubstr("args"));
    EXPECT_THAT(refusal(2, {"enqueue", "x", "-"}, std::string("[\"\0\"]", 5)), HasSubstr("args"));
    EXPECT_THAT(refusal(2, {"enqueue", "x\xff"}), HasSubstr("type"));
    EXPECT_THAT(refusal(2, {"enqueue", "x\ny"}), HasSubstr("type"));
    EXPECT_THAT(refusal(2, {"enqueue", "x", "--queue", "a b"}), HasSubstr("queue"));
    EXPECT_THAT(refusal(2, {"enqueue", "x", "--tag", "\xc3"}), HasSubstr("tag"));
    EXPECT_THAT(refusal(2, {"enqueue", "x", "--meta", "k=\xff"}), HasSubstr("meta"));
    EXPECT_THAT(refusal(2, {"enqueue", "x", "--meta", "novalue"}), HasSubstr("--meta"));
    EXPECT_THAT(refusal(2, {"enqueue", "x", "--unique", "\xff"}), HasSubstr("unique"));
    EXPECT_THAT(refusal(2, {"enqueue", "x", "--delay", "soon"}), HasSubstr("--delay"));
    EXPECT_THAT(refusal(2, {"enqueue", "x", "--at", "noon"}), HasSubstr("--at"));
    EXPECT_THAT(refusal(2, {"enqueue", "x", "--retry", "often"}), HasSubstr("--retry"));
    EXPECT_THAT(refusal(2, {"enqueue", "x", "--timeout", "-1s"}), HasSubstr("timeout"));
    EXPECT_THAT(refusal(2, {"enqueue", "x", "--max-attempts", "0"}), HasSubstr("max_attempts"));
    EXPECT_THAT(refusal(2, {"enqueue", "x", "--id", "7"}), HasSubstr("36 characters"));
    EXPECT_THAT(refusal(2, {"enqueue", "--file", "missing.jsonl"}), HasSubstr("missing.jsonl"));
    EXPECT_THAT(refusal(2, {"enqueue", "x", "--file", "y"}), HasSubstr("--file"));
    EXPECT_THAT(refusal(2, {"enqueue", "x", "--delay", "1s", "--at", "2030-01-01T00:00:00Z"}),
                HasSubstr("delay"));
    EXPECT_FALSE(exists("errand.db"));
}

TEST_F(Errors, LargeArgumentsNeedAHigherLimit) {
    const std::string args = "[\"" + std::string(2U << 20, 'x') + "\"]";
    EXPECT_THAT(refusal(2, {"enqueue", "x", "-"}, args), HasSubstr("args"));
    write_file("errand.toml", "[limits]\nargs = \"3MiB\"\n");
    EXPECT_EQ(done({"enqueue", "x", "-"}, args).size(), 36U);
}

TEST_F(Errors, LookingNeverCreatesAStore) {
    const std::string id = "0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d";
    const std::vector<std::vector<std::string>> commands{
        {"list"},      {"stats"},      {"queues"},     {"workers"},
        {"show", id},  {"wait", id},   {"watch", id},  {"cancel", id},
        {"retry", id}, {"delete", id}, {"pause", "q"}, {"resume", "q"}};
    for (const auto& command : commands) {
        EXPECT_THAT(refusal(4, command), HasSubstr("there is no store at \"errand.db\""));
    }
    EXPECT_FALSE(exists("errand.db"));
}

TEST_F(Errors, BadFiltersAndIds) {
    (void)done({"enqueue", "x"});
    EXPECT_THAT(refusal(2, {"list", "--state", "done"}), HasSubstr("valid are pending, scheduled"));
    EXPECT_THAT(refusal(2, {"list", "--limit", "0"}), HasSubstr("--limit"));
    EXPECT_THAT(refusal(2, {"list", "--cursor", "nonsense"}), HasSubstr("cursor"));
    EXPECT_THAT(refusal(2, {"show", "0198c2e4"}), HasSubstr("full id"));
    EXPECT_THAT(refusal(2, {"cancel"}), HasSubstr("--where"));
    EXPECT_THAT(refusal(2, {"cancel", "--where", "colour=red"}), HasSubstr("known are"));
    EXPECT_THAT(refusal(2, {"cancel", "--dry-run"}), HasSubstr("--where"));
    EXPECT_THAT(refusal(2, {"pause", "a b"}), HasSubstr("queue"));
}

TEST_F(Errors, StoresThatCannotBeUsed) {
    EXPECT_THAT(refusal(2, {"enqueue", "x", "--store", "mysql:x"}), HasSubstr("mysql"));
    write_file("garbage.db", std::string(8192, 'g'));
    EXPECT_THAT(refusal(4, {"list", "--store", "sqlite:garbage.db"}), HasSubstr("garbage.db"));
    EXPECT_THAT(refusal(4, {"enqueue", "x", "--store", "sqlite:no/such/folder/x.db"}),
                HasSubstr("no/such/folder"));
}

TEST_F(Errors, ReadOnlyFolder) {
    // Root may write everywhere, so root runs the program as nobody.
    const auto as_user = [this](std::vector<std::string> arguments) {
        auto words = command(std::move(arguments));
        const std::vector<std::string> nobody{"/usr/bin/setpriv", "--reuid=65534", "--regid=65534",
                                              "--clear-groups"};
        if (geteuid() == 0) words.insert(words.begin(), nobody.begin(), nobody.end());
        return errand::test::run_program(words, options());
    };
    ASSERT_EQ(chmod(folder_.path().c_str(), 0555), 0);
    if (as_user({"--version"}).exit_code != 0) GTEST_SKIP() << "nobody cannot run the program";
    const auto refused = as_user({"enqueue", "x"});
    EXPECT_EQ(refused.exit_code, 4) << refused.err;
    EXPECT_THAT(refused.err, HasSubstr("errand.db"));
    EXPECT_FALSE(exists("errand.db"));
    ASSERT_EQ(chmod(folder_.path().c_str(), 0777), 0);
    EXPECT_EQ(as_user({"enqueue", "x"}).exit_code, 0);
}

TEST_F(Errors, ConfigurationNamesFileAndLine) {
    write_file("errand.toml", "[queues.default]\nconcurency = 8\n");
    EXPECT_THAT(
        refusal(2, {"list"}),
        HasSubstr("errand.toml:2: unknown key `concurency` in [queues.default]; did you mean "
                  "`concurrency`?"));
    EXPECT_THAT(refusal(2, {"list", "--config", "other.toml"}), HasSubstr("other.toml"));
}

TEST_F(Errors, WorkersNeedSoundHandlers) {
    write_file("errand.toml", "[handlers.x]\nhttp = \"ftp://host\"\n");
    EXPECT_THAT(refusal(2, {"work", "--drain"}), HasSubstr("errand.toml:1: [handlers.\"x\"]"));
    write_file("errand.toml",
               "[handlers.x]\nhttp = \"http://host\"\nsecret_env = \"NOT_SET_XYZ\"\n");
    EXPECT_THAT(refusal(2, {"work", "--drain"}), HasSubstr("NOT_SET_XYZ"));
    EXPECT_EQ(errand({"stats"}).exit_code, 0);  // commands without handlers need no secret
}

TEST_F(Errors, OutputThatCannotBeWrittenIsAnError) {
    const auto result = errand::test::run_program(
        {"/bin/sh", "-c", "exec \"$0\" --version > /dev/full", ERRAND_PROGRAM}, options());
    EXPECT_EQ(result.exit_code, 1);
}

}  // namespace
}  // namespace errand::cli::test
