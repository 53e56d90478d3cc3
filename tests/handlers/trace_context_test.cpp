#include "core/trace_context.hpp"

#include <gtest/gtest.h>

namespace errand::core {
namespace {

TEST(TraceContext, TakesTheTraceparentOfMeta) {
    EXPECT_EQ(
        traceparent_of(
            R"({"a":1,"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"})"),
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
}

TEST(TraceContext, AnythingElseIsNone) {
    for (const auto* meta :
         {"", "{}", "[]", "nonsense", R"({"traceparent":7})", R"({"traceparent":""})",
          R"({"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nx: y"})",
          R"({"traceparent":"00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"})",
          R"({"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0"})"}) {
        EXPECT_EQ(traceparent_of(meta), "") << meta;
    }
}

}  // namespace
}  // namespace errand::core
