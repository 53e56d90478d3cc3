#include <errand/error.hpp>
#include <errand/handlers.hpp>

#include <gtest/gtest.h>

namespace errand {
namespace {

using namespace std::string_literals;

/// The message of the refusal; empty: accepted.
std::string refusal(ExecOptions options) {
    try {
        static_cast<void>(exec_handler(std::move(options)));
        return {};
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
        return error.what();
    }
}

TEST(ExecOptions, ACommandIsNeeded) {
    EXPECT_NE(refusal({}), "");
    EXPECT_NE(refusal({.command = {""}}), "");
    EXPECT_EQ(refusal({.command = {"true"}}), "");
}

TEST(ExecOptions, NulIsRefusedEverywhere) {
    EXPECT_NE(refusal({.command = {"true", "a\0b"s}}), "");
    EXPECT_NE(refusal({.command = {"true"}, .directory = "/\0"s}), "");
    EXPECT_NE(refusal({.command = {"true"}, .environment = {{"A\0"s, "x"}}}), "");
    EXPECT_NE(refusal({.command = {"true"}, .environment = {{"A", "x\0"s}}}), "");
}

TEST(ExecOptions, NamesOfVariablesAreChecked) {
    EXPECT_NE(refusal({.command = {"true"}, .environment = {{"", "x"}}}), "");
    EXPECT_NE(refusal({.command = {"true"}, .environment = {{"A=B", "x"}}}), "");
}

TEST(ExecOptions, ValuesOfVariablesAreNotShown) {
    EXPECT_EQ(refusal({.command = {"true"}, .environment = {{"A", "hush\0"s}}}).find("hush"),
              std::string::npos);
}

TEST(ExecOptions, KillAfterIsNotNegative) {
    EXPECT_NE(refusal({.command = {"true"}, .kill_after = Duration{-1}}), "");
    EXPECT_EQ(refusal({.command = {"true"}, .kill_after = Duration{0}}), "");
}

}  // namespace
}  // namespace errand
