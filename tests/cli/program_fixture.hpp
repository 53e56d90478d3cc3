#pragma once

#include "support/run_program.hpp"
#include "support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <boost/json.hpp>

#include <fstream>
#include <string>
#include <vector>

namespace errand::cli::test {

using errand::test::Program;
using errand::test::ProgramOptions;
using errand::test::ProgramResult;

/// Runs the built program in a folder of its own, so that sqlite:errand.db is a new store.
class ProgramTest : public testing::Test {
protected:
    [[nodiscard]] ProgramResult errand(std::vector<std::string> arguments,
                                       const std::string& input = {}) const {
        return errand::test::run_program(command(std::move(arguments)), options(input));
    }
    /// The same, for a call that must succeed: what it printed, without the last line break.
    [[nodiscard]] std::string done(std::vector<std::string> arguments,
                                   const std::string& input = {}) const {
        auto result = errand(std::move(arguments), input);
        EXPECT_EQ(result.exit_code, 0) << result.err;
        if (!result.out.empty() && result.out.back() == '\n') result.out.pop_back();
        return result.out;
    }
    /// The one line on stderr of a call that must end with `exit_code`.
    [[nodiscard]] std::string refusal(int exit_code, std::vector<std::string> arguments,
                                      const std::string& input = {}) const {
        const auto result = errand(std::move(arguments), input);
        EXPECT_EQ(result.exit_code, exit_code) << result.out << result.err;
        EXPECT_EQ(result.out, "");
        EXPECT_THAT(result.err, testing::StartsWith("errand: "));
        EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
        return result.err;
    }
    [[nodiscard]] boost::json::value show(const std::string& id) const {
        return json({"show", id});
    }
    /// What the command prints with --json.
    [[nodiscard]] boost::json::value json(std::vector<std::string> arguments) const {
        arguments.emplace_back("--json");
        return boost::json::parse(done(std::move(arguments)));
    }
    /// The codes of `errand explain`, in their order.
    [[nodiscard]] std::vector<std::string> reasons(const std::string& id) const {
        std::vector<std::string> codes;
        const auto answer = json({"explain", id});
        for (const auto& reason : answer.at("reasons").as_array())
            codes.emplace_back(reason.at("code").as_string());
        return codes;
    }

    static std::vector<std::string> command(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), ERRAND_PROGRAM);
        return arguments;
    }
    [[nodiscard]] ProgramOptions options(const std::string& input = {}) const {
        return {.directory = folder_.path().string(),
                .input = input,
                .environment = {{"ERRAND_STORE", ""}, {"ERRAND_CONFIG", ""}, {"NO_COLOR", "1"}}};
    }
    void write_file(const std::string& name, const std::string& text) const {
        std::ofstream(folder_.path() / name, std::ios::binary) << text;
    }
    [[nodiscard]] bool exists(const std::string& name) const {
        return std::filesystem::exists(folder_.path() / name);
    }

    errand::test::TempDir folder_;
};

}  // namespace errand::cli::test
