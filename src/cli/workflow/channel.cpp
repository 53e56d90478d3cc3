#include "cli/workflow/channel.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

namespace errand::cli {
namespace {

enum Arm : unsigned { left_arm = 1, right_arm = 2, up_arm = 4, down_arm = 8 };

constexpr std::array<std::string_view, 16> boxes{" ", "─", "─", "─", "│", "┘", "└", "┴",
                                                 "│", "┐", "┌", "┬", "│", "┤", "├", "┼"};

bool has(const std::vector<std::size_t>& sorted, std::size_t row) {
    return std::ranges::binary_search(sorted, row);
}

std::size_t row_of(const Layout& layout, std::size_t place) {
    return static_cast<std::size_t>(layout.places[place].row);
}

}  // namespace

std::size_t Channel::Bundle::top() const {
    return std::min(sources.front(), targets.front());
}

std::size_t Channel::Bundle::bottom() const {
    return std::max(sources.back(), targets.back());
}

Channel::Channel(const Layout& layout, std::size_t left) : arrivals_(layout.rows, Arrival::none) {
    collect(layout, left);
    number_tracks();
}

void Channel::collect(const Layout& layout, std::size_t left) {
    std::map<std::size_t, std::vector<std::size_t>> targets_of;  // by the source's row
    for (const auto& line : layout.lines) {
        if (layout.places[line.from].layer != left) continue;
        const auto target = row_of(layout, line.to);
        targets_of[row_of(layout, line.from)].push_back(target);
        auto& arrival = arrivals_[target];
        if (layout.places[line.to].node == Layout::bend) {
            arrival = Arrival::bend;
        } else if (line.on_failure == OnFailure::fail) {
            arrival = Arrival::job;
        } else if (arrival == Arrival::none) {
            arrival = Arrival::lenient_job;
        }
    }
    std::map<std::vector<std::size_t>, std::vector<std::size_t>> sources_of;  // by the targets
    for (auto& [source, targets] : targets_of) {
        std::ranges::sort(targets);
        sources_of[targets].push_back(source);
    }
    for (auto& [targets, sources] : sources_of)
        bundles_.push_back({std::move(sources), targets});
}

void Channel::number_tracks() {
    std::vector<Bundle*> rest;
    for (auto& bundle : bundles_) {
        if (!bundle.is_straight()) rest.push_back(&bundle);
    }
    std::ranges::sort(rest, {}, [](const Bundle* bundle) { return bundle->sources.front(); });
    // In a row that one bundle leaves and another one enters, the first turns off before the other
    // turns in; otherwise the two would look joined.
    const auto must_precede = [](const Bundle& first, const Bundle& second) {
        return std::ranges::any_of(first.sources, [&](std::size_t row) {
            return has(second.targets, row) && !has(first.targets, row);
        });
    };
    while (!rest.empty()) {
        auto next = std::ranges::find_if(rest, [&](const Bundle* candidate) {
            return std::ranges::none_of(rest, [&](const Bundle* other) {
                return other != candidate && must_precede(*other, *candidate);
            });
        });
        if (next == rest.end()) next = rest.begin();
        (*next)->track = tracks_.size();
        tracks_.push_back(static_cast<std::size_t>(*next - bundles_.data()));
        rest.erase(next);
    }
}

std::size_t Channel::width() const noexcept {
    return tracks_.size() + 4;
}

/// Does a line of `bundle` run through `row` at the place of a track that is not its own?
bool Channel::passes(const Bundle& bundle, std::size_t track, std::size_t row) const {
    if (bundle.is_straight()) return bundle.sources.front() == row;
    if (bundle.track > track) return has(bundle.sources, row);
    return bundle.track < track && has(bundle.targets, row);
}

std::string Channel::at_track(std::size_t track, std::size_t row) const {
    const Bundle& own = bundles_[tracks_[track]];
    const bool crossed = std::ranges::any_of(
        bundles_, [&](const Bundle& other) { return &other != &own && passes(other, track, row); });
    unsigned arms = 0;
    if (row > own.top() && row <= own.bottom()) arms |= up_arm;
    if (row >= own.top() && row < own.bottom()) arms |= down_arm;
    const bool meets = has(own.sources, row) || has(own.targets, row);
    if (has(own.sources, row)) arms |= left_arm;
    if (has(own.targets, row)) arms |= right_arm;
    if (crossed && (meets || arms == 0)) arms |= left_arm | right_arm;
    return std::string{boxes[arms]};
}

bool Channel::leaves(std::size_t row) const {
    return std::ranges::any_of(bundles_,
                               [&](const Bundle& bundle) { return has(bundle.sources, row); });
}

std::string Channel::text(std::size_t row) const {
    std::string text = leaves(row) ? "─" : " ";
    for (std::size_t track = 0; track < tracks_.size(); ++track)
        text += at_track(track, row);
    switch (arrivals_[row]) {
        case Arrival::none:
            return text + "   ";
        case Arrival::bend:
            return text + "───";
        case Arrival::job:
            return text + "─▶ ";
        case Arrival::lenient_job:
            return text + "─▷ ";
    }
    return text;
}

}  // namespace errand::cli
