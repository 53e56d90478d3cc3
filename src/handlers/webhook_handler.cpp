#include "base/text.hpp"
#include "handlers/address_guard.hpp"
#include "handlers/http_message.hpp"
#include "handlers/http_outcome.hpp"
#include "handlers/retry_after.hpp"
#include "handlers/webhook_delivery.hpp"

#include <errand/error.hpp>
#include <errand/handlers.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

namespace errand {
namespace {

using handlers::HttpAnswer;
using handlers::WebhookDelivery;
using handlers::WebhookSecret;

constexpr int gone = 410;
constexpr std::array busy_statuses{429, 502, 503, 504};
constexpr std::size_t read_bytes = 64U << 10;  // of an accepting answer, to keep its connection

class WebhookHandler {
public:
    explicit WebhookHandler(WebhookOptions options)
        : options_(std::move(options)),
          connections_(std::make_shared<handlers::AddressGuard>(options_.allow)) {
        if (!options_.secrets)
            throw Error(ErrorCode::invalid_argument,
                        "webhook secrets: give a function that knows them by name");
        if (options_.timeout <= Duration::zero() || options_.timeout > max_duration) {
            throw Error(ErrorCode::invalid_argument,
                        fmt::format("webhook timeout: {} us is out of range: use 1us to 36500 days",
                                    options_.timeout.count()));
        }
    }

    [[nodiscard]] Outcome operator()(Context& job) {
        WebhookDelivery delivery;
        try {
            delivery = WebhookDelivery::parse(job.args());
        } catch (const Error& error) {
            return Outcome::discard(error.what(), "bad arguments");
        }
        const auto secrets = secrets_of(delivery.secret_name);
        if (secrets.empty()) {
            return Outcome::fail(
                fmt::format("this worker has no webhook secret named {}: configure it, or correct "
                            "secret_name",
                            base::quote_for_message(delivery.secret_name)),
                "configuration");
        }
        if (job.stop_requested()) return Outcome::fail("stopped before the request", "stopped");
        if (job.rehearsal()) {
            job.log("a rehearsal: nothing was sent");
            return Outcome::done();
        }
        return send(job, delivery, secrets);
    }

private:
    [[nodiscard]] std::vector<WebhookSecret> secrets_of(const std::string& name) const {
        std::vector<WebhookSecret> secrets;
        for (const auto& text : options_.secrets(name)) {
            try {
                secrets.push_back(WebhookSecret::parse(text));
            } catch (const Error& error) {
                throw Error(error.code(), fmt::format("the webhook secret {} is not usable: {}",
                                                      base::quote_for_message(name), error.what()));
            }
        }
        return secrets;
    }

    [[nodiscard]] Outcome send(const Context& job, WebhookDelivery& delivery,
                               const std::vector<WebhookSecret>& secrets) {
        const auto now = system_clock().now();
        handlers::HttpRequest request;
        request.headers = handlers::webhook_headers(job, delivery, secrets, now);
        request.url = std::move(delivery.url);
        request.body = std::move(delivery.body);
        request.timeout = options_.timeout;
        if (const auto deadline = job.deadline())
            request.timeout = std::clamp(*deadline - now, Duration{1}, options_.timeout);
        request.result_bytes = read_bytes;
        request.refusal_bytes = handlers::shown_refusal_bytes;
        const auto answer = connections_.post(request, job.stop_token());
        if (answer.end == HttpAnswer::End::answered) return decide(answer);
        return handlers::outcome_without_answer(answer, handlers::http_origin(request.url),
                                                request.timeout);
    }

    [[nodiscard]] static Outcome decide(const HttpAnswer& answer) {
        if (answer.status / 100 == 2)
            return Outcome::done(fmt::format(R"({{"status":{}}})", answer.status));
        const auto type = fmt::format("http {}", answer.status);
        const auto text = handlers::describe_refusal(answer);
        if (answer.status == gone) return Outcome::discard(text, type);
        if (std::ranges::find(busy_statuses, answer.status) != busy_statuses.end()) {
            // Not slow_down(): one endpoint that is busy must not hold up the others' deliveries.
            const auto wait = handlers::parse_retry_after(answer.retry_after, system_clock().now());
            if (wait) return Outcome::retry_in(*wait, text);
        }
        return Outcome::fail(text, type);
    }

    WebhookOptions options_;
    handlers::HttpConnections connections_;
};

}  // namespace

Worker::RawHandler webhook_handler(WebhookOptions options) {
    return [handler = std::make_shared<WebhookHandler>(std::move(options))](Context& job) {
        return (*handler)(job);
    };
}

}  // namespace errand
