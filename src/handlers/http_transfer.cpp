#include "handlers/http_transfer.hpp"

#include "handlers/curl_session.hpp"
#include "handlers/guarded_sockets.hpp"

#include <algorithm>
#include <string_view>

namespace errand::handlers {
namespace {

/// Takes the body as it comes.
struct BodySink {
    const CurlSession& session;
    const HttpRequest& request;
    HttpAnswer& answer;

    static std::size_t write(const char* data, std::size_t size, std::size_t count, void* sink) {
        return static_cast<BodySink*>(sink)->keep({data, size * count});
    }
    /// Anything but the size of `data` makes libcurl end the transfer.
    std::size_t keep(std::string_view data) {
        const auto bound =
            session.response_code() / 100 == 2 ? request.result_bytes : request.refusal_bytes;
        const auto room = std::min(data.size(), bound - std::min(bound, answer.body.size()));
        answer.body.append(data.substr(0, room));
        answer.body_cut = room < data.size();
        return room;
    }
};

}  // namespace

class HttpConnections::Connection {
public:
    HttpAnswer post(const HttpRequest& request, const AddressGuard* guard,
                    const std::stop_token& stop) {
        HttpAnswer answer;
        BodySink sink{session_, request, answer};
        const auto headers = make_curl_list(request.headers);
        prepare(request, headers.get(), sink);
        const GuardedSockets sockets{session_, guard};
        if (const auto code = session_.perform(stop)) {
            conclude(*code, sockets, answer);
        } else {
            answer.end = HttpAnswer::End::stopped;
        }
        return answer;
    }

private:
    void prepare(const HttpRequest& request, curl_slist* headers, BodySink& sink) {
        session_.reset();
        session_.set(CURLOPT_URL, request.url.c_str());
        session_.set(CURLOPT_PROTOCOLS_STR, "http,https");
        session_.set(CURLOPT_NOSIGNAL, 1L);
        session_.set(CURLOPT_FOLLOWLOCATION, 0L);
        session_.set(CURLOPT_HTTPHEADER, headers);
        session_.set(CURLOPT_POSTFIELDS, request.body.data());
        session_.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        session_.set(CURLOPT_POST, 1L);
        session_.set(CURLOPT_TIMEOUT_MS, curl_timeout_ms(request.timeout));
        session_.set(CURLOPT_WRITEFUNCTION, &BodySink::write);
        session_.set(CURLOPT_WRITEDATA, static_cast<void*>(&sink));
    }

    void conclude(CURLcode code, const GuardedSockets& sockets, HttpAnswer& answer) {
        if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && answer.body_cut)) {
            answer.end = HttpAnswer::End::answered;
            answer.status = session_.response_code();
            curl_header* header = nullptr;
            if (curl_easy_header(session_.handle(), "Retry-After", 0, CURLH_HEADER, -1, &header) ==
                CURLHE_OK) {
                answer.retry_after = header->value;
            }
        } else if (code == CURLE_OPERATION_TIMEDOUT) {
            answer.end = HttpAnswer::End::timed_out;
        } else if (auto refusal = sockets.refusal(); !refusal.empty()) {
            answer.end = HttpAnswer::End::refused;
            answer.error = std::move(refusal);
        } else {
            answer.error = curl_easy_strerror(code);
        }
    }

    CurlSession session_;
};

HttpConnections::HttpConnections(std::shared_ptr<const AddressGuard> guard)
    : guard_(std::move(guard)) {}

HttpConnections::~HttpConnections() = default;

HttpAnswer HttpConnections::post(const HttpRequest& request, const std::stop_token& stop) {
    auto connection = take();
    auto answer = connection->post(request, guard_.get(), stop);
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
