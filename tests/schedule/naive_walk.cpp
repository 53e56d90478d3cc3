#include "schedule/naive_walk.hpp"

#include "schedule/libc_zone.hpp"

#include <algorithm>
#include <map>

namespace errand::test {
namespace {

std::tm as_calendar(std::int64_t shown) {
    const std::time_t time = shown;
    std::tm result{};
    gmtime_r(&time, &result);
    return result;
}

}  // namespace

bool NaiveEntry::fits(const std::tm& time) const {
    return minutes.contains(time.tm_min) && hours.contains(time.tm_hour) &&
           (!day || time.tm_mday == *day) && (!month || time.tm_mon + 1 == *month);
}

NaiveWalk::NaiveWalk(std::int64_t change) : change_(change) {
    for (auto utc = change - outer; utc < change + outer; utc += 60) {
        const auto local = LibcZone::local(utc);
        minutes_.push_back({utc, utc + local.tm_gmtoff, local});
    }
}

std::int64_t NaiveWalk::first_odd() const noexcept {
    return change_ +
           std::min(LibcZone::local(change_ - 1).tm_gmtoff, LibcZone::local(change_).tm_gmtoff);
}

std::int64_t NaiveWalk::last_odd() const noexcept {
    return change_ +
           std::max(LibcZone::local(change_ - 1).tm_gmtoff, LibcZone::local(change_).tm_gmtoff);
}

std::vector<std::int64_t> NaiveWalk::moments(const NaiveEntry& entry, DstRule rule) const {
    return entry.is_rhythm ? of_rhythm(entry) : of_times_of_day(entry, rule);
}

std::vector<std::int64_t> NaiveWalk::of_rhythm(const NaiveEntry& entry) const {
    std::vector<std::int64_t> found;
    for (const auto& minute : minutes_) {
        const bool counts = minute.utc >= begin() && minute.utc < end();
        if (counts && entry.fits(minute.local)) found.push_back(minute.utc);
    }
    return found;
}

/// Takes every local time by itself: when is it shown first, and if never, what is shown instead?
std::vector<std::int64_t> NaiveWalk::of_times_of_day(const NaiveEntry& entry, DstRule rule) const {
    std::map<std::int64_t, std::int64_t> first_shown_at;
    for (const auto& minute : minutes_)
        first_shown_at.try_emplace(minute.shown, minute.utc);
    std::set<std::int64_t> found;
    for (auto shown = minutes_.front().shown; shown <= minutes_.back().shown; shown += 60) {
        if (!entry.fits(as_calendar(shown))) continue;
        if (const auto exact = first_shown_at.find(shown); exact != first_shown_at.end()) {
            found.insert(exact->second);
        } else if (rule == DstRule::vixie) {
            const auto later = std::ranges::find_if(
                minutes_, [&](const Minute& minute) { return minute.shown > shown; });
            found.insert(later->utc);
        }
    }
    return {found.lower_bound(begin()), found.lower_bound(end())};
}

}  // namespace errand::test
