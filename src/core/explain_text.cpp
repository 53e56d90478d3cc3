#include "core/explain_text.hpp"

#include "core/rough_duration.hpp"

#include <fmt/format.h>

#include <utility>

namespace errand::core {

std::string moment(Timestamp time, Timestamp now) {
    const auto away =
        time > now ? "in " + rough_duration(time - now) : rough_duration(now - time) + " ago";
    return fmt::format("{}, {}", format_timestamp(time), away);
}

std::string since(Timestamp time, Timestamp now) {
    return fmt::format("since {} ({})", format_timestamp(time), rough_duration(now - time));
}

ExplainReason make_reason(ExplainCode code, std::string text) {
    ExplainReason reason;
    reason.code = code;
    reason.text = std::move(text);
    return reason;
}

}  // namespace errand::core
