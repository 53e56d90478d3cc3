#pragma once

#include "handlers/network_address.hpp"

#include <string>
#include <vector>

namespace errand::handlers {

/// Decides which addresses a request may be sent to whose URL somebody else chose: those of the
/// public internet, and those that are allowed besides. Looks at addresses alone, never at names:
/// what a name means can change between two look-ups. Immutable.
class AddressGuard {
public:
    /// `allowed`: ranges as AddressRange reads them. Throws Error (invalid_argument).
    explicit AddressGuard(const std::vector<std::string>& allowed);

    /// Why no connection may be made to the address, for example "127.0.0.1 is a loopback address";
    /// empty: it may.
    [[nodiscard]] std::string why_refused(const sockaddr& peer) const;
    [[nodiscard]] std::string why_refused(const NetworkAddress& address) const;

private:
    std::vector<AddressRange> allowed_;
};

}  // namespace errand::handlers
