#include "cli/schedule_words.hpp"

#include "base/text.hpp"
#include "core/schedule/calendar_file.hpp"
#include "core/schedule/dates.hpp"
#include "core/validate.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>
#include <boost/json.hpp>

#include <fstream>
#include <iterator>

namespace errand::cli {
namespace {

std::string read_calendar(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    std::string text;
    // One byte more than is allowed, so that a larger file is noticed without reading it all.
    text.resize(core::max_calendar_bytes + 1);
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file.is_open() || file.bad() || (file.fail() && !file.eof())) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("calendar: {} cannot be read; is it there, and a file?",
                                base::quote_for_message(path)));
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

boost::json::array exclusions_of(const TimingWords& words, Calendars calendars) {
    boost::json::array ranges;
    for (const auto& text : words.exclude)
        ranges.emplace_back(base::to_valid_utf8(text));
    if (calendars == Calendars::leave) return ranges;
    for (const auto& path : words.calendars) {
        for (const auto& range : core::parse_calendar(read_calendar(path), path))
            ranges.emplace_back(core::to_string(range));
    }
    return ranges;
}

/// The stored form of a schedule: by way of it, so that there is one reader with one set of checks.
class Document {
public:
    void set(std::string_view member, const std::string& value) {
        if (!value.empty()) object_[member] = base::to_valid_utf8(value);
    }
    void set(const TimingWords& words, Calendars calendars) {
        set("cron", words.cron);
        set("every", words.every);
        set("at", words.at);
        set("timezone", words.timezone);
        set("dst", words.dst);
        set("start", words.start);
        set("end", words.end);
        set("jitter", words.jitter);
        object_["exclusions"] = exclusions_of(words, calendars);
    }
    void set_list(std::string_view member, const std::vector<std::string>& values) {
        boost::json::array list;
        for (const auto& value : values)
            list.emplace_back(base::to_valid_utf8(value));
        if (!list.empty()) object_[member] = std::move(list);
    }
    template <class Number>
    void set_number(std::string_view member, const std::optional<Number>& value) {
        if (value) object_[member] = *value;
    }
    void set_flag(std::string_view member) { object_[member] = true; }
    /// JSON that is taken over as it is, so that its numbers keep every digit.
    void set_json(std::string_view member, std::string_view json) {
        if (json.empty()) return;
        if (const auto reason = core::json_error(json); !reason.empty()) {
            throw Error(ErrorCode::invalid_argument,
                        fmt::format("{}: not valid JSON: {}", member, reason));
        }
        embedded_ += fmt::format(",\"{}\":{}", member, json);
    }
    /// `object_` is never empty, as it has "exclusions".
    [[nodiscard]] std::string text() const {
        auto text = boost::json::serialize(object_);
        text.pop_back();
        return text + embedded_ + "}";
    }

private:
    boost::json::object object_;
    std::string embedded_;
};

}  // namespace

bool TimingWords::empty() const noexcept {
    return cron.empty() && every.empty() && at.empty() && timezone.empty() && dst.empty() &&
           start.empty() && end.empty() && jitter.empty() && exclude.empty() && calendars.empty();
}

ScheduleSpec schedule_spec_of(const TimingWords& words) {
    Document document;
    document.set(words, Calendars::read);
    return parse_schedule_spec(document.text());
}

ScheduleDefinition schedule_of(const std::string& name, const ScheduleWords& words,
                               Calendars calendars) {
    Document document;
    document.set("name", name);
    document.set(words.timing, calendars);
    document.set("misfire", words.misfire);
    document.set("misfire_after", words.misfire_after);
    document.set("catchup_window", words.catchup);
    document.set("overlap", words.overlap);
    document.set("type", words.type);
    document.set("queue", words.queue);
    document.set("key", words.key);
    document.set("retry", words.retry);
    document.set("timeout", words.timeout);
    document.set("expires_in", words.expires_in);
    document.set_number("priority", words.priority);
    document.set_number("max_attempts", words.max_attempts);
    document.set_list("tags", words.tags);
    document.set_json("args", words.args);
    document.set_json("meta", words.meta);
    if (words.require_rehearsal) document.set_flag("require_rehearsal");
    return parse_schedule_definition(document.text());
}

}  // namespace errand::cli
