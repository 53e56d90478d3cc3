#pragma once

#include "base/time_zone.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace errand::base {

/// Time zones by their IANA name, from a folder of compiled zones. Each is read once and kept: a
/// newer time zone package is seen after a restart. Thread-safe.
class ZoneDatabase {
public:
    explicit ZoneDatabase(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// "UTC" and "Etc/UTC" need no file. Throws Error (invalid_argument) for names that are
    /// unknown, with the nearest known ones, and for "localtime", which differs between machines.
    [[nodiscard]] std::shared_ptr<const TimeZone> find(std::string_view name) const;

    /// All names for which there is a file, sorted; empty when there is no folder.
    [[nodiscard]] std::vector<std::string> names() const;

private:
    [[nodiscard]] std::shared_ptr<const TimeZone> load(const std::string& name) const;
    [[noreturn]] void refuse_unknown(std::string_view name) const;

    std::filesystem::path folder_;
    mutable std::mutex mutex_;
    mutable std::map<std::string, std::shared_ptr<const TimeZone>, std::less<>> zones_;
};

/// The zones of this machine: the folder that TZDIR names at the first call, else
/// /usr/share/zoneinfo. Never destroyed.
[[nodiscard]] const ZoneDatabase& system_zones();

}  // namespace errand::base
