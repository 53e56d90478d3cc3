#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace errand::test {

inline std::string big_endian(std::int64_t value, int bytes) {
    std::string text;
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
        text += static_cast<char>(value >> shift & 0xFF);
    return text;
}

/// What a time zone file is made of; each test breaks one piece of a sound one.
struct TzifFile {
    struct Kind {
        std::int64_t offset;
        bool is_dst;
        int name;
    };
    char version = '2';
    std::vector<std::pair<std::int64_t, int>> changes{{1'000'000'000, 1}, {1'100'000'000, 0}};
    std::vector<Kind> kinds{{3600, false, 0}, {7200, true, 4}};
    std::string names{"CET\0CEST\0", 9};
    int leap_seconds = 0;
    std::string footer = "\nCET-1CEST,M3.5.0,M10.5.0/3\n";

    [[nodiscard]] std::string block(int time_size) const {
        std::string text = "TZif";
        text += version;
        text += std::string(15, '\0');
        const auto sizes = {0,
                            0,
                            leap_seconds,
                            static_cast<int>(changes.size()),
                            static_cast<int>(kinds.size()),
                            static_cast<int>(names.size())};
        for (const int size : sizes)
            text += big_endian(size, 4);
        for (const auto& [time, kind] : changes)
            text += big_endian(time, time_size);
        for (const auto& [time, kind] : changes)
            text += static_cast<char>(kind);
        for (const auto& kind : kinds) {
            text += big_endian(kind.offset, 4);
            text += static_cast<char>(kind.is_dst);
            text += static_cast<char>(kind.name);
        }
        return text + names +
               std::string(static_cast<std::size_t>(leap_seconds) * (time_size + 4), '\0');
    }
    [[nodiscard]] std::string bytes() const {
        return version == '\0' ? block(4) : block(4) + block(8) + footer;
    }
};

}  // namespace errand::test
