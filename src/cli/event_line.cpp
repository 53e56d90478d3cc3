#include "cli/event_line.hpp"

#include "cli/terminal.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

namespace errand::cli {
namespace {

Colour colour_of(EventKind kind) {
    switch (kind) {
        case EventKind::job_completed:
            return Colour::green;
        case EventKind::job_discarded:
        case EventKind::worker_died:
            return Colour::red;
        case EventKind::job_retrying:
        case EventKind::job_rescued:
            return Colour::yellow;
        default:
            return Colour::none;
    }
}

std::string value_text(const boost::json::value& value) {
    if (const auto* text = value.if_string()) return std::string{text->c_str(), text->size()};
    if (const auto* object = value.if_object()) {
        std::string text;
        for (const auto& [name, inner] : *object)
            text += fmt::format("{}{}", text.empty() ? "" : " ", value_text(inner));
        return text;
    }
    return boost::json::serialize(value);
}

std::string details(const Event& event) {
    boost::system::error_code error;
    const auto value = boost::json::parse({event.data.data(), event.data.size()}, error);
    std::string text;
    if (error || !value.is_object()) return text;
    for (const auto& [name, member] : value.get_object()) {
        if (name == "traceparent" || name == "state") continue;
        text +=
            fmt::format("  {}: {}", std::string_view{name.data(), name.size()}, value_text(member));
    }
    return text;
}

}  // namespace

std::string event_line(const Event& event, bool colour) {
    const auto kind =
        painted(fmt::format("{:<16}", to_string(event.kind)), colour_of(event.kind), colour);
    const auto of = event.type.empty() ? "" : fmt::format("  {} in {}", event.type, event.queue);
    return fmt::format("{}  {}  {}{}{}", format_timestamp(event.at), kind, one_line(event.subject),
                       one_line(of), one_line(details(event)));
}

}  // namespace errand::cli
