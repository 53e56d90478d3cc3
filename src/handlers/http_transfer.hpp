#pragma once

#include <errand/time.hpp>

#include <cstddef>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

namespace errand::handlers {

class AddressGuard;

struct HttpRequest {
    std::string url;
    std::vector<std::string> headers;  ///< "name: value"
    std::string body;
    Duration timeout{};             ///< of everything from the name look-up to the last byte
    std::size_t result_bytes = 0;   ///< kept of a 2xx answer's body
    std::size_t refusal_bytes = 0;  ///< kept of any other answer's body
};

struct HttpAnswer {
    enum class End : std::uint8_t { answered, stopped, timed_out, refused, failed };

    End end = End::failed;
    int status = 0;  ///< the rest: when answered
    std::string body;
    bool body_cut = false;    ///< there was more than was to be kept; the rest was not read
    std::string retry_after;  ///< the header's value
    std::string error;        ///< when refused or failed: why, without the request's secrets
};

/// Sends requests and keeps connections open between them, one per thread that sends at once.
/// Follows no redirects; speaks http and https only. Thread-safe.
class HttpConnections {
public:
    /// With a guard every address is put to it; the answer's end is `refused` when the guard let
    /// none pass.
    explicit HttpConnections(std::shared_ptr<const AddressGuard> guard = nullptr);
    ~HttpConnections();

    /// Sends a POST and waits for the answer's end or a stop, which aborts at once. Throws Error
    /// (limit_exceeded) when libcurl cannot get memory or descriptors.
    [[nodiscard]] HttpAnswer post(const HttpRequest& request, const std::stop_token& stop);

private:
    class Connection;

    [[nodiscard]] std::unique_ptr<Connection> take();
    void give_back(std::unique_ptr<Connection> connection);

    std::shared_ptr<const AddressGuard> guard_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<Connection>> idle_;  ///< guarded by mutex_
};

}  // namespace errand::handlers
