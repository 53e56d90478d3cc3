#include "store/memory/unique_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <set>
#include <tuple>

namespace errand::memory {

const UniqueKeys::Hold* UniqueKeys::find(const std::string& key, Timestamp now) const {
    const auto found = holds_.find(key);
    if (found == holds_.end()) return nullptr;
    const Hold& hold = found->second;
    return hold.until && *hold.until <= now ? nullptr : &hold;
}

void UniqueKeys::hold(const std::string& key, const Hold& hold, const JobsThere& is_there) {
    const auto [place, fresh] = holds_.emplace(key, hold);
    if (fresh) return;
    assert(place->second.until);  // what is there has run out
    if (!is_there(place->second.seq)) suppressed_.erase(place->second.seq);
    place->second = hold;
}

void UniqueKeys::release(const std::string& key, std::uint64_t seq) {
    const auto found = holds_.find(key);
    if (found != holds_.end() && found->second.seq == seq) holds_.erase(found);
}

void UniqueKeys::count(const std::string& key, const Hold& hold, Timestamp now) {
    SuppressedView& view = suppressed_[hold.seq];
    view.job = hold.id;
    view.unique_key = key;
    ++view.count;
    view.last_at = now;
    ++ever_;
}

void UniqueKeys::forget(const std::string& key, std::uint64_t seq) {
    const auto found = holds_.find(key);
    const bool holds = found != holds_.end() && found->second.seq == seq;
    if (!holds) suppressed_.erase(seq);
}

void UniqueKeys::forget_expired(Timestamp now, std::size_t max, const JobsThere& is_there) {
    std::set<std::tuple<Timestamp, std::string>> expired;
    for (const auto& [key, hold] : holds_) {
        if (hold.until && *hold.until <= now) expired.emplace(*hold.until, key);
    }
    for (const auto& [until, key] : expired) {
        if (max-- == 0) return;
        const auto found = holds_.find(key);
        if (!is_there(found->second.seq)) suppressed_.erase(found->second.seq);
        holds_.erase(found);
    }
}

std::vector<SuppressedView> UniqueKeys::suppressed(std::size_t max) const {
    std::vector<SuppressedView> views;
    for (auto newest = suppressed_.rbegin(); newest != suppressed_.rend(); ++newest)
        views.push_back(newest->second);
    std::ranges::stable_sort(views, std::ranges::greater{}, &SuppressedView::last_at);
    if (views.size() > max) views.resize(max);
    return views;
}

std::string UniqueKeys::disagreement(const JobTable::BySeq& jobs) const {
    std::size_t said = 0;
    for (const auto& [seq, record] : jobs) {
        if (!record.holds_unique) continue;
        ++said;
        const auto found = holds_.find(record.job.unique_key);
        const bool held = found != holds_.end() && found->second.seq == seq && !found->second.until;
        if (!held) return fmt::format("job {} does not have its key", to_string(record.job.id));
    }
    const auto held = std::ranges::count_if(
        holds_, [](const auto& entry) { return !entry.second.until.has_value(); });
    if (said == static_cast<std::size_t>(held)) return {};
    return fmt::format("{} unique keys are held, {} jobs hold one", held, said);
}

}  // namespace errand::memory
