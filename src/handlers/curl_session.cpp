#include "handlers/curl_session.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace errand::handlers {
namespace {

[[noreturn]] void refuse(const char* reason) {
    throw Error(ErrorCode::limit_exceeded,
                fmt::format("libcurl: {}; look at the worker's memory and descriptors", reason));
}

void check_multi(CURLMcode code) {
    if (code != CURLM_OK) refuse(curl_multi_strerror(code));
}

/// The transfer is part of the handle from here to the end of the scope.
class Attached {
public:
    Attached(CURLM* multi, CURL* easy) : multi_(multi), easy_(easy) {
        check_multi(curl_multi_add_handle(multi_, easy_));
    }
    Attached(const Attached&) = delete;
    Attached& operator=(const Attached&) = delete;
    ~Attached() { curl_multi_remove_handle(multi_, easy_); }

private:
    CURLM* multi_;
    CURL* easy_;
};

}  // namespace

void check_curl(CURLcode code) {
    if (code != CURLE_OK) refuse(curl_easy_strerror(code));
}

CurlList make_curl_list(const std::vector<std::string>& lines) {
    CurlList list;
    for (const auto& line : lines) {
        auto* longer = curl_slist_append(list.get(), line.c_str());
        if (!longer) refuse(curl_easy_strerror(CURLE_OUT_OF_MEMORY));
        static_cast<void>(list.release());
        list.reset(longer);
    }
    return list;
}

long curl_timeout_ms(Duration timeout) {
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(timeout).count();
    return static_cast<long>(
        std::clamp<std::int64_t>(ms, 1, std::numeric_limits<std::int32_t>::max()));
}

CurlSession::CurlSession() {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);  // libcurl wants it once
    check_curl(ready);
    multi_.reset(curl_multi_init());
    easy_.reset(curl_easy_init());
    if (!easy_ || !multi_) refuse(curl_easy_strerror(CURLE_OUT_OF_MEMORY));
}

std::optional<CURLcode> CurlSession::perform(const std::stop_token& stop) {
    const Attached attached{multi_.get(), easy_.get()};
    if (run(stop)) return result();
    set(CURLOPT_QUICK_EXIT, 1L);  // else a name look-up under way would be waited for
    return std::nullopt;
}

int CurlSession::response_code() const noexcept {
    long code = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &code);
    return static_cast<int>(code);
}

/// True when the transfer has ended by itself, false for a stop.
bool CurlSession::run(const std::stop_token& stop) {
    const std::stop_callback wake{stop, [this] { curl_multi_wakeup(multi_.get()); }};
    int running = 1;
    while (true) {
        check_multi(curl_multi_perform(multi_.get(), &running));
        if (running == 0) return true;
        if (stop.stop_requested()) return false;
        constexpr int at_most_ms = 60'000;  // its own timers and the stop wake it earlier
        check_multi(curl_multi_poll(multi_.get(), nullptr, 0, at_most_ms, nullptr));
    }
}

CURLcode CurlSession::result() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
        if (message->msg == CURLMSG_DONE) return message->data.result;
    }
    return CURLE_RECV_ERROR;
}

}  // namespace errand::handlers
