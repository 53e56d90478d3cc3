#include "schedule/libc_zone.hpp"

#include <cstdlib>

namespace errand::test {

LibcZone::LibcZone(const std::string& name) {
    setenv("TZ", (":" + name).c_str(), 1);
    tzset();
}

LibcZone::~LibcZone() {
    unsetenv("TZ");
    tzset();
}

std::tm LibcZone::local(std::int64_t utc_seconds) {
    const std::time_t time = utc_seconds;
    std::tm result{};
    localtime_r(&time, &result);
    return result;
}

std::vector<std::int64_t> LibcZone::changes(std::int64_t begin, std::int64_t end) {
    constexpr std::int64_t stride = 86'400;
    std::vector<std::int64_t> found;
    auto offset = local(begin).tm_gmtoff;
    for (auto at = begin; at < end; at += stride) {
        const auto next = local(at + stride).tm_gmtoff;
        if (next == offset) continue;
        auto low = at;
        auto high = at + stride;
        while (high - low > 1) {
            const auto middle = low + (high - low) / 2;
            (local(middle).tm_gmtoff == offset ? low : high) = middle;
        }
        found.push_back(high);
        offset = next;
    }
    return found;
}

}  // namespace errand::test
