#pragma once

#include "cli/workflow/layout.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace errand::cli {

/// The lines between two layers as box drawing characters. Jobs that lead to the same jobs share
/// one upright line; where lines cross without meeting, the upright one is drawn through.
class Channel {
public:
    /// Between layer `left` and the next.
    Channel(const Layout& layout, std::size_t left);

    [[nodiscard]] std::size_t width() const noexcept;
    /// What stands in `row`; width() characters.
    [[nodiscard]] std::string text(std::size_t row) const;

private:
    /// Jobs of the left layer with the same jobs after them.
    struct Bundle {
        std::vector<std::size_t> sources, targets;  ///< rows, sorted
        std::size_t track = 0;
        [[nodiscard]] bool is_straight() const { return sources.size() == 1 && sources == targets; }
        [[nodiscard]] std::size_t top() const;
        [[nodiscard]] std::size_t bottom() const;
    };
    enum class Arrival : unsigned char { none, bend, job, lenient_job };

    void collect(const Layout& layout, std::size_t left);
    void number_tracks();
    [[nodiscard]] bool passes(const Bundle& bundle, std::size_t track, std::size_t row) const;
    [[nodiscard]] std::string at_track(std::size_t track, std::size_t row) const;
    [[nodiscard]] bool leaves(std::size_t row) const;

    std::vector<Bundle> bundles_;
    std::vector<std::size_t> tracks_;  ///< places in bundles_
    std::vector<Arrival> arrivals_;    ///< by row
};

}  // namespace errand::cli
