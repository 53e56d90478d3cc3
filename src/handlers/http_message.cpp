#include "handlers/http_message.hpp"

#include "base/text.hpp"
#include "core/schedule/tick_job.hpp"
#include "core/trace_context.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>
#include <boost/json.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <array>

namespace errand::handlers {
namespace {

std::string lower_case(std::string_view text) {
    std::string result{text};
    for (char& c : result) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return result;
}

/// Set by the handler or by the transfer itself.
constexpr std::array<std::string_view, 14> own_headers{
    "connection",        "content-length",   "content-type",      "errand-attempt",
    "errand-lease-seq",  "errand-schedule",  "errand-tick",       "errand-rehearsal",
    "idempotency-key",   "traceparent",      "transfer-encoding", "webhook-id",
    "webhook-signature", "webhook-timestamp"};

bool is_header_name(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return c > ' ' && c < '\x7f' &&
               std::string_view{"\"(),/:;<=>?@[\\]{}"}.find(c) == std::string_view::npos;
    });
}

bool is_header_value(std::string_view value) {
    return base::is_valid_utf8(value) && std::none_of(value.begin(), value.end(), [](char c) {
               return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7f';
           });
}

/// What a schedule noted with the job that it made.
void add_origin(const Context& job, std::vector<std::string>& headers) {
    const auto origin = core::tick_origin(job.meta());
    if (origin.schedule.empty()) return;
    headers.push_back("errand-schedule: " + origin.schedule);
    if (origin.tick) headers.push_back("errand-tick: " + format_timestamp(*origin.tick));
    if (origin.rehearsal) headers.emplace_back("errand-rehearsal: 1");
}

/// `url` for an error message: whatever stands before an '@' or after a '?' may be secret.
std::string masked(std::string_view url) {
    const auto scheme_end = url.find("://");
    const auto start = scheme_end == std::string_view::npos ? 0 : scheme_end + 3;
    const auto at = url.rfind('@');
    std::string text{url.substr(0, start)};
    if (at != std::string_view::npos && at >= start) {
        text += "***";
        url.remove_prefix(at);
    } else {
        url.remove_prefix(start);
    }
    text += url.substr(0, url.find('?'));
    return base::quote_for_message(text);
}

}  // namespace

std::string http_body(const Context& job) {
    return fmt::format(
        R"({{"id":"{}","type":{},"queue":{},"attempt":{},"max_attempts":{},"args":{},"meta":{}}})",
        to_string(job.id()), base::json_string(job.type()), base::json_string(job.queue()),
        job.attempt(), job.max_attempts(), job.args(), job.meta().empty() ? "{}" : job.meta());
}

std::vector<std::string> http_headers(const Context& job,
                                      const std::map<std::string, std::string>& additions,
                                      const std::optional<WebhookSecret>& secret,
                                      std::string_view body, Timestamp now) {
    const std::string id = to_string(job.id());
    const auto sent_at = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    std::vector<std::string> headers{
        "content-type: application/json",
        "user-agent: errand/" ERRAND_VERSION,
        "webhook-id: " + id,
        fmt::format("webhook-timestamp: {}", sent_at),
        "idempotency-key: " + id,
        fmt::format("errand-attempt: {}", job.attempt()),
        fmt::format("errand-lease-seq: {}", job.lease_seq()),
        "expect:",  // none: large bodies need not wait for a permission that few servers give
    };
    if (secret) headers.push_back("webhook-signature: " + secret->sign(id, sent_at, body));
    if (const auto trace = core::traceparent_of(job.meta()); !trace.empty()) {
        headers.push_back("traceparent: " + trace);
    }
    add_origin(job, headers);
    for (const auto& [name, value] : additions) {
        if (lower_case(name) == "user-agent")
            std::erase_if(headers, [](const std::string& header) {
                return header.starts_with("user-agent:");
            });
        headers.push_back(value.empty() ? name + ";"
                                        : name + ": " + value);  // libcurl's way to say ""
    }
    return headers;
}

void check_http_headers(const std::map<std::string, std::string>& headers) {
    for (const auto& [name, value] : headers) {
        const auto refuse = [&](std::string_view reason) {
            throw Error(ErrorCode::invalid_argument,
                        fmt::format("http headers: {} {}", base::quote_for_message(name), reason));
        };
        if (!is_header_name(name)) refuse("is no header name: use letters, digits and '-'");
        if (std::ranges::find(own_headers, lower_case(name)) != own_headers.end()) {
            refuse("is set by errand itself: leave it out");
        }
        if (!is_header_value(value)) refuse("has a value with control characters: remove them");
    }
}

std::string http_origin(std::string_view url) {
    const auto parsed = boost::urls::parse_uri({url.data(), url.size()});
    const bool sound = parsed.has_value() && !parsed->host().empty() &&
                       (parsed->scheme_id() == boost::urls::scheme::http ||
                        parsed->scheme_id() == boost::urls::scheme::https);
    if (!sound) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("http url: {} is no URL of the form https://host/path: correct it",
                                masked(url)));
    }
    const std::string_view host{parsed->encoded_host_and_port()};
    return fmt::format("{}://{}", lower_case(parsed->scheme()), host);
}

}  // namespace errand::handlers
