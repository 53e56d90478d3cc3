#include <errand/job_id.hpp>

#include "base/random.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>

namespace errand {
namespace {

constexpr std::size_t text_size = 36;

constexpr bool is_dash_position(std::size_t i) noexcept {
    return i == 8 || i == 13 || i == 18 || i == 23;
}

constexpr int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// The clock as 48 bits of milliseconds and 12 bits of what is below one: ticks of about 244 ns.
std::uint64_t clock_ticks() {
    const auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count();
    const auto nanoseconds = static_cast<std::uint64_t>(std::max<decltype(now)>(now, 0));
    return (nanoseconds / 1'000'000) << 12 | (nanoseconds % 1'000'000) * 4096 / 1'000'000;
}

/// A tick that no call has returned before. When the clock stands still or steps back, it counts on
/// from the last one, and what runs over the 12 bits goes into the milliseconds.
std::uint64_t next_ticks() {
    static std::atomic<std::uint64_t> last{0};
    const auto now = clock_ticks();
    auto seen = last.load(std::memory_order_relaxed);
    auto next = std::max(now, seen + 1);
    while (!last.compare_exchange_weak(seen, next, std::memory_order_relaxed)) {
        next = std::max(now, seen + 1);
    }
    return next;
}

void store_big_endian(std::uint64_t value, std::uint8_t* to) noexcept {
    for (int i = 7; i >= 0; --i, value >>= 8)
        to[i] = static_cast<std::uint8_t>(value);
}

}  // namespace

std::optional<JobId> JobId::parse(std::string_view text) noexcept {
    if (text.size() != text_size) return std::nullopt;
    JobId id;
    std::size_t digit = 0;
    for (std::size_t i = 0; i < text_size; ++i) {
        if (is_dash_position(i)) {
            if (text[i] != '-') return std::nullopt;
            continue;
        }
        const int value = hex_value(text[i]);
        if (value < 0) return std::nullopt;
        auto& byte = id.bytes[digit++ / 2];
        byte = static_cast<std::uint8_t>(byte << 4 | value);
    }
    return id;
}

std::string to_string(const JobId& id) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text(text_size, '-');
    std::size_t digit = 0;
    for (std::size_t i = 0; i < text_size; ++i) {
        if (is_dash_position(i)) continue;
        const auto byte = id.bytes[digit / 2];
        text[i] = digits[digit++ % 2 == 0 ? byte >> 4 : byte & 15];
    }
    return text;
}

JobId new_job_id() {
    constexpr std::uint64_t version = 7, variant = 2;
    const auto ticks = next_ticks();
    JobId id;
    store_big_endian((ticks >> 12) << 16 | version << 12 | (ticks & 0xfff), id.bytes.data());
    store_big_endian(variant << 62 | base::system_random().bits() >> 2, id.bytes.data() + 8);
    return id;
}

}  // namespace errand

std::size_t std::hash<errand::JobId>::operator()(const errand::JobId& id) const noexcept {
    std::uint64_t high = 0, low = 0;
    std::memcpy(&high, id.bytes.data(), sizeof high);
    std::memcpy(&low, id.bytes.data() + sizeof high, sizeof low);
    // Ids from outside need not be random: mix all bits of both halves.
    std::uint64_t mixed = (high ^ (low >> 32 | low << 32)) * 0x9e3779b97f4a7c15U;
    mixed = (mixed ^ (mixed >> 32) ^ low) * 0xd6e8feb86659fd93U;
    return static_cast<std::size_t>(mixed ^ (mixed >> 32));
}
