#pragma once

#include "handlers/address_guard.hpp"
#include "handlers/curl_session.hpp"

#include <string>

namespace errand::handlers {

/// Puts an AddressGuard between libcurl and the network for one transfer: it sees the very address
/// that a socket is about to be connected to, after every look-up and for every redirect, so that
/// a name which changes its meaning gains nothing. A kept connection is looked at again before it
/// carries a request. Lives as long as the transfer.
class GuardedSockets {
public:
    /// `guard` none: everything may pass. No proxy is used with a guard: what lies behind one
    /// cannot be seen from here.
    GuardedSockets(CurlSession& session, const AddressGuard* guard);
    GuardedSockets(const GuardedSockets&) = delete;
    GuardedSockets& operator=(const GuardedSockets&) = delete;

    /// Why nothing could be connected to; empty: some address could be tried.
    [[nodiscard]] std::string refusal() const { return passed_ ? std::string{} : refusal_; }

private:
    static curl_socket_t open(void* self, curlsocktype purpose, curl_sockaddr* address);
    static int before_request(void* self, char* peer, char* own, int peer_port, int own_port);

    const AddressGuard* guard_;
    std::string refusal_;
    bool passed_ = false;
};

}  // namespace errand::handlers
