#include "base/bounded_log.hpp"
#include "base/text.hpp"
#include "cli/config.hpp"
#include "cli/filter.hpp"
#include "cli/listen_address.hpp"
#include "core/breaker.hpp"
#include "core/slow_down.hpp"
#include "fuzz/support.hpp"
#include "store/url.hpp"

#include <errand/job_id.hpp>
#include <errand/limit.hpp>
#include <errand/limits.hpp>
#include <errand/retry.hpp>
#include <errand/time.hpp>

#include <limits>

// The small texts that people write: whatever one of their readers accepts is printed in a form
// that reads back to the same value.

namespace errand::fuzz {
namespace {

void look_at_duration(std::string_view text) {
    const auto value = parsed_by([&] { return parse_duration(text); });
    if (!value) return;
    const auto printed = format_duration(*value);
    check(*value >= Duration::zero() && *value <= max_duration, "a duration is a length", printed);
    check(parse_duration(printed) == *value, "a duration reads back", printed);
}

void look_at_time(std::string_view text) {
    const auto value = parsed_by([&] { return parse_timestamp(text); });
    if (!value) return;
    const auto printed = format_timestamp(*value);
    check(parse_timestamp(printed) == *value, "a time reads back", printed);
}

void look_at_retry(std::string_view text) {
    const auto policy = parsed_by([&] { return RetryPolicy::parse(text); });
    if (!policy) return;
    const auto printed = to_string(*policy);
    check(RetryPolicy::parse(printed) == *policy, "a retry policy reads back", printed);
    for (const auto attempt :
         {0U, 1U, 2U, 17U, 1'000U, std::numeric_limits<std::uint32_t>::max()}) {
        for (const auto random : {0.0, 0.5, 0.999'999}) {
            const auto delay = policy->delay(attempt, random);
            check(delay >= Duration{1} && delay <= RetryPolicy::max_delay,
                  "a delay lies within its bounds", printed);
        }
    }
}

void look_at_id(std::string_view text) {
    const auto id = JobId::parse(text);
    if (id) check(JobId::parse(to_string(*id)) == id, "an id reads back", text);
}

/// A value with a text form: what was read reads back from what is written.
template <class Value>
void look_at_value(std::string_view text) {
    const auto value = parsed_by([&] { return Value::parse(text); });
    if (value) check(Value::parse(to_string(*value)) == *value, "a value reads back", text);
}

void look_at_limits(std::string_view text) {
    look_at_value<Scope>(text);
    look_at_value<Rate>(text);
    look_at_value<Breaker>(text);
    look_at_value<TimeWindow>(text);
    const auto state = core::BreakerState::parse(text);
    check(core::BreakerState::parse(state.text()) == state, "what a breaker learned reads back");
    const auto rest = core::SlowDown::parse(text);
    check(core::SlowDown::parse(rest.text()).text() == rest.text(), "a rest reads back");
}

void look_at_others(std::string_view text) {
    parsed_by([&] { return cli::parse_size(text); });
    parsed_by([&] { return cli::parse_filter(text).tag; });
    parsed_by([&] { return cli::parse_listen_address(text).port; });
    parsed_by([&] { return store::parse_store_url(text).path; });
    static_cast<void>(store::mask_url(text));
    static_cast<void>(parse_job_state(text));
}

void look_at_cuts(std::string_view text) {
    const auto sound = base::to_valid_utf8(text);
    check(base::is_valid_utf8(sound), "a text made valid is valid", sound);
    check(!base::is_valid_utf8(text) || text.find('\0') != text.npos || sound == text,
          "a valid text stays as it is", text);
    check(base::is_valid_utf8(base::quote_for_message(text)), "a quoted text is valid");
    for (const std::size_t most : {0U, 1U, 10U, 40U, 200U}) {
        const auto cut = base::cut_end(sound, most);
        check(cut.size() <= most && base::is_valid_utf8(cut), "a cut text keeps its bound", cut);
    }
}

void look_at_log(std::string_view text) {
    constexpr std::size_t most = 100;
    base::BoundedLog log{most};
    for (auto rest = text; !rest.empty();) {
        const auto end = rest.find('\n');
        log.add_line(rest.substr(0, end));
        rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
        const auto kept = log.text();
        check(kept.size() <= most && base::is_valid_utf8(kept), "a log keeps its bound", kept);
        const auto tail = log.tail(30);
        check(tail.size() <= 30 && base::is_valid_utf8(tail), "a log's tail keeps its bound", tail);
    }
}

}  // namespace
}  // namespace errand::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = errand::fuzz::text_of(data, size);
    errand::fuzz::look_at_duration(text);
    errand::fuzz::look_at_time(text);
    errand::fuzz::look_at_retry(text);
    errand::fuzz::look_at_id(text);
    errand::fuzz::look_at_limits(text);
    errand::fuzz::look_at_others(text);
    errand::fuzz::look_at_cuts(text);
    errand::fuzz::look_at_log(text);
    return 0;
}
