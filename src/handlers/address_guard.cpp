#include "handlers/address_guard.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace errand::handlers {

AddressGuard::AddressGuard(const std::vector<std::string>& allowed) {
    for (const auto& range : allowed)
        allowed_.push_back(AddressRange::parse(range));
}

std::string AddressGuard::why_refused(const NetworkAddress& address) const {
    const auto kind = kind_if_not_public(address);
    if (kind.empty() || std::ranges::any_of(allowed_, [&](const AddressRange& range) {
            return range.contains(address);
        })) {
        return {};
    }
    return fmt::format("{} is {}", to_string(address), kind);
}

std::string AddressGuard::why_refused(const sockaddr& peer) const {
    const auto address = NetworkAddress::of(peer);
    return address ? why_refused(*address) : "it is neither an IPv4 nor an IPv6 address";
}

}  // namespace errand::handlers
