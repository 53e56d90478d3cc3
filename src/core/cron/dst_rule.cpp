#include <errand/cron.hpp>

#include "core/named_values.hpp"

namespace errand {
namespace {

constexpr core::NamedValues<DstRule, 3> rules{
    "dst", {{{"vixie", DstRule::vixie}, {"skip", DstRule::skip}, {"utc", DstRule::utc}}}};

}  // namespace

std::string_view to_string(DstRule rule) noexcept {
    return rules.name_of(rule);
}

DstRule parse_dst_rule(std::string_view text) {
    return rules.value_of(text);
}

}  // namespace errand
