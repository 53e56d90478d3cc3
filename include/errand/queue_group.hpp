#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace errand {

/// Which of several queues a free thread serves next.
enum class QueueChoice : std::uint8_t {
    /// The first one that has a job: the next gets what the ones before it leave. A queue behind
    /// one that never runs empty is never served.
    strict = 0,
    /// Each in the measure of its weight while it has jobs; what it does not use goes to the
    /// others, and it saves nothing up.
    weighted = 1,
};
[[nodiscard]] std::string_view to_string(QueueChoice choice) noexcept;

/// A queue of a group.
struct QueueShare {
    std::string name;
    std::uint32_t weight = 1;  ///< 1 to 1,000; counts when the choice is weighted
    bool operator==(const QueueShare&) const = default;
};

/// Queues that share threads. Text forms: "high,default,low:8" is strict, "high*6,default*3,low:8"
/// is weighted (who names no weight has 1), and "mail:4" or "mail" is one queue for itself.
struct QueueGroup {
    std::vector<QueueShare> queues;  ///< 1 to 64; for a strict choice the first one goes first
    std::uint32_t concurrency = 8;   ///< jobs at once, of all of them together; 1 to 1,024
    QueueChoice choice = QueueChoice::strict;

    /// `concurrency` is that of a text without a number. A queue's own name may hold colons, so
    /// only a last part of digits is a number. Throws Error (invalid_argument) that says what is
    /// wrong and shows a right form.
    [[nodiscard]] static QueueGroup parse(std::string_view text, std::uint32_t concurrency = 8);
    bool operator==(const QueueGroup&) const = default;
};
/// The form that parse() reads back.
[[nodiscard]] std::string to_string(const QueueGroup& group);

}  // namespace errand
