#include "conformance/suite/fixture.hpp"

#include <errand/store/store.hpp>

#include <string>

// Somebody else's store under the tests of the contract. A real one would be a class of its own;
// this one only is opened in its own way.

namespace errand::test {

INSTANTIATE_TEST_SUITE_P(Theirs, StoreContract,
                         ::testing::Values(StoreKind{
                             .name = "theirs",
                             .fresh_url = [](const auto&) { return std::string{"theirs:"}; },
                             .open =
                                 [](const std::string&, const StoreOptions& options) {
                                     return open_store("memory:", options);
                                 },
                         }),
                         [](const auto& info) { return info.param.name; });

}  // namespace errand::test
