#include "base/tzif.hpp"

#include "base/text.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>

namespace errand::base {
namespace {

constexpr std::string_view magic = "TZif";
constexpr std::size_t header_size = 44;
/// What RFC 8536 allows for an offset: a little more than a day.
constexpr std::int64_t min_offset = -89'999;
constexpr std::int64_t max_offset = 93'599;

class TzifReader {
public:
    TzifReader(std::string name, std::string_view bytes) : name_(std::move(name)), rest_(bytes) {}

    TimeZone read() {
        auto header = read_header();
        std::size_t time_size = 4;
        if (header.version != '\0') {
            // Newer files repeat everything with 64-bit times; the first block is for old readers.
            take(header.block_size(time_size));
            header = read_header();
            time_size = 8;
        }
        if (header.leap_count != 0) {
            refuse("counts leap seconds; use the zone without right/");
        }
        return read_block(header, time_size);
    }

private:
    struct Header {
        char version;
        std::size_t utc_count, standard_count, leap_count, change_count, kind_count, text_size;

        [[nodiscard]] std::size_t block_size(std::size_t time_size) const {
            return change_count * (time_size + 1) + kind_count * 6 + text_size +
                   leap_count * (time_size + 4) + standard_count + utc_count;
        }
    };

    Header read_header() {
        const auto start = take(header_size);
        if (!start.starts_with(magic)) refuse("is no time zone file");
        const auto count = [&](std::size_t index) {
            return static_cast<std::size_t>(number(start.substr(20 + 4 * index, 4)) & 0xFFFFFFFF);
        };
        return {start[4], count(0), count(1), count(2), count(3), count(4), count(5)};
    }

    TimeZone read_block(const Header& header, std::size_t time_size) {
        if (header.kind_count == 0 || header.kind_count > 256) refuse("has no kinds of time");
        const auto times = take(header.change_count * time_size);
        const auto indices = take(header.change_count);
        const auto kinds = take(header.kind_count * 6);
        const auto text = take(header.text_size);
        take(header.leap_count * (time_size + 4) + header.standard_count + header.utc_count);
        std::optional<ZoneRule> rule;
        if (time_size == 8) rule = read_rule();
        return {name_, read_kinds(kinds, text),
                read_changes(times, time_size, indices, header.kind_count), std::move(rule)};
    }

    std::vector<TimeZone::Kind> read_kinds(std::string_view bytes, std::string_view text) const {
        std::vector<TimeZone::Kind> kinds;
        for (; !bytes.empty(); bytes.remove_prefix(6)) {
            const auto offset = number(bytes.substr(0, 4));
            const auto begin = static_cast<std::uint8_t>(bytes[5]);
            const auto end = text.find('\0', begin);
            if (offset < min_offset || offset > max_offset) refuse("has an offset beyond a day");
            if (begin >= text.size() || end == text.npos) refuse("has a kind of time without name");
            kinds.push_back({std::chrono::seconds{offset}, bytes[4] != 0,
                             to_valid_utf8(text.substr(begin, end - begin))});
        }
        return kinds;
    }

    std::vector<TimeZone::Change> read_changes(std::string_view times, std::size_t time_size,
                                               std::string_view indices,
                                               std::size_t kind_count) const {
        std::vector<TimeZone::Change> changes;
        for (const char index : indices) {
            const auto at =
                std::chrono::sys_seconds{std::chrono::seconds{number(times.substr(0, time_size))}};
            const auto kind = static_cast<std::uint8_t>(index);
            times.remove_prefix(time_size);
            if (kind >= kind_count) refuse("names a kind of time that it has not");
            if (!changes.empty() && changes.back().at >= at) refuse("has changes out of order");
            changes.push_back({at, kind});
        }
        return changes;
    }

    /// The footer: a rule between two line feeds; nothing between them: there is none.
    std::optional<ZoneRule> read_rule() {
        const auto end = rest_.find('\n', 1);
        if (!rest_.starts_with('\n') || end == rest_.npos) refuse("lacks the rule at its end");
        const auto text = rest_.substr(1, end - 1);
        if (text.empty()) return std::nullopt;
        return ZoneRule::parse(text);
    }

    std::string_view take(std::size_t size) {
        if (size > rest_.size()) refuse("is cut off");
        const auto taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }

    /// Big-endian, two's complement.
    static std::int64_t number(std::string_view bytes) {
        std::uint64_t value = (bytes.front() & 0x80) != 0 ? ~std::uint64_t{0} : 0;
        for (const char byte : bytes)
            value = value << 8 | static_cast<std::uint8_t>(byte);
        return static_cast<std::int64_t>(value);
    }

    [[noreturn]] void refuse(std::string_view reason) const {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("time zone {}: its file {}", quote_for_message(name_), reason));
    }

    std::string name_;
    std::string_view rest_;
};

}  // namespace

bool is_tzif(std::string_view bytes) noexcept {
    return bytes.starts_with(magic);
}

TimeZone parse_tzif(std::string name, std::string_view bytes) {
    return TzifReader{std::move(name), bytes}.read();
}

}  // namespace errand::base
