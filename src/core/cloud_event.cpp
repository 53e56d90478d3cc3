#include <errand/cloud_event.hpp>

#include "base/text.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

namespace errand {

namespace {

std::string quoted(std::string_view text) {
    return base::json_string(base::to_valid_utf8(text));
}

/// Of what a damaged store gives, nothing is left but an empty object.
boost::json::object object_in(std::string_view text) {
    boost::system::error_code error;
    auto value = boost::json::parse({text.data(), text.size()}, error);
    return !error && value.is_object() ? std::move(value.get_object()) : boost::json::object{};
}

/// Sequence numbers count anew in another store, so the time is in it. What was not recorded (the
/// state that a late subscriber is told) is told apart by its subject.
std::string id_of(const Event& event) {
    const auto at = event.at.time_since_epoch().count();
    return event.seq != 0 ? fmt::format("{:x}-{}", at, event.seq)
                          : fmt::format("{:x}-{}", at, event.subject);
}

}  // namespace

std::string to_cloud_event(const Event& event, std::string_view source) {
    auto data = object_in(event.data);
    std::string trace;
    if (const auto* member = data.if_contains("traceparent")) {
        trace = fmt::format(R"(,"traceparent":{})", boost::json::serialize(*member));
        data.stable_erase(data.find("traceparent"));
    }
    if (!event.type.empty()) data["job_type"] = base::to_valid_utf8(event.type);
    if (!event.queue.empty()) data["queue"] = base::to_valid_utf8(event.queue);
    return fmt::format(
        R"({{"specversion":"1.0","id":{},"source":{},"type":{},"subject":{},"time":{},)"
        R"("datacontenttype":"application/json"{},"data":{}}})",
        quoted(id_of(event)), quoted(source),
        quoted(fmt::format("dev.errand.{}", to_string(event.kind))), quoted(event.subject),
        quoted(format_timestamp(event.at)), trace, boost::json::serialize(data));
}

}  // namespace errand
