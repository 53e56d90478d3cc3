#pragma once

#include <errand/store/store.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace errand::cli::bench {

/// Space for measuring a store without touching its jobs: for a SQLite file the directory
/// ".errand-bench-PID" beside it, on the same disk. Removed with everything in it on destruction.
class Scratch {
public:
    /// Throws Error: invalid_argument for a URL of no store that can be measured, store_unavailable
    /// when the directory cannot be made.
    explicit Scratch(std::string_view store_url);
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    [[nodiscard]] const std::string& kind() const noexcept { return kind_; }
    [[nodiscard]] const std::string& durability() const noexcept { return durability_; }
    /// An empty directory of its own in the scratch space; none: the store has no files.
    [[nodiscard]] std::optional<std::filesystem::path> make_directory();
    /// The URL of a store in `directory` with the options of the measured one.
    [[nodiscard]] std::string url_in(const std::optional<std::filesystem::path>& directory) const;

private:
    std::string kind_;
    std::string durability_;
    std::string query_;
    std::filesystem::path directory_;
    int made_ = 0;
};

/// A store of its own in scratch space, removed on destruction. Whoever uses it must be gone
/// before.
class FreshStore {
public:
    explicit FreshStore(Scratch& scratch);
    ~FreshStore();
    FreshStore(const FreshStore&) = delete;
    FreshStore& operator=(const FreshStore&) = delete;

    [[nodiscard]] const std::shared_ptr<Store>& store() const noexcept { return store_; }
    [[nodiscard]] const std::string& url() const noexcept { return url_; }

private:
    std::optional<std::filesystem::path> directory_;
    std::string url_;
    std::shared_ptr<Store> store_;
};

}  // namespace errand::cli::bench
