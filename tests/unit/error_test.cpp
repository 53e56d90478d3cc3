#include <gtest/gtest.h>
#include <errand/error.hpp>

#include <set>

namespace errand {
namespace {

TEST(ErrorCodes, HaveNamesOfTheirOwn) {
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(ErrorCode::store_incompatible); ++i) {
        names.insert(to_string(static_cast<ErrorCode>(i)));
    }
    EXPECT_EQ(names,
              (std::set<std::string_view>{
                  "invalid_argument", "limit_exceeded", "not_found", "conflict", "lease_lost",
                  "timed_out", "store_unavailable", "store_corrupt", "store_incompatible"}));
}

}  // namespace
}  // namespace errand
