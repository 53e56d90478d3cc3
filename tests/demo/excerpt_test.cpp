#include "demo/excerpt.hpp"

#include <gtest/gtest.h>

namespace demo {
namespace {

constexpr const char* text =
    "Errand runs jobs. A worker that dies keeps its lease until it ends.\nThen a rescuer takes "
    "over.";

TEST(Excerpt, ShortTextsStayWhole) {
    EXPECT_EQ(excerpt("two\n words ", {"words"}, 40), "two words");
    EXPECT_EQ(excerpt("", {"words"}, 40), "");
}

TEST(Excerpt, ShowsTheWordAndWhatStandsAroundIt) {
    EXPECT_EQ(excerpt(text, {"lease"}, 36), "… keeps its lease until it ends. …");
}

TEST(Excerpt, ReachesTheEnd) {
    EXPECT_EQ(excerpt(text, {"rescuer"}, 36), "… Then a rescuer takes over.");
}

TEST(Excerpt, BeginsAtTheStartWhereNoWordIsFound) {
    EXPECT_EQ(excerpt(text, {"absent"}, 20), "Errand runs jobs. A …");
}

}  // namespace
}  // namespace demo
