#include "base/text.hpp"
#include "core/validate.hpp"
#include "handlers/address_guard.hpp"
#include "handlers/http_message.hpp"
#include "handlers/http_outcome.hpp"
#include "handlers/http_transfer.hpp"
#include "handlers/retry_after.hpp"
#include "handlers/webhook_signature.hpp"

#include <errand/error.hpp>
#include <errand/handlers.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

namespace errand {
namespace {

using handlers::HttpAnswer;

constexpr std::size_t logged_bytes = 8U << 10;  // of an accepting answer that is no JSON
constexpr std::array hopeless_statuses{400, 401, 403, 404, 410, 422};

/// One registered endpoint.
class HttpHandler {
public:
    explicit HttpHandler(HttpOptions options)
        : options_(std::move(options)),
          origin_(handlers::http_origin(options_.url)),
          connections_(guard_for(options_)) {
        handlers::check_http_headers(options_.headers);
        if (!options_.secret.empty()) secret_ = handlers::WebhookSecret::parse(options_.secret);
        if (options_.timeout <= Duration::zero() || options_.timeout > max_duration) {
            throw Error(ErrorCode::invalid_argument,
                        fmt::format("http timeout: {} us is out of range: use 1us to 36500 days",
                                    options_.timeout.count()));
        }
    }

    [[nodiscard]] Outcome operator()(Context& job) {
        if (job.stop_requested()) return Outcome::fail("stopped before the request", "stopped");
        const auto request = make_request(job);
        const auto answer = connections_.post(request, job.stop_token());
        if (answer.end == HttpAnswer::End::answered) return decide(job, answer);
        return handlers::outcome_without_answer(answer, origin_, request.timeout);
    }

private:
    static std::shared_ptr<const handlers::AddressGuard> guard_for(const HttpOptions& options) {
        if (!options.public_only) return nullptr;
        return std::make_shared<handlers::AddressGuard>(std::vector<std::string>{});
    }

    [[nodiscard]] handlers::HttpRequest make_request(const Context& job) const {
        const auto now = system_clock().now();
        handlers::HttpRequest request;
        request.url = options_.url;
        request.body = handlers::http_body(job);
        request.headers = handlers::http_headers(job, options_.headers, secret_, request.body, now);
        request.timeout = options_.timeout;
        if (const auto deadline = job.deadline()) {
            request.timeout = std::clamp(*deadline - now, Duration{1}, options_.timeout);
        }
        request.result_bytes = options_.result_bytes;
        request.refusal_bytes = handlers::shown_refusal_bytes;
        return request;
    }

    [[nodiscard]] Outcome decide(Context& job, const HttpAnswer& answer) const {
        if (answer.status / 100 == 2) return accept(job, answer);
        const auto type = fmt::format("http {}", answer.status);
        if (answer.status == 429 || answer.status == 503) {
            const auto wait = handlers::parse_retry_after(answer.retry_after, system_clock().now());
            if (wait) return Outcome::slow_down(*wait, handlers::describe_refusal(answer));
        }
        if (std::ranges::find(hopeless_statuses, answer.status) != hopeless_statuses.end()) {
            return Outcome::discard(handlers::describe_refusal(answer), type);
        }
        return Outcome::fail(handlers::describe_refusal(answer), type);
    }

    [[nodiscard]] Outcome accept(Context& job, const HttpAnswer& answer) const {
        if (answer.body_cut) {
            return Outcome::fail(
                fmt::format("the answer of {} is longer than {} bytes: shorten it or "
                            "raise result_bytes",
                            origin_, options_.result_bytes),
                "result");
        }
        if (answer.body.empty()) return Outcome::done();
        if (core::json_error(answer.body).empty()) return Outcome::done(answer.body);
        job.log(base::cut_end(base::to_valid_utf8(answer.body), logged_bytes));
        return Outcome::done();
    }

    HttpOptions options_;
    std::string origin_;  ///< what messages call the endpoint
    std::optional<handlers::WebhookSecret> secret_;
    handlers::HttpConnections connections_;
};

}  // namespace

Worker::RawHandler http_handler(HttpOptions options) {
    return [handler = std::make_shared<HttpHandler>(std::move(options))](Context& job) {
        return (*handler)(job);
    };
}

}  // namespace errand
