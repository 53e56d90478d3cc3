#include "core/labels.hpp"

#include "core/validate.hpp"
#include "unit/expect_error.hpp"

namespace errand::core {
namespace {

using test::message_of_refusal;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Labels = std::vector<std::string>;

TEST(Labels, AJobNeedsEachOnceInOrder) {
    NewJob job;
    job.type = "t";
    job.needs = {"gpu", "eu-west", "gpu"};
    validate(job, {});
    EXPECT_THAT(job.needs, ElementsAre("eu-west", "gpu"));
}

TEST(Labels, WhatIsNoneIsRefused) {
    NewJob job;
    job.type = "t";
    for (const char* label : {"", " ", "a b", "a,b", ".a", "gr\xc3\xbc\xc3\x9f"}) {
        job.needs = {label};
        EXPECT_THAT(message_of_refusal([&] { validate(job, {}); }), HasSubstr("needs")) << label;
    }
    job.needs = {"a", "b", "c", "d", "e", "f", "g", "h", "a"};
    EXPECT_NO_THROW(validate(job, {}));
    job.needs.emplace_back("i");
    EXPECT_THAT(message_of_refusal([&] { validate(job, {}); }), HasSubstr("at most 8"));
}

TEST(Labels, AllThatAreNeededMustBeThere) {
    EXPECT_TRUE(has_all({}, {}));
    EXPECT_TRUE(has_all({"gpu"}, {}));
    EXPECT_FALSE(has_all({}, {"gpu"}));
    EXPECT_TRUE(has_all({"ssd", "gpu"}, {"gpu", "ssd"}));
    EXPECT_FALSE(has_all({"gpu"}, {"gpu", "ssd"}));
}

TEST(Labels, AreReadBackFromTheirText) {
    for (const Labels& labels : {Labels{}, Labels{"gpu"}, Labels{"eu:1", "gpu", "x.y_z-1"}})
        EXPECT_EQ(read_labels(labels_text(labels)), labels);
    EXPECT_THAT(read_labels(""), IsEmpty());
}

}  // namespace
}  // namespace errand::core
