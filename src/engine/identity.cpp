#include "engine/identity.hpp"

#include <unistd.h>

#include <array>
#include <atomic>

namespace errand::engine {
namespace {

std::string host_name() {
    std::array<char, 256> name{};
    if (gethostname(name.data(), name.size() - 1) != 0) return "localhost";
    return name.data();
}

std::uint64_t next_number() {
    static std::atomic<std::uint64_t> last{0};  // names must differ within the process
    return ++last;
}

}  // namespace

Identity make_identity(const std::string& given_name) {
    Identity identity{given_name, host_name(), getpid()};
    if (identity.name.empty()) {
        identity.name = identity.host + ":" + std::to_string(identity.pid) + ":" +
                        std::to_string(next_number());
    }
    return identity;
}

}  // namespace errand::engine
