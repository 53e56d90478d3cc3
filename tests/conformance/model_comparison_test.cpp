#include "conformance/model_commands.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

// The same random calls on the memory store, the reference, and on SQLite.

namespace errand::test {
namespace {

void expect_same_life(const std::vector<Command>& commands) {
    SameLife stores;
    for (const Command& command : commands) {
        const auto differs = stores.play(command);
        if (!differs.empty()) {
            RC_FAIL(fmt::format("after {}: {}", to_string(command.kind), differs));
        }
    }
    const auto differs = stores.compare_attachments();
    if (!differs.empty()) RC_FAIL(fmt::format("at the end: {}", differs));
}

}  // namespace

TEST(ModelComparison, SqliteLivesLikeTheReference) {
    EXPECT_TRUE(rc::check("the same calls have the same effects",
                          [] { expect_same_life(*command_sequences()); }));
}

}  // namespace errand::test
