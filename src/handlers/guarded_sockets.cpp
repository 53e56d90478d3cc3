#include "handlers/guarded_sockets.hpp"

#include <sys/socket.h>

namespace errand::handlers {

GuardedSockets::GuardedSockets(CurlSession& session, const AddressGuard* guard) : guard_(guard) {
    if (guard_ == nullptr) return;
    session.set(CURLOPT_PROXY, "");
    session.set(CURLOPT_OPENSOCKETFUNCTION, &GuardedSockets::open);
    session.set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
    session.set(CURLOPT_PREREQFUNCTION, &GuardedSockets::before_request);
    session.set(CURLOPT_PREREQDATA, static_cast<void*>(this));
}

curl_socket_t GuardedSockets::open(void* self, curlsocktype /*purpose*/, curl_sockaddr* address) {
    auto& sockets = *static_cast<GuardedSockets*>(self);
    if (auto reason = sockets.guard_->why_refused(address->addr); !reason.empty()) {
        sockets.refusal_ = std::move(reason);
        return CURL_SOCKET_BAD;
    }
    sockets.passed_ = true;
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

int GuardedSockets::before_request(void* self, char* peer, char* /*own*/, int /*peer_port*/,
                                   int /*own_port*/) {
    auto& sockets = *static_cast<GuardedSockets*>(self);
    const auto address = NetworkAddress::parse(peer);
    auto reason = address ? sockets.guard_->why_refused(*address) : "its address cannot be read";
    if (reason.empty()) return CURL_PREREQFUNC_OK;
    sockets.refusal_ = std::move(reason);
    sockets.passed_ = false;
    return CURL_PREREQFUNC_ABORT;
}

}  // namespace errand::handlers
