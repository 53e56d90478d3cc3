#include "core/diagram.hpp"

#include "core/transitions.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace errand::core {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Diagram, IsAMermaidStateDiagram) {
    EXPECT_THAT(mermaid_state_diagram(),
                StartsWith("stateDiagram-v2\n    [*] --> pending: enqueue\n"));
}

TEST(Diagram, HasAnArrowForEveryTransition) {
    const auto text = mermaid_state_diagram();
    for (const auto& transition : transitions()) {
        const auto arrow = "    " + std::string{errand::to_string(transition.from)} + " --> " +
                           std::string{errand::to_string(transition.to)} + ": ";
        const auto begin = text.find(arrow);
        ASSERT_NE(begin, text.npos) << arrow;
        const auto line = text.substr(begin, text.find('\n', begin) - begin);
        EXPECT_THAT(line, HasSubstr(to_string(transition.event)));
    }
}

TEST(Diagram, DrawsEachPairOfStatesOnce) {
    const auto text = mermaid_state_diagram();
    EXPECT_THAT(text, HasSubstr("    active --> retryable: fail, crash\n"));
    EXPECT_THAT(text, HasSubstr("    completed --> [*]\n"));
    // 1 heading, 3 beginnings, 22 pairs of states, 3 ends.
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1 + 3 + 22 + 3);
}

}  // namespace
}  // namespace errand::core
