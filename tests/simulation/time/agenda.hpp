#pragma once

#include <errand/time.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace errand::sim {

/// What has a place on an agenda: at most one, a new one replaces it.
class Appointment {
public:
    [[nodiscard]] bool is_set() const noexcept { return place_ != nowhere; }

private:
    friend class Agenda;
    static constexpr std::size_t nowhere = std::numeric_limits<std::size_t>::max();
    std::size_t place_ = nowhere;
};

/// Who goes on when: a heap in which everybody knows his place, so that wishes can change. Equal
/// times are ordered by `tie`.
class Agenda {
public:
    struct Entry {
        Timestamp at{};
        std::uint64_t tie = 0;
        Appointment* who = nullptr;
    };

    [[nodiscard]] bool empty() const noexcept { return heap_.empty(); }
    [[nodiscard]] const Entry& first() const { return heap_.front(); }
    void set(Appointment& who, Timestamp at, std::uint64_t tie);
    void remove(Appointment& who);

private:
    [[nodiscard]] static bool before(const Entry& a, const Entry& b) noexcept {
        return a.at != b.at ? a.at < b.at : a.tie < b.tie;
    }
    void put(std::size_t place, const Entry& entry);
    void rise(std::size_t place, const Entry& entry);
    void sink(std::size_t place, const Entry& entry);

    std::vector<Entry> heap_;
};

}  // namespace errand::sim
