#include "cli/config_schedules.hpp"

#include <errand/limits.hpp>

namespace errand::cli {
namespace {

void read_timing(TomlSection& from, TimingWords& words) {
    from.read("cron", words.cron);
    from.read("every", words.every);
    from.read("at", words.at);
    from.read("timezone", words.timezone);
    from.read("dst", words.dst);
    from.read("start", words.start);
    from.read("end", words.end);
    from.read("jitter", words.jitter);
    from.read_texts("exclude", words.exclude);
    from.read_texts("calendar", words.calendars);
}

void read_job(TomlSection& from, ScheduleWords& words) {
    from.read("type", words.type);
    from.read_json("args", words.args);
    from.read("queue", words.queue);
    from.read("key", words.key);
    from.read("priority", words.priority, min_priority, max_priority);
    from.read("retry", words.retry);
    from.read("timeout", words.timeout);
    from.read("expires_in", words.expires_in);
    from.read("tags", words.tags);
    from.read_json("meta", words.meta);
    std::uint32_t attempts = 0;
    from.read("max_attempts", attempts, 1, max_max_attempts);
    if (attempts > 0) words.max_attempts = attempts;
}

}  // namespace

ScheduleConfig read_schedule(TomlSection& from, std::string_view name) {
    ScheduleConfig schedule;
    schedule.name = name;
    schedule.place = from.place();
    auto& words = schedule.words;
    read_timing(from, words.timing);
    from.read("misfire", words.misfire);
    from.read("misfire_after", words.misfire_after);
    from.read("catchup", words.catchup);
    from.read("overlap", words.overlap);
    read_job(from, words);
    from.read("require_rehearsal", words.require_rehearsal);
    from.read("armed", schedule.armed);
    from.finish();  // a misspelt key is the better reason
    try {
        static_cast<void>(schedule_of(schedule.name, words, Calendars::leave));
    } catch (const Error& error) {
        from.refuse(error.what());
    }
    return schedule;
}

}  // namespace errand::cli
