#pragma once

#include <errand/time.hpp>

#include <curl/curl.h>

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace errand::handlers {

/// Throws Error (limit_exceeded) unless it is CURLE_OK: what fails while a transfer is made ready
/// is memory or descriptors.
void check_curl(CURLcode code);

struct CurlListCleanup {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using CurlList = std::unique_ptr<curl_slist, CurlListCleanup>;
[[nodiscard]] CurlList make_curl_list(const std::vector<std::string>& lines);

/// libcurl counts in whole milliseconds, where 0 means for ever.
[[nodiscard]] long curl_timeout_ms(Duration timeout);

/// One libcurl handle that a stop can interrupt. Keeps its connections from one transfer to the
/// next. For one thread at a time.
class CurlSession {
public:
    /// Throws Error (limit_exceeded).
    CurlSession();

    /// Forgets all options, not the connections.
    void reset() noexcept { curl_easy_reset(easy_.get()); }
    template <class Value>
    void set(CURLoption option, Value value) {
        check_curl(curl_easy_setopt(easy_.get(), option, value));
    }
    [[nodiscard]] CURL* handle() const noexcept { return easy_.get(); }

    /// Performs the transfer that was set; none: stopped, which aborts at once. Throws Error
    /// (limit_exceeded).
    [[nodiscard]] std::optional<CURLcode> perform(const std::stop_token& stop);
    /// The last answer's code, 0 for none: of HTTP or of SMTP.
    [[nodiscard]] int response_code() const noexcept;

private:
    struct EasyCleanup {
        void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
    };
    struct MultiCleanup {
        void operator()(CURLM* handle) const noexcept { curl_multi_cleanup(handle); }
    };

    [[nodiscard]] bool run(const std::stop_token& stop);
    [[nodiscard]] CURLcode result();

    std::unique_ptr<CURLM, MultiCleanup> multi_;
    std::unique_ptr<CURL, EasyCleanup> easy_;  ///< goes before multi_, as libcurl wants it
};

}  // namespace errand::handlers
