#include "crash/crash_vfs.hpp"

#include <algorithm>
#include <fstream>
#include <random>

namespace errand::test {

using Kind = Operation::Kind;

void DiskLog::after(const Operation& operation) {
    if (!operation.path.starts_with(folder_)) return;
    const bool changes = operation.kind == Kind::write || operation.kind == Kind::truncate ||
                         operation.kind == Kind::sync || operation.kind == Kind::remove ||
                         (operation.kind == Kind::open && operation.created);
    if (!changes) return;
    entries_.push_back(
        {operation.kind, std::string{operation.path.substr(folder_.size() + 1)}, operation.offset,
         std::string{operation.bytes.data(), operation.bytes.size()}, operation.folder});
}

namespace {

void put(std::string& content, std::size_t offset, std::string_view bytes) {
    if (content.size() < offset + bytes.size()) content.resize(offset + bytes.size());
    content.replace(offset, bytes.size(), bytes);
}

void apply_whole(std::string& content, const DiskLog::Entry& entry) {
    const auto offset = static_cast<std::size_t>(entry.offset);
    if (entry.kind == Kind::truncate) {
        content.resize(offset);
    } else {
        put(content, offset, entry.bytes);
    }
}

/// Applies changes the way an interrupted disk may have got to them. What was not written to stays:
/// SQLite takes "powersafe overwrite" for granted on unix, and all disks of today give it.
class Mixer {
public:
    explicit Mixer(std::uint64_t seed)
        : random_(seed), sector_(below(2) == 0 ? 512 : 4096), lost_of_8_(1 + below(6)) {}

    std::size_t below(std::size_t end) { return random_() % end; }

    void apply(std::string& content, const DiskLog::Entry& entry) {
        if (entry.kind == Kind::truncate) {
            if (below(2) == 0) apply_whole(content, entry);
            return;
        }
        auto offset = static_cast<std::size_t>(entry.offset);
        for (std::string_view rest = entry.bytes; !rest.empty();) {
            const auto count = std::min(rest.size(), sector_ - offset % sector_);
            apply_sector(content, offset, rest.substr(0, count));
            rest.remove_prefix(count);
            offset += count;
        }
    }

private:
    void apply_sector(std::string& content, std::size_t offset, std::string_view bytes) {
        if (below(8) < lost_of_8_) return;
        if (below(6) != 0) return put(content, offset, bytes);
        const auto written = below(bytes.size());
        put(content, offset, bytes.substr(0, written));
        if (below(2) == 0) return;  // the rest is as it was
        std::string noise(bytes.size() - written, '\0');
        for (auto& byte : noise)
            byte = static_cast<char>(below(256));
        put(content, offset + written, noise);
    }

    std::mt19937_64 random_;
    std::size_t sector_;
    std::size_t lost_of_8_;
};

}  // namespace

Disk::Disk(const Image& image) {
    for (const auto& [name, content] : image) {
        names_[name] = durable_names_[name] = files_.size();
        files_.push_back({content, {}});
    }
}

void Disk::change(Names& names, const NameChange& what) {
    if (what.created) {
        names[what.name] = what.file;
    } else {
        names.erase(what.name);
    }
}

void Disk::sync_folder() {
    for (const auto& what : pending_names_)
        change(durable_names_, what);
    pending_names_.clear();
}

void Disk::apply(const DiskLog::Entry& entry) {
    if (entry.kind == Kind::open) {
        pending_names_.push_back({entry.name, true, files_.size()});
        files_.emplace_back();
        return change(names_, pending_names_.back());
    }
    if (entry.kind == Kind::remove) {
        pending_names_.push_back({entry.name, false, 0});
        change(names_, pending_names_.back());
        if (entry.folder) sync_folder();
        return;
    }
    auto& file = files_.at(names_.at(entry.name));
    if (entry.kind != Kind::sync) return file.pending.push_back(&entry);
    if (!lying_.empty() && entry.name.ends_with(lying_)) return;
    for (const auto* change : file.pending)
        apply_whole(file.durable, *change);
    file.pending.clear();
    if (entry.folder) sync_folder();
}

Image Disk::after_cut(Unsynced unsynced, std::uint64_t seed) const {
    Mixer mixer{seed};
    auto names = durable_names_;
    auto changed = unsynced == Unsynced::lost ? 0 : pending_names_.size();
    if (unsynced == Unsynced::mixed) changed = mixer.below(changed + 1);
    for (std::size_t i = 0; i < changed; ++i)
        change(names, pending_names_[i]);
    Image image;
    for (const auto& [name, number] : names) {
        const auto& file = files_[number];
        auto& content = image[name] = file.durable;
        if (unsynced == Unsynced::lost) continue;
        for (const auto* entry : file.pending) {
            if (unsynced == Unsynced::kept) {
                apply_whole(content, *entry);
            } else {
                mixer.apply(content, *entry);
            }
        }
    }
    return image;
}

void write_image(const Image& image, const std::string& folder) {
    for (const auto& [name, content] : image) {
        std::ofstream{folder + "/" + name, std::ios::binary}.write(
            content.data(), static_cast<std::streamsize>(content.size()));
    }
}

}  // namespace errand::test
