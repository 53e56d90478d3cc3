#include "handlers/http_transfer.hpp"

#include <errand/error.hpp>

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace errand::handlers {
namespace {

struct EasyCleanup {
    void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};
struct MultiCleanup {
    void operator()(CURLM* handle) const noexcept { curl_multi_cleanup(handle); }
};
struct ListCleanup {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, EasyCleanup>;
using Multi = std::unique_ptr<CURLM, MultiCleanup>;
using HeaderList = std::unique_ptr<curl_slist, ListCleanup>;

[[noreturn]] void refuse(const char* reason) {
    throw Error(ErrorCode::limit_exceeded,
                fmt::format("libcurl: {}; look at the worker's memory and descriptors", reason));
}

void check(CURLcode code) {
    if (code != CURLE_OK) refuse(curl_easy_strerror(code));
}
void check(CURLMcode code) {
    if (code != CURLM_OK) refuse(curl_multi_strerror(code));
}

HeaderList make_header_list(const std::vector<std::string>& headers) {
    HeaderList list;
    for (const auto& header : headers) {
        auto* longer = curl_slist_append(list.get(), header.c_str());
        if (!longer) refuse(curl_easy_strerror(CURLE_OUT_OF_MEMORY));
        static_cast<void>(list.release());
        list.reset(longer);
    }
    return list;
}

/// libcurl counts in whole milliseconds, where 0 means for ever.
long timeout_ms(Duration timeout) {
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(timeout).count();
    return static_cast<long>(
        std::clamp<std::int64_t>(ms, 1, std::numeric_limits<std::int32_t>::max()));
}

/// Takes the body as it comes.
struct BodySink {
    CURL* easy;
    const HttpRequest& request;
    HttpAnswer& answer;

    static std::size_t write(const char* data, std::size_t size, std::size_t count, void* sink) {
        return static_cast<BodySink*>(sink)->keep({data, size * count});
    }
    /// Anything but the size of `data` makes libcurl end the transfer.
    std::size_t keep(std::string_view data) {
        long status = 0;
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        const auto bound = status / 100 == 2 ? request.result_bytes : request.refusal_bytes;
        const auto room = std::min(data.size(), bound - std::min(bound, answer.body.size()));
        answer.body.append(data.substr(0, room));
        answer.body_cut = room < data.size();
        return room;
    }
};

/// The request is part of the handle from here to the end of the scope.
class Attached {
public:
    Attached(CURLM* multi, CURL* easy) : multi_(multi), easy_(easy) {
        check(curl_multi_add_handle(multi_, easy_));
    }
    Attached(const Attached&) = delete;
    Attached& operator=(const Attached&) = delete;
    ~Attached() { curl_multi_remove_handle(multi_, easy_); }

private:
    CURLM* multi_;
    CURL* easy_;
};

}  // namespace

class HttpConnections::Connection {
public:
    Connection() : multi_(curl_multi_init()), easy_(curl_easy_init()) {
        if (!easy_ || !multi_) refuse(curl_easy_strerror(CURLE_OUT_OF_MEMORY));
    }

    HttpAnswer post(const HttpRequest& request, const std::stop_token& stop) {
        HttpAnswer answer;
        BodySink sink{easy_.get(), request, answer};
        const auto headers = make_header_list(request.headers);
        prepare(request, headers.get(), sink);
        const Attached attached{multi_.get(), easy_.get()};
        if (run(stop)) {
            conclude(answer);
        } else {
            answer.end = HttpAnswer::End::stopped;
            set(CURLOPT_QUICK_EXIT, 1L);  // else a name look-up under way would be waited for
        }
        return answer;
    }

private:
    template <class Value>
    void set(CURLoption option, Value value) {
        check(curl_easy_setopt(easy_.get(), option, value));
    }

    void prepare(const HttpRequest& request, curl_slist* headers, BodySink& sink) {
        curl_easy_reset(easy_.get());  // keeps the connections
        set(CURLOPT_URL, request.url.c_str());
        set(CURLOPT_PROTOCOLS_STR, "http,https");
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_FOLLOWLOCATION, 0L);
        set(CURLOPT_HTTPHEADER, headers);
        set(CURLOPT_POSTFIELDS, request.body.data());
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        set(CURLOPT_POST, 1L);
        set(CURLOPT_TIMEOUT_MS, timeout_ms(request.timeout));
        set(CURLOPT_WRITEFUNCTION, &BodySink::write);
        set(CURLOPT_WRITEDATA, static_cast<void*>(&sink));
    }

    /// True when the transfer has ended by itself, false for a stop.
    bool run(const std::stop_token& stop) {
        const std::stop_callback wake{stop, [this] { curl_multi_wakeup(multi_.get()); }};
        int running = 1;
        while (true) {
            check(curl_multi_perform(multi_.get(), &running));
            if (running == 0) return true;
            if (stop.stop_requested()) return false;
            constexpr int at_most_ms = 60'000;  // its own timers and the stop wake it earlier
            check(curl_multi_poll(multi_.get(), nullptr, 0, at_most_ms, nullptr));
        }
    }

    void conclude(HttpAnswer& answer) {
        const CURLcode code = result();
        if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && answer.body_cut)) {
            long status = 0;
            curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
            answer.end = HttpAnswer::End::answered;
            answer.status = static_cast<int>(status);
            curl_header* header = nullptr;
            if (curl_easy_header(easy_.get(), "Retry-After", 0, CURLH_HEADER, -1, &header) ==
                CURLHE_OK) {
                answer.retry_after = header->value;
            }
        } else if (code == CURLE_OPERATION_TIMEDOUT) {
            answer.end = HttpAnswer::End::timed_out;
        } else {
            answer.error = curl_easy_strerror(code);
        }
    }

    CURLcode result() {
        int left = 0;
        while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
            if (message->msg == CURLMSG_DONE) return message->data.result;
        }
        return CURLE_RECV_ERROR;
    }

    Multi multi_;
    Easy easy_;  ///< goes before multi_, as libcurl wants it
};

HttpConnections::HttpConnections() {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);  // libcurl wants it once
    check(ready);
}

HttpConnections::~HttpConnections() = default;

HttpAnswer HttpConnections::post(const HttpRequest& request, const std::stop_token& stop) {
    auto connection = take();
    auto answer = connection->post(request, stop);
    give_back(std::move(connection));
    return answer;
}

std::unique_ptr<HttpConnections::Connection> HttpConnections::take() {
    const std::lock_guard lock{mutex_};
    if (idle_.empty()) return std::make_unique<Connection>();
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
}

void HttpConnections::give_back(std::unique_ptr<Connection> connection) {
    const std::lock_guard lock{mutex_};
    idle_.push_back(std::move(connection));
}

}  // namespace errand::handlers
