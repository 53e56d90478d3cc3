#include "handlers/network_address.hpp"

#include <initializer_list>
#include <utility>
#include <vector>

namespace errand::handlers {
namespace {

/// A range of which no address is a public host, after the registries of special-purpose addresses.
struct SpecialRange {
    AddressRange range;
    std::string_view kind;
};

std::vector<SpecialRange> parsed(
    std::initializer_list<std::pair<std::string_view, std::string_view>> table) {
    std::vector<SpecialRange> ranges;
    for (const auto& [range, kind] : table)
        ranges.push_back({AddressRange::parse(range), kind});
    return ranges;
}

const std::vector<SpecialRange>& v4_ranges() {
    static const auto ranges = parsed({
        {"0.0.0.0/8", "an unspecified address"},
        {"10.0.0.0/8", "a private address"},
        {"100.64.0.0/10", "an address of carrier NAT"},
        {"127.0.0.0/8", "a loopback address"},
        {"168.63.129.16/32", "a service of the cloud platform"},
        {"169.254.0.0/16", "a link-local address"},
        {"172.16.0.0/12", "a private address"},
        {"192.0.0.0/24", "an address for protocols"},
        {"192.0.2.0/24", "an address of documentation"},
        {"192.88.99.0/24", "a relay of 6to4"},
        {"192.168.0.0/16", "a private address"},
        {"198.18.0.0/15", "an address for benchmarks"},
        {"198.51.100.0/24", "an address of documentation"},
        {"203.0.113.0/24", "an address of documentation"},
        {"224.0.0.0/4", "a multicast address"},
        {"240.0.0.0/4", "a reserved address"},
    });
    return ranges;
}

const std::vector<SpecialRange>& v6_ranges() {
    static const auto ranges = parsed({
        {"::/128", "an unspecified address"},
        {"::1/128", "a loopback address"},
        {"64:ff9b:1::/48", "a translated address"},
        {"100::/64", "an address that discards"},
        {"2001::/32", "an address of a Teredo tunnel"},
        {"2001::/23", "an address for protocols"},
        {"2001:db8::/32", "an address of documentation"},
        {"3fff::/20", "an address of documentation"},
        {"fc00::/7", "a private address"},
        {"fe80::/10", "a link-local address"},
        {"fec0::/10", "a site-local address"},
        {"ff00::/8", "a multicast address"},
    });
    return ranges;
}

std::string_view kind_in(const std::vector<SpecialRange>& ranges, const NetworkAddress& address) {
    for (const auto& special : ranges) {
        if (special.range.contains(address)) return special.kind;
    }
    return {};
}

/// A site's routers take the last four bytes of such an address for the host behind the tunnel.
bool is_isatap(const NetworkAddress& address) {
    const auto& bytes = address.bytes();
    return (bytes[8] & 0xfdU) == 0 && bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == 0xfe;
}

}  // namespace

std::string_view kind_if_not_public(const NetworkAddress& address) {
    static const auto nat64 = AddressRange::parse("64:ff9b::/96");
    static const auto six_to_four = AddressRange::parse("2002::/16");
    static const auto global_unicast = AddressRange::parse("2000::/3");
    constexpr std::size_t last = 12;

    if (address.is_v4()) return kind_in(v4_ranges(), address);
    if (nat64.contains(address)) return kind_in(v4_ranges(), address.embedded_v4(last));
    if (six_to_four.contains(address)) return kind_in(v4_ranges(), address.embedded_v4(2));
    if (const auto kind = kind_in(v6_ranges(), address); !kind.empty()) return kind;
    if (!global_unicast.contains(address)) return "a reserved address";
    return is_isatap(address) ? kind_in(v4_ranges(), address.embedded_v4(last))
                              : std::string_view{};
}

}  // namespace errand::handlers
