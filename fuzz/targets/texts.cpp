#include "support.hpp"

#include "cli/config.hpp"
#include "handlers/http_message.hpp"
#include "handlers/retry_after.hpp"
#include "handlers/trace_context.hpp"

#include <errand/job_id.hpp>
#include <errand/retry.hpp>
#include <errand/time.hpp>

// Short texts: durations, times, retry policies, sizes, ids and headers. What is read, written and
// read again is the same.

namespace {

using namespace errand;

void durations(std::string_view text) {
    Duration value{};
    if (!fuzz::accepted([&] { value = parse_duration(text); })) return;
    fuzz::require(parse_duration(format_duration(value)) == value, "a duration changes");
}

void timestamps(std::string_view text) {
    Timestamp value{};
    if (!fuzz::accepted([&] { value = parse_timestamp(text); })) return;
    fuzz::require(parse_timestamp(format_timestamp(value)) == value, "a time changes");
}

void retry_policies(std::string_view text) {
    RetryPolicy policy;
    if (!fuzz::accepted([&] { policy = RetryPolicy::parse(text); })) return;
    const auto written = to_string(policy);
    fuzz::require(to_string(RetryPolicy::parse(written)) == written, "a retry policy changes");
    for (const std::uint32_t attempt : {1U, 2U, 20U, 1'000U, 4'000'000'000U}) {
        for (const double random : {0.0, 0.5, 0.999}) {
            fuzz::require(policy.delay(attempt, random) >= Duration::zero(), "a negative delay");
        }
    }
}

void job_ids(std::string_view text) {
    const auto id = JobId::parse(text);
    if (id) fuzz::require(JobId::parse(to_string(*id)) == id, "an id changes");
}

void retry_afters(std::string_view text) {
    const auto wait = handlers::parse_retry_after(text, Timestamp{std::chrono::days{20'000}});
    if (!wait) return;
    fuzz::require(*wait >= Duration::zero() && *wait <= handlers::max_retry_after,
                  "a Retry-After out of bounds");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto text = fuzz::text_of(data + 1, size - 1);
    switch (data[0] % 8) {
        case 0:
            durations(text);
            break;
        case 1:
            timestamps(text);
            break;
        case 2:
            retry_policies(text);
            break;
        case 3:
            job_ids(text);
            break;
        case 4:
            retry_afters(text);
            break;
        case 5:
            static_cast<void>(fuzz::accepted([&] { static_cast<void>(cli::parse_size(text)); }));
            break;
        case 6:
            static_cast<void>(handlers::traceparent_of(text));
            break;
        default:
            static_cast<void>(
                fuzz::accepted([&] { static_cast<void>(handlers::http_origin(text)); }));
            break;
    }
    return 0;
}
