#include <errand/cron.hpp>

#include <gtest/gtest.h>

#include "base/zone_database.hpp"
#include "core/cron/series.hpp"
#include "schedule/libc_zone.hpp"
#include "schedule/naive_walk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <tuple>

// Every zone of the time zone package, every change of its clock from 2020 to 2040.

namespace errand::test {
namespace {

using namespace std::chrono_literals;
using core::CronSeries;

constexpr std::int64_t begin_2020 = 1'577'836'800;
constexpr std::int64_t begin_2041 = 2'240'524'800;

std::chrono::sys_seconds moment(std::int64_t seconds) {
    return std::chrono::sys_seconds{std::chrono::seconds{seconds}};
}

/// All names that the database defines, links too.
std::vector<std::string> zone_names() {
    std::vector<std::string> names;
    std::ifstream source{"/usr/share/zoneinfo/tzdata.zi"};
    for (std::string line; std::getline(source, line);) {
        std::istringstream words{line};
        std::string kind, first, second;
        words >> kind >> first >> second;
        if (kind == "Z") names.push_back(first);
        if (kind == "L") names.push_back(second);
    }
    return names;
}

/// Calls `check` for every zone until one fails; the tests are skipped without the package.
void for_each_zone(const std::function<void(const std::string&,
                                            const std::shared_ptr<const base::TimeZone>&)>& check) {
    const auto names = zone_names();
    if (names.empty()) GTEST_SKIP() << "there is no time zone package here: install tzdata";
    ASSERT_GE(names.size(), 400U);
    const base::ZoneDatabase zones{"/usr/share/zoneinfo"};
    for (const auto& name : names) {
        const LibcZone libc{name};
        check(name, zones.find(name));
        if (testing::Test::HasFailure()) FAIL() << "in zone " << name;
    }
}

void expect_same_clock(const base::TimeZone& zone, std::int64_t time) {
    const auto period = zone.period_at(moment(time));
    const auto local = LibcZone::local(time);
    EXPECT_EQ(period.offset.count(), local.tm_gmtoff) << format_timestamp(moment(time));
    EXPECT_EQ(period.abbreviation, local.tm_zone) << format_timestamp(moment(time));
    EXPECT_EQ(period.is_dst, local.tm_isdst > 0) << format_timestamp(moment(time));
}

TEST(AllZones, GoAsTheCLibrarySays) {
    constexpr std::int64_t begin_1902 = -2'145'916'800;
    constexpr std::int64_t begin_2300 = 10'413'792'000;
    for_each_zone([](const std::string&, const auto& zone) {
        for (auto time = begin_1902; time < begin_2300 && !testing::Test::HasFailure();
             time += 31 * 86'400 + 4'321)
            expect_same_clock(*zone, time);
        for (const auto change : LibcZone::changes(begin_2020, begin_2041)) {
            expect_same_clock(*zone, change - 1);
            expect_same_clock(*zone, change);
        }
    });
}

std::string listed(const std::set<int>& values) {
    return fmt::format("{}", fmt::join(values, ","));
}

NaiveEntry times_of_day(std::set<int> minutes, std::set<int> hours) {
    return {fmt::format("{} {} * * *", listed(minutes), listed(hours)), minutes, hours};
}

NaiveEntry at_shown(std::int64_t shown, bool on_that_day_only) {
    const std::time_t time = shown;
    std::tm local{};
    gmtime_r(&time, &local);
    auto entry = times_of_day({local.tm_min}, {local.tm_hour});
    if (!on_that_day_only) return entry;
    entry.day = local.tm_mday;
    entry.month = local.tm_mon + 1;
    entry.text =
        fmt::format("{} {} {} {} *", local.tm_min, local.tm_hour, *entry.day, *entry.month);
    return entry;
}

/// "*/step" in the minute; all hours, or one.
NaiveEntry rhythm(int step, std::optional<int> hour) {
    NaiveEntry entry{fmt::format("*/{} * * * *", step), {}, {}};
    for (int minute = 0; minute < 60; minute += step)
        entry.minutes.insert(minute);
    for (int every = 0; every < 24; ++every)
        entry.hours.insert(every);
    entry.is_rhythm = true;
    if (!hour) return entry;
    entry.hours = {*hour};
    entry.text = fmt::format("*/{} {} * * *", step, *hour);
    return entry;
}

/// Expressions that have something to do with this change.
std::vector<NaiveEntry> entries_for(const NaiveWalk& walk) {
    const auto first = walk.first_odd();
    const auto last = walk.last_odd();
    const auto middle = first + (last - first) / 120 * 60;
    const int hour = static_cast<int>((middle % 86'400 + 86'400) % 86'400 / 3600);
    std::set<int> all_hours;
    for (int every = 0; every < 24; ++every)
        all_hours.insert(every);
    NaiveEntry even_hours{"30 */2 * * *", {30}, {}};
    for (int every = 0; every < 24; every += 2)
        even_hours.hours.insert(every);
    even_hours.is_rhythm = true;
    return {at_shown(first, false),
            at_shown(middle, false),
            at_shown(middle, true),
            at_shown(last - 60, false),
            at_shown(last, false),
            at_shown(first - 60, true),
            at_shown(last, true),
            times_of_day({0, 30}, all_hours),
            rhythm(20, std::nullopt),
            rhythm(15, hour),
            even_hours};
}

/// What the walk around one change says.
struct Expectation {
    NaiveEntry entry;
    DstRule rule;
    std::vector<std::int64_t> moments;
};

struct Surroundings {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::vector<Expectation> expectations;
};

/// Zones that change their clock at the same moment in the same way share one walk.
class Walks {
public:
    const Surroundings& around(std::int64_t change) {
        const auto before = LibcZone::local(change - 1).tm_gmtoff;
        const auto after = LibcZone::local(change).tm_gmtoff;
        const auto [found, is_new] = known_.try_emplace({change, before, after});
        auto& surroundings = found->second;
        if (!is_new) return surroundings;
        const NaiveWalk walk{change};
        surroundings.begin = walk.begin();
        surroundings.end = walk.end();
        for (const auto& entry : entries_for(walk)) {
            for (const auto rule : {DstRule::vixie, DstRule::skip})
                surroundings.expectations.push_back({entry, rule, walk.moments(entry, rule)});
        }
        return surroundings;
    }

private:
    std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t>, Surroundings> known_;
};

/// Asks from all over the surroundings, also from moments at which the clock has been set back.
void expect_neighbours(const CronSeries& series, const Surroundings& around,
                       const std::vector<std::int64_t>& moments) {
    for (auto at = around.begin; at < around.end; at += 17 * 60) {
        const auto after = std::ranges::upper_bound(moments, at);
        const auto next = series.next(moment(at));
        const bool next_fits =
            after != moments.end() ? next == moment(*after) : !next || *next >= moment(around.end);
        EXPECT_TRUE(next_fits) << at;
        const auto before = std::ranges::lower_bound(moments, at);
        const auto prev = series.prev(moment(at));
        const bool prev_fits = before != moments.begin() ? prev == moment(*std::prev(before))
                                                         : !prev || *prev < moment(around.begin);
        EXPECT_TRUE(prev_fits) << at;
    }
}

std::vector<std::int64_t> forwards(const CronSeries& series, const Surroundings& around) {
    std::vector<std::int64_t> found;
    for (auto at = series.next(moment(around.begin) - 1us); at && *at < moment(around.end);
         at = series.next(*at))
        found.push_back(at->time_since_epoch() / 1s);
    return found;
}

void expect_same_moments(const Surroundings& around,
                         const std::shared_ptr<const base::TimeZone>& zone) {
    for (const auto& [entry, rule, moments] : around.expectations) {
        const CronSeries series{CronExpression::parse(entry.text), zone, rule};
        SCOPED_TRACE(entry.text);
        EXPECT_EQ(forwards(series, around), moments) << to_string(rule) << " " << around.begin;
        expect_neighbours(series, around, moments);
    }
}

// At every change: each rule fires as it says, no tick twice, none lost.
TEST(AllZones, KeepTheirRuleAtEveryChange) {
    std::size_t changes = 0;
    Walks walks;
    for_each_zone([&](const std::string&, const auto& zone) {
        for (const auto change : LibcZone::changes(begin_2020, begin_2041)) {
            ASSERT_EQ(change % 60, 0);
            expect_same_moments(walks.around(change), zone);
            if (testing::Test::HasFailure()) return;
            ++changes;
        }
    });
    if (testing::Test::IsSkipped()) return;
    EXPECT_GT(changes, 5'000U);
}

TEST(AllZones, RunADailyTimeOnceOnEveryDay) {
    constexpr auto days = (begin_2041 - begin_2020) / 86'400;
    for_each_zone([&](const std::string&, const auto& zone) {
        const CronSeries series{CronExpression::parse("30 2 * * *"), zone, DstRule::vixie};
        const auto begin = moment(begin_2020) - zone->period_at(moment(begin_2020)).offset;
        const auto end = moment(begin_2041) - zone->period_at(moment(begin_2041)).offset;
        std::int64_t count = 0;
        for (auto at = series.next(begin); at && *at < end; at = series.next(*at))
            ++count;
        EXPECT_EQ(count, days);
    });
}

}  // namespace
}  // namespace errand::test
