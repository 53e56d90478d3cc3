#include "cli/completion.hpp"

#include "cli/command.hpp"
#include "cli/program.hpp"

#include <gmock/gmock.h>

#include "support/run_program.hpp"

namespace errand::cli::test {
namespace {

using testing::HasSubstr;

class Completion : public testing::Test {
protected:
    Completion() { build_program(app_, context_); }

    CommandContext context_;
    CLI::App app_{"", "errand"};
};

/// Every command and long option of the tree is a word of `script`.
void expect_all_words(const CommandWords& command, const std::string& script, const char* dashes) {
    for (const auto& inner : command.commands) {
        EXPECT_THAT(script, HasSubstr(inner.path.back()));
        expect_all_words(inner, script, dashes);
    }
    for (const auto& option : command.options) {
        for (const auto& name : option.names) {
            if (!name.starts_with("--")) continue;
            EXPECT_THAT(script, HasSubstr(dashes + name.substr(2)));
        }
    }
}

TEST_F(Completion, KnowsEveryCommand) {
    const CommandWords words = completion_words(app_);
    std::vector<std::string> names;
    for (const auto& command : words.commands)
        names.push_back(command.path.back());
    EXPECT_THAT(names, testing::IsSupersetOf({"up",     "work",       "enqueue", "list",   "show",
                                              "watch",  "wait",       "retry",   "cancel", "delete",
                                              "queues", "explain",    "limits",  "keys",   "pause",
                                              "resume", "workers",    "stats",   "bench",  "doctor",
                                              "store",  "completion", "signal"}));
}

TEST_F(Completion, EveryCommandHasHelpWithAnExample) {
    for (const CLI::App* command : app_.get_subcommands({})) {
        EXPECT_FALSE(command->get_description().empty()) << command->get_name();
        EXPECT_THAT(command->get_footer(), HasSubstr("errand " + command->get_name()));
    }
}

TEST_F(Completion, ScriptsHoldEveryWord) {
    const CommandWords words = completion_words(app_);
    expect_all_words(words, bash_completion(words), "--");
    expect_all_words(words, zsh_completion(words), "--");
    expect_all_words(words, fish_completion(words), "-l ");
}

TEST_F(Completion, ChoicesComeFromTheOptions) {
    const CommandWords words = completion_words(app_);
    EXPECT_THAT(bash_completion(words),
                HasSubstr("'list --state') COMPREPLY=($(compgen -W 'pending "));
    EXPECT_THAT(zsh_completion(words), HasSubstr("(bash zsh fish)"));
    EXPECT_THAT(fish_completion(words), HasSubstr("-a 'debug info warning error'"));
}

TEST_F(Completion, FlagsTakeNoValue) {
    const CommandWords words = completion_words(app_);
    EXPECT_THAT(zsh_completion(words), HasSubstr("'--drain[End, with exit code 0, when the queues "
                                                 "hold no unfinished jobs]'"));
    EXPECT_THAT(bash_completion(words), testing::Not(HasSubstr("'work --drain')")));
}

/// What bash offers for the words of `line`, the last of which is being typed.
std::string offers(const std::string& script, const std::string& words, int position) {
    const auto result = errand::test::run_program(
        {"/bin/bash", "-c",
         "source /dev/stdin; COMP_WORDS=(" + words + "); COMP_CWORD=" + std::to_string(position) +
             "; _errand; echo \"${COMPREPLY[*]}\""},
        {.input = script});
    EXPECT_EQ(result.err, "");
    return result.out;
}

TEST_F(Completion, BashScriptCompletes) {
    const std::string script = bash_completion(completion_words(app_));
    EXPECT_EQ(offers(script, "errand enq", 1), "enqueue\n");
    EXPECT_EQ(offers(script, "errand enqueue --pri", 2), "--priority --print-ids\n");
    EXPECT_EQ(offers(script, "errand list --state disc", 3), "discarded\n");
    EXPECT_EQ(offers(script, "errand store ch", 2), "check\n");
    EXPECT_EQ(offers(script, "errand completion z", 2), "zsh\n");
    EXPECT_EQ(offers(script, "errand --store sqlite:x.db lis", 3), "list\n");
}

}  // namespace
}  // namespace errand::cli::test
