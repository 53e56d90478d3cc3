#include "core/trace_context.hpp"
#include "core/validate.hpp"
#include "fuzz/support.hpp"
#include "handlers/http_message.hpp"
#include "handlers/retry_after.hpp"
#include "support/fake_context.hpp"

// What the http handler reads and writes. The input's lines are a URL, a header's name, its value
// (also as the answer's Retry-After), a secret, and the job's meta.

namespace errand::fuzz {
namespace {

std::string_view take_line(std::string_view& text) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    return line;
}

bool is_one_line(std::string_view text) {
    return text.find_first_of(std::string_view{"\r\n\0", 3}) == text.npos;
}

void look_at_retry_after(std::string_view value) {
    const Timestamp now{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};
    const auto wait = handlers::parse_retry_after(value, now);
    if (wait) {
        check(*wait >= Duration::zero() && *wait <= handlers::max_retry_after,
              "a server can ask for a day at most", value);
    }
}

void look_at_message(const std::map<std::string, std::string>& additions, std::string_view secret,
                     std::string_view meta) {
    if (!allow_errors([&] { handlers::check_http_headers(additions); })) return;
    testing::FakeContext job;
    job.job_type = base::to_valid_utf8(secret);
    job.job_meta = meta;
    const auto key = parsed_by([&] { return handlers::WebhookSecret::parse(secret); });
    const auto body = handlers::http_body(job);
    if (meta.empty() || core::json_error(meta).empty())
        check(core::json_error(body).empty(), "the body is JSON", body);
    for (const auto& header : handlers::http_headers(job, additions, key, body, Timestamp{}))
        check(is_one_line(header), "a header is one line", header);
}

}  // namespace
}  // namespace errand::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace errand;
    auto text = fuzz::text_of(data, size);
    const auto url = fuzz::take_line(text);
    const auto name = fuzz::take_line(text);
    const auto value = fuzz::take_line(text);
    const auto secret = fuzz::take_line(text);
    const auto origin = fuzz::parsed_by([&] { return handlers::http_origin(url); });
    if (origin) fuzz::check(origin->find('@') == origin->npos, "an origin holds no user", *origin);
    fuzz::look_at_retry_after(value);
    static_cast<void>(core::traceparent_of(text));
    fuzz::look_at_message({{std::string{name}, std::string{value}}}, secret, text);
    return 0;
}
