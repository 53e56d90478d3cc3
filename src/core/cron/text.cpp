#include <errand/cron.hpp>

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <vector>

namespace errand {
namespace {

std::vector<unsigned> values_of(std::uint64_t bits) {
    std::vector<unsigned> values;
    for (unsigned n = 0; n < 64; ++n) {
        if ((bits >> n & 1) != 0) values.push_back(n);
    }
    return values;
}

/// Collects the items of one field.
class FieldText {
public:
    void add(std::string item) { items_.push_back(std::move(item)); }

    /// Single values, runs of three and more as a-b, even steps of five and more as a-b/n.
    void add_values(const std::vector<unsigned>& values) {
        for (std::size_t i = 0; i < values.size();) {
            const auto count = run_length(values, i);
            const auto step = count > 1 ? values[i + 1] - values[i] : 0;
            const auto first = values[i];
            const auto last = values[i + count - 1];
            if (step == 1 && count >= 3) {
                add(fmt::format("{}-{}", first, last));
                i += count;
            } else if (count >= 5) {
                add(fmt::format("{}-{}/{}", first, last, step));
                i += count;
            } else {
                add(fmt::format("{}", first));
                ++i;
            }
        }
    }

    /// The plain part: the star with its step, then what it does not hold.
    void add_values(std::uint64_t bits, unsigned least, unsigned most, unsigned star_step) {
        if (star_step != 0) {
            add(star_step == 1 ? "*" : fmt::format("*/{}", star_step));
            for (auto n = least; n <= most; n += star_step)
                bits &= ~(std::uint64_t{1} << n);
        }
        add_values(values_of(bits));
    }

    [[nodiscard]] std::string text() const { return fmt::format("{}", fmt::join(items_, ",")); }

private:
    /// How many values from `begin` on have the same distance.
    static std::size_t run_length(const std::vector<unsigned>& values, std::size_t begin) {
        auto end = begin + 1;
        while (end < values.size() &&
               values[end] - values[end - 1] == values[begin + 1] - values[begin])
            ++end;
        return end - begin;
    }

    std::vector<std::string> items_;
};

std::string plain_field(std::uint64_t bits, unsigned least, unsigned most, unsigned star_step) {
    FieldText text;
    text.add_values(bits, least, most, star_step);
    return text.text();
}

std::string day_field(const CronFields& fields) {
    FieldText text;
    text.add_values(fields.days, 1, 31, fields.stars.day);
    for (const auto day : values_of(fields.nearest_weekdays))
        text.add(fmt::format("{}W", day));
    for (const auto before : values_of(fields.days_before_last))
        text.add(before == 0 ? "L" : fmt::format("L-{}", before));
    if (fields.last_weekday_of_month) text.add("LW");
    return text.text();
}

std::string weekday_field(const CronFields& fields) {
    FieldText text;
    text.add_values(fields.weekdays, 0, 6, fields.stars.weekday);
    for (std::size_t i = 0; i < fields.nth_of_weekdays.size(); ++i) {
        for (const auto weekday : values_of(fields.nth_of_weekdays[i]))
            text.add(fmt::format("{}#{}", weekday, i + 1));
    }
    for (const auto weekday : values_of(fields.last_of_weekdays))
        text.add(fmt::format("{}L", weekday));
    return text.text();
}

}  // namespace

std::string to_string(const CronExpression& expression) {
    const auto& fields = expression.fields();
    const auto& stars = fields.stars;
    std::string text;
    const bool is_on_the_minute = fields.seconds == 1 && stars.second == 0;
    if (!is_on_the_minute) text = plain_field(fields.seconds, 0, 59, stars.second) + " ";
    text += plain_field(fields.minutes, 0, 59, stars.minute) + " ";
    text += plain_field(fields.hours, 0, 23, stars.hour) + " ";
    text += day_field(fields) + " ";
    text += plain_field(fields.months, 1, 12, stars.month) + " ";
    return text + weekday_field(fields);
}

}  // namespace errand
