#pragma once

#include "crash/shim_vfs.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

// A power cut at any operation, without running the script anew for each: the script runs once
// while DiskLog keeps all that was done to the files, and Disk replays that log up to the cut.

namespace errand::test {

/// Keeps every change of the files under one folder.
class DiskLog final : public VfsHooks {
public:
    struct Entry {
        Operation::Kind kind;
        std::string name;  ///< in the folder
        std::int64_t offset = 0;
        std::string bytes{};
        bool folder = false;
    };

    explicit DiskLog(std::string folder) : folder_(std::move(folder)) {}

    void after(const Operation& operation) override;
    [[nodiscard]] const std::vector<Entry>& entries() const noexcept { return entries_; }

private:
    std::string folder_;
    std::vector<Entry> entries_;
};

/// What a cut does to what was not synced.
enum class Unsynced : std::uint8_t {
    lost,
    kept,   ///< what the death of a process leaves behind
    mixed,  ///< each sector by itself is kept, lost or torn, in no order
};

/// The files by name.
using Image = std::map<std::string, std::string>;

/// A disk with a cache that forgets. A sync makes all earlier changes of that file durable and
/// nothing of other files. Names are durable when their folder is synced, which SQLite does with
/// the first sync of a new journal and where it deletes one that matters; the rest of the names
/// changes in order, as file systems with a journal keep it, up to any point.
class Disk {
public:
    /// Syncs of files whose name ends with `lying` do nothing; empty: all work.
    explicit Disk(std::string lying = {}) : lying_(std::move(lying)) {}
    /// A disk that holds these files for good.
    explicit Disk(const Image& image);

    void apply(const DiskLog::Entry& entry);
    /// What is found after a cut now.
    [[nodiscard]] Image after_cut(Unsynced unsynced, std::uint64_t seed) const;

private:
    struct File {
        std::string durable;
        std::vector<const DiskLog::Entry*> pending;
    };
    using Names = std::map<std::string, std::size_t>;
    struct NameChange {
        std::string name;
        bool created;
        std::size_t file;
    };

    static void change(Names& names, const NameChange& what);
    void sync_folder();

    std::string lying_;
    std::vector<File> files_;
    Names names_;          // as programs see them
    Names durable_names_;  // as the next boot would
    std::vector<NameChange> pending_names_;
};

/// Writes the files into `folder`.
void write_image(const Image& image, const std::string& folder);

}  // namespace errand::test
