#include "handlers/network_address.hpp"

#include "base/text.hpp"

#include <errand/error.hpp>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace errand::handlers {
namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned v4_prefix_bits = 96;

/// `bytes` with all bits after the first `prefix` ones cleared.
std::array<std::uint8_t, 16> cut_to(std::array<std::uint8_t, 16> bytes, unsigned prefix) {
    for (unsigned i = 0; i < bytes.size(); ++i) {
        const unsigned kept = std::clamp(static_cast<int>(prefix) - static_cast<int>(8 * i), 0, 8);
        bytes[i] = static_cast<std::uint8_t>(bytes[i] & (0xff00U >> kept));
    }
    return bytes;
}

[[noreturn]] void refuse_range(std::string_view text, std::string_view remedy) {
    throw Error(ErrorCode::invalid_argument, fmt::format("{} is no range of addresses: {}",
                                                         base::quote_for_message(text), remedy));
}

}  // namespace

std::optional<NetworkAddress> NetworkAddress::of(const sockaddr& peer) {
    NetworkAddress address;
    if (peer.sa_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &peer, sizeof v6);
        std::memcpy(address.bytes_.data(), &v6.sin6_addr, address.bytes_.size());
        return address;
    }
    if (peer.sa_family != AF_INET) return std::nullopt;
    sockaddr_in v4{};
    std::memcpy(&v4, &peer, sizeof v4);
    std::ranges::copy(mapped_prefix, address.bytes_.begin());
    std::memcpy(&address.bytes_[mapped_prefix.size()], &v4.sin_addr, sizeof v4.sin_addr);
    return address;
}

std::optional<NetworkAddress> NetworkAddress::parse(std::string_view text) {
    NetworkAddress address;
    in_addr v4{};
    const std::string host{text.substr(0, text.find('%'))};
    if (host.find('\0') != std::string::npos) return std::nullopt;
    if (::inet_pton(AF_INET6, host.c_str(), address.bytes_.data()) == 1) return address;
    if (host.size() != text.size() || ::inet_pton(AF_INET, host.c_str(), &v4) != 1)
        return std::nullopt;
    std::ranges::copy(mapped_prefix, address.bytes_.begin());
    std::memcpy(&address.bytes_[mapped_prefix.size()], &v4, sizeof v4);
    return address;
}

bool NetworkAddress::is_v4() const noexcept {
    return std::equal(mapped_prefix.begin(), mapped_prefix.end(), bytes_.begin());
}

NetworkAddress NetworkAddress::embedded_v4(std::size_t offset) const noexcept {
    NetworkAddress address;
    std::ranges::copy(mapped_prefix, address.bytes_.begin());
    std::memcpy(&address.bytes_[mapped_prefix.size()], bytes_.data() + offset, 4);
    return address;
}

std::string to_string(const NetworkAddress& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const bool v4 = address.is_v4();
    const auto* bytes = address.bytes().data() + (v4 ? mapped_prefix.size() : 0);
    ::inet_ntop(v4 ? AF_INET : AF_INET6, bytes, text.data(), text.size());
    return text.data();
}

AddressRange AddressRange::parse(std::string_view text) {
    const auto slash = text.find('/');
    const auto first = NetworkAddress::parse(text.substr(0, slash));
    if (!first || text.find('%') != text.npos)
        refuse_range(text, "write for example 10.1.0.0/16, fd00::/8 or 127.0.0.1");
    AddressRange range;
    range.first_ = *first;
    if (slash == text.npos) return range;

    const auto digits = text.substr(slash + 1);
    // By the text, as ::ffff:10.0.0.0/104 counts the bits of the IPv6 form.
    const unsigned before = text.substr(0, slash).find(':') == text.npos ? v4_prefix_bits : 0;
    unsigned bits = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (error != std::errc{} || end != digits.data() + digits.size() || bits > 128 - before)
        refuse_range(text, fmt::format("its prefix is a number from 0 to {}", 128 - before));
    range.prefix_ = before + bits;
    const NetworkAddress start{cut_to(first->bytes(), range.prefix_)};
    if (start != *first) {
        refuse_range(text, fmt::format("it has bits behind its prefix; did you mean {}/{}?",
                                       to_string(start), bits));
    }
    return range;
}

bool AddressRange::contains(const NetworkAddress& address) const noexcept {
    return cut_to(address.bytes(), prefix_) == first_.bytes();
}

}  // namespace errand::handlers
