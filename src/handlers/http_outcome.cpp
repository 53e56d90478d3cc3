#include "handlers/http_outcome.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

namespace errand::handlers {

std::string describe_refusal(const HttpAnswer& answer) {
    std::string text = fmt::format("HTTP {}", answer.status);
    if (answer.status / 100 == 3)
        text += " (redirects are not followed: give the url that it leads to)";
    if (!answer.body.empty()) text += ": " + base::to_valid_utf8(answer.body);
    if (answer.body_cut) text += "…";
    return text;
}

Outcome outcome_without_answer(const HttpAnswer& answer, std::string_view origin,
                               Duration timeout) {
    switch (answer.end) {
        case HttpAnswer::End::stopped:
            return Outcome::fail(fmt::format("stopped while {} was at work", origin), "stopped");
        case HttpAnswer::End::timed_out:
            return Outcome::fail(
                fmt::format("no answer from {} within {}", origin, format_duration(timeout)),
                "timeout");
        case HttpAnswer::End::refused:
            return Outcome::discard(
                fmt::format("nothing was sent to {}: {}; use a public address, or have the "
                            "worker's configuration allow this one",
                            origin, answer.error),
                "refused address");
        case HttpAnswer::End::answered:
        case HttpAnswer::End::failed:
            break;
    }
    return Outcome::fail(fmt::format("no answer from {}: {}", origin, answer.error), "connection");
}

}  // namespace errand::handlers
