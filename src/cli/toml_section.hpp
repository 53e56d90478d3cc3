#pragma once

#include <errand/error.hpp>
#include <errand/retry.hpp>
#include <errand/time.hpp>

#include <toml++/toml.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace errand::cli {

/// One table of a TOML file that is read strictly: take what is known by name, then finish()
/// refuses whatever is left. Every error starts with "FILE:LINE: ".
class TomlSection {
public:
    /// `title` is how messages call it: "[worker]"; empty: the top of the file.
    TomlSection(const toml::table& table, std::string file, std::string title)
        : table_(table), file_(std::move(file)), title_(std::move(title)) {}

    // Each leaves `value` as it is when the key is absent.
    void read(std::string_view key, std::string& value);
    void read(std::string_view key, std::vector<std::string>& value);
    void read(std::string_view key, std::map<std::string, std::string>& value);
    /// Numbers of at least 1.
    void read(std::string_view key, std::map<std::string, std::uint32_t>& value);
    void read(std::string_view key, Duration& value);
    void read(std::string_view key, std::optional<Duration>& value);
    void read(std::string_view key, std::optional<RetryPolicy>& value);
    void read(std::string_view key, std::uint32_t& value, std::uint32_t lowest,
              std::uint32_t highest);
    void read(std::string_view key, std::optional<std::int32_t>& value, std::int32_t lowest,
              std::int32_t highest);
    void read(std::string_view key, bool& value);
    /// One text or a list of them.
    void read_texts(std::string_view key, std::vector<std::string>& value);
    /// JSON text of what is written as JSON in quotes, as a list or as a table.
    void read_json(std::string_view key, std::string& value);
    void read_size(std::string_view key, std::uint64_t& value);
    /// The text under `key`, given to `use`; its errors get the place and the key.
    void read_text(std::string_view key, const char* expected,
                   const std::function<void(const std::string&)>& use);

    /// The table under `key`; null: absent.
    [[nodiscard]] const toml::table* find_table(std::string_view key);
    [[nodiscard]] bool has(std::string_view key) const { return table_.contains(key); }

    /// Calls `each(name, table)` for every entry, in the order of the file; all must be tables.
    void for_each_table(const std::function<void(std::string_view, const toml::table&)>& each);
    /// The same for those entries that are tables; the others are left for read().
    void for_each_subtable(const std::function<void(std::string_view, const toml::table&)>& each);

    /// Refuses keys that nobody asked for, naming the nearest one that somebody did ask for.
    void finish() const;

    /// Throws Error (invalid_argument) placed at the line of `key`.
    [[noreturn]] void refuse(std::string_view key, const std::string& reason) const;
    /// Throws Error (invalid_argument) placed at the first line of the section.
    [[noreturn]] void refuse(const std::string& reason) const;
    /// "errand.toml:12"
    [[nodiscard]] std::string place() const { return place_of(table_); }
    [[nodiscard]] std::string place_of(const toml::node& node) const;

private:
    [[nodiscard]] const toml::node* take(std::string_view key);
    using Entries = std::vector<std::pair<std::string_view, const toml::table*>>;
    static void call_in_order(
        Entries entries, const std::function<void(std::string_view, const toml::table&)>& each);

    const toml::table& table_;
    std::string file_;
    std::string title_;
    std::vector<std::string_view> known_;
};

}  // namespace errand::cli
