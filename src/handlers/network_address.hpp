#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

struct sockaddr;

namespace errand::handlers {

/// An IPv4 or IPv6 address. An IPv4 address and the IPv6 form that maps it (::ffff:10.0.0.1) are
/// the same value, as the kernel connects to the same host for both.
class NetworkAddress {
public:
    NetworkAddress() = default;  ///< the unspecified IPv6 address
    explicit NetworkAddress(const std::array<std::uint8_t, 16>& bytes) : bytes_(bytes) {}

    /// The address of a socket; none: it is neither IPv4 nor IPv6.
    [[nodiscard]] static std::optional<NetworkAddress> of(const sockaddr& peer);
    /// "10.0.0.1", "fe80::1" or "fe80::1%eth0", whose zone is left out; none: it is no such text.
    [[nodiscard]] static std::optional<NetworkAddress> parse(std::string_view text);

    [[nodiscard]] bool is_v4() const noexcept;
    /// The IPv4 address in the four bytes from `offset` on (0 to 12).
    [[nodiscard]] NetworkAddress embedded_v4(std::size_t offset) const noexcept;
    /// Sixteen bytes, an IPv4 address in its mapped form.
    [[nodiscard]] const std::array<std::uint8_t, 16>& bytes() const noexcept { return bytes_; }

    friend bool operator==(const NetworkAddress&, const NetworkAddress&) = default;

private:
    std::array<std::uint8_t, 16> bytes_{};
};

[[nodiscard]] std::string to_string(const NetworkAddress& address);

/// All addresses that begin with the same bits.
class AddressRange {
public:
    /// "10.0.0.0/8", "fd00::/8", or one address alone. Throws Error (invalid_argument) for other
    /// texts, and for an address with bits behind the prefix, showing the range that has it.
    [[nodiscard]] static AddressRange parse(std::string_view text);

    [[nodiscard]] bool contains(const NetworkAddress& address) const noexcept;

private:
    NetworkAddress first_;
    unsigned prefix_ = 128;  ///< bits, counted in the sixteen bytes
};

/// What kind of address it is when it is none of the public internet, such as "a loopback address":
/// loopback, private, link-local, carrier NAT, multicast, unspecified, documentation, reserved, the
/// addresses of cloud platforms' own services, and IPv6 forms that carry such an IPv4 address
/// (NAT64, 6to4, ISATAP; Teredo always). Empty: a public one.
[[nodiscard]] std::string_view kind_if_not_public(const NetworkAddress& address);

}  // namespace errand::handlers
