#include "handlers/webhook_delivery.hpp"

#include "base/text.hpp"
#include "core/json_object.hpp"
#include "core/json_values.hpp"
#include "core/trace_context.hpp"
#include "handlers/http_message.hpp"

#include <errand/codec.hpp>
#include <errand/error.hpp>

#include <fmt/format.h>
#include <boost/json.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <array>

namespace errand::handlers {
namespace {

using core::JsonMember;
using Members = std::vector<JsonMember>;

constexpr std::size_t longest_name = 255;
constexpr std::array<std::string_view, 4> known_members{"url", "event", "secret_name", "format"};

[[noreturn]] void refuse(std::string_view member, std::string_view reason) {
    throw Error(ErrorCode::invalid_argument, fmt::format("{}: {}", member, reason));
}

const JsonMember* find(const Members& members, std::string_view name) {
    const auto found = std::ranges::find(members, name, &JsonMember::name);
    return found == members.end() ? nullptr : &*found;
}

/// A text of 1 to 255 bytes without control characters. `path` is what messages call it.
std::string short_text(const JsonMember* member, std::string_view path, std::string_view example) {
    if (member == nullptr)
        refuse(path, fmt::format("is missing: give it, such as \"{}\"", example));
    std::string text;
    try {
        text = core::text_of(*member, example);
    } catch (const Error& error) {
        refuse(path, error.what());
    }
    const auto is_control = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == '\x7f';
    };
    if (text.empty() || text.size() > longest_name || std::ranges::any_of(text, is_control))
        refuse(path, "must have 1 to 255 bytes and no control characters");
    return text;
}

/// It becomes a header, and receivers cut what is signed at its dots and blanks.
std::string event_id(const Members& event) {
    auto id = short_text(find(event, "id"), "event.id", "0197a3c0-5c1e-7000-8000-000000000001");
    if (std::ranges::any_of(id, [](char c) { return c <= ' ' || c > '~'; }))
        refuse("event.id", "must be printable ASCII without blanks, as it becomes a header");
    return id;
}

std::string checked_url(const JsonMember* member) {
    if (member == nullptr) refuse("url", "is missing: give it, such as \"https://host/path\"");
    std::string url;
    try {
        url = core::text_of(*member, "https://host/path");
        static_cast<void>(http_origin(url));
    } catch (const Error&) {
        refuse("url", "is no URL of the form https://host/path: correct it");
    }
    const auto parsed = boost::urls::parse_uri(url);
    if (parsed.has_value() && parsed->has_userinfo())
        refuse("url", "has a user before the host: leave it out, receivers check the signature");
    return url;
}

void check_cloud_event(const Members& event) {
    const auto version = short_text(find(event, "specversion"), "event.specversion", "1.0");
    if (version != "1.0") refuse("event.specversion", "must be \"1.0\"");
    static_cast<void>(short_text(find(event, "source"), "event.source", "/errand"));
    static_cast<void>(short_text(find(event, "type"), "event.type", "dev.errand.job.completed"));
}

/// {"type", "timestamp", "data"}, as Standard Webhooks recommends for a body.
std::string standard_body(const Members& event) {
    const auto* time = find(event, "time");
    static_cast<void>(short_text(time, "event.time", "2026-01-31T08:00:00Z"));
    if (find(event, "data_base64") != nullptr)
        refuse("event.data_base64", "has no place in the format \"standard\": use \"cloudevents\"");
    const auto* data = find(event, "data");
    return fmt::format(R"({{"type":{},"timestamp":{},"data":{}}})", find(event, "type")->value,
                       time->value, data == nullptr ? "{}" : data->value);
}

Members members_of(const JsonMember* member, std::string_view path, std::string_view remedy) {
    if (member == nullptr) refuse(path, fmt::format("is missing: {}", remedy));
    try {
        return core::json_members(member->value, remedy);
    } catch (const Error& error) {
        refuse(path, error.what());
    }
}

}  // namespace

WebhookDelivery WebhookDelivery::parse(std::string_view args) {
    const auto members =
        core::json_members(only_element(args), R"(write [{"url": "https://…", "event": {…}}])");
    for (const auto& member : members) {
        if (std::ranges::find(known_members, member.name) == known_members.end())
            core::refuse_unknown(member.name, known_members);
    }
    WebhookDelivery delivery;
    delivery.url = checked_url(find(members, "url"));
    const auto* event = find(members, "event");
    const auto parts = members_of(event, "event", "give a CloudEvents object");
    check_cloud_event(parts);
    delivery.id = event_id(parts);
    if (const auto* name = find(members, "secret_name"))
        delivery.secret_name = short_text(name, "secret_name", "default");
    const auto* given = find(members, "format");
    const auto format = given ? short_text(given, "format", "standard") : "cloudevents";
    if (format == "standard") {
        delivery.content_type = "application/json";
        delivery.body = standard_body(parts);
    } else if (format == "cloudevents") {
        delivery.content_type = "application/cloudevents+json";
        delivery.body = event->value;
    } else {
        refuse("format", "must be \"cloudevents\" or \"standard\"");
    }
    return delivery;
}

std::vector<std::string> webhook_headers(const Context& job, const WebhookDelivery& delivery,
                                         std::span<const WebhookSecret> secrets, Timestamp now) {
    const auto sent_at = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    std::string signatures;
    for (const auto& secret : secrets) {
        if (!signatures.empty()) signatures += ' ';
        signatures += secret.sign(delivery.id, sent_at, delivery.body);
    }
    std::vector<std::string> headers{
        "content-type: " + delivery.content_type,
        "user-agent: errand/" ERRAND_VERSION,
        "webhook-id: " + delivery.id,
        fmt::format("webhook-timestamp: {}", sent_at),
        "webhook-signature: " + signatures,
        fmt::format("errand-attempt: {}", job.attempt()),
        "expect:",  // none, as in http_headers()
    };
    if (const auto trace = core::traceparent_of(job.meta()); !trace.empty())
        headers.push_back("traceparent: " + trace);
    return headers;
}

}  // namespace errand::handlers
