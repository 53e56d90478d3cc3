#include "base/zone_database.hpp"

#include "base/text.hpp"
#include "base/tzif.hpp"
#include "base/zone_name.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <optional>

namespace errand::base {
namespace {

namespace fs = std::filesystem;

/// The largest zone has four kilobytes.
constexpr std::size_t max_file_bytes = 256U << 10;
constexpr std::size_t max_suggestions = 3;

[[noreturn]] void refuse(std::string_view name, std::string_view reason) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("time zone {}: {}", quote_for_message(name), reason));
}

constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower(std::string_view text) {
    std::string result{text};
    std::ranges::transform(result, result.begin(), [](char c) { return lower(c); });
    return result;
}

/// The file's bytes; none: there is no such plain file, or it is larger than any zone.
std::optional<std::string> read_file(const fs::path& path) {
    std::error_code error;
    if (!fs::is_regular_file(path, error) || fs::file_size(path, error) > max_file_bytes) {
        return std::nullopt;
    }
    std::ifstream file{path, std::ios::binary};
    std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    if (!file.is_open() || file.bad()) return std::nullopt;
    return bytes;
}

bool is_zone_file(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    std::string start(4, '\0');
    return file.read(start.data(), 4) && is_tzif(start);
}

/// What of `names` was probably meant: those whose city it is, then those spelled alike.
std::vector<std::string> suggestions(std::string_view wrong,
                                     const std::vector<std::string>& names) {
    const auto wanted = lower(wrong);
    std::map<std::string, std::string, std::less<>> by_folded;
    std::vector<std::string> found;
    for (const auto& name : names) {
        const auto folded = lower(name);
        if (folded.ends_with("/" + wanted)) found.push_back(name);
        by_folded.emplace(folded, name);
    }
    std::vector<std::string_view> candidates;
    candidates.reserve(by_folded.size());
    for (const auto& [folded, name] : by_folded)
        candidates.push_back(folded);
    for (const auto near : nearest_few(wanted, candidates, max_suggestions)) {
        const auto& name = by_folded.find(near)->second;
        if (std::ranges::find(found, name) == found.end()) found.push_back(name);
    }
    if (found.size() > max_suggestions) found.resize(max_suggestions);
    return found;
}

}  // namespace

std::shared_ptr<const TimeZone> ZoneDatabase::find(std::string_view name) const {
    {
        const std::lock_guard lock{mutex_};
        if (const auto known = zones_.find(name); known != zones_.end()) return known->second;
    }
    auto zone = load(std::string{name});  // unlocked: an unknown name takes a walk over the folder
    const std::lock_guard lock{mutex_};
    return zones_.emplace(name, std::move(zone)).first->second;
}

std::shared_ptr<const TimeZone> ZoneDatabase::load(const std::string& name) const {
    check_zone_name(name);
    if (name == "UTC" || name == "Etc/UTC") {
        using namespace std::chrono_literals;
        return std::make_shared<const TimeZone>(name,
                                                std::vector<TimeZone::Kind>{{0s, false, "UTC"}},
                                                std::vector<TimeZone::Change>{}, std::nullopt);
    }
    if (name == "localtime" || name == "posixrules") {
        refuse(name, "differs from machine to machine; name the zone, for example Europe/Berlin");
    }
    const auto bytes = read_file(folder_ / name);
    if (!bytes || !is_tzif(*bytes)) refuse_unknown(name);
    return std::make_shared<const TimeZone>(parse_tzif(name, *bytes));
}

void ZoneDatabase::refuse_unknown(std::string_view name) const {
    const auto known = names();
    if (known.empty()) {
        refuse(name, fmt::format("there are no time zone files in {}; install the package tzdata, "
                                 "set TZDIR, or use UTC",
                                 quote_for_message(folder_.string())));
    }
    const auto near = suggestions(name, known);
    refuse(name, near.empty() ? "is unknown; names are like Europe/Berlin, America/New_York or UTC"
                              : fmt::format("is unknown; did you mean {}?", fmt::join(near, ", ")));
}

std::vector<std::string> ZoneDatabase::names() const {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::recursive_directory_iterator entry{folder_, error}, end; !error && entry != end;
         entry.increment(error)) {
        const auto name = entry->path().lexically_relative(folder_).generic_string();
        // The same zones again, there without and here with leap seconds.
        if (name == "posix" || name == "right") {
            entry.disable_recursion_pending();
            continue;
        }
        const bool is_other = name == "localtime" || name == "posixrules";
        if (is_other || !entry->is_regular_file(error)) continue;
        if (is_zone_file(entry->path())) names.push_back(name);
    }
    std::ranges::sort(names);
    return names;
}

const ZoneDatabase& system_zones() {
    static const auto* const zones = [] {
        const char* folder = std::getenv("TZDIR");
        const bool is_set = folder != nullptr && *folder != '\0';
        return std::make_unique<ZoneDatabase>(is_set ? folder : "/usr/share/zoneinfo").release();
    }();
    return *zones;
}

}  // namespace errand::base
