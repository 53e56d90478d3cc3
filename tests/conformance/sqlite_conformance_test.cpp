#include "conformance/suite/fixture.hpp"

namespace errand::test {

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract,
                         ::testing::Values(StoreKind{
                             .name = "sqlite",
                             .fresh_url =
                                 [](const std::filesystem::path& scratch) {
                                     return "sqlite:" + (scratch / "errand.db").string();
                                 },
                             .persistent = true,
                         }),
                         [](const auto& info) { return info.param.name; });

}  // namespace errand::test
