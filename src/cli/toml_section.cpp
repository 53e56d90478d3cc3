#include "cli/toml_section.hpp"

#include "base/text.hpp"
#include "cli/config.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <limits>
#include <sstream>

namespace errand::cli {

std::string TomlSection::place_of(const toml::node& node) const {
    const auto line = node.source().begin.line;
    return line == 0 ? file_ : fmt::format("{}:{}", file_, line);
}

void TomlSection::refuse(std::string_view key, const std::string& reason) const {
    const toml::node* node = table_.get(key);
    const std::string where = title_.empty() ? "" : " in " + title_;
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{}: `{}`{}: {}", place_of(node == nullptr ? table_ : *node), key,
                            where, reason));
}

void TomlSection::refuse(const std::string& reason) const {
    throw Error(ErrorCode::invalid_argument, fmt::format("{}: {} {}", place(), title_, reason));
}

const toml::node* TomlSection::take(std::string_view key) {
    known_.push_back(key);
    return table_.get(key);
}

void TomlSection::read_text(std::string_view key, const char* expected,
                            const std::function<void(const std::string&)>& use) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    const auto* text = node->as_string();
    if (text == nullptr) refuse(key, fmt::format("must be {}", expected));
    try {
        use(text->get());
    } catch (const Error& error) {
        refuse(key, error.what());
    }
}

void TomlSection::read(std::string_view key, std::string& value) {
    read_text(key, "a text in quotes", [&](const std::string& text) { value = text; });
}

void TomlSection::read(std::string_view key, Duration& value) {
    read_text(key, "a duration in quotes, for example \"30s\"",
              [&](const std::string& text) { value = parse_duration(text); });
}

void TomlSection::read(std::string_view key, std::optional<Duration>& value) {
    read_text(key, "a duration in quotes, for example \"30s\"",
              [&](const std::string& text) { value = parse_duration(text); });
}

void TomlSection::read(std::string_view key, std::optional<RetryPolicy>& value) {
    read_text(key, "a retry policy in quotes, for example \"exponential(1m, x2)\"",
              [&](const std::string& text) { value = RetryPolicy::parse(text); });
}

void TomlSection::read(std::string_view key, std::vector<std::string>& value) {
    constexpr auto expected = "must be a list of texts, for example [\"python3\", \"report.py\"]";
    const toml::node* node = take(key);
    if (node == nullptr) return;
    const auto* list = node->as_array();
    if (list == nullptr) refuse(key, expected);
    value.clear();
    for (const toml::node& item : *list) {
        if (!item.is_string()) refuse(key, expected);
        value.push_back(item.as_string()->get());
    }
}

void TomlSection::read(std::string_view key, std::map<std::string, std::string>& value) {
    const toml::table* entries = find_table(key);
    if (entries == nullptr) return;
    for (const auto& [name, item] : *entries) {
        if (!item.is_string())
            refuse(key, fmt::format("`{}` must be a text in quotes", name.str()));
        value[std::string{name.str()}] = item.as_string()->get();
    }
}

void TomlSection::read(std::string_view key, std::map<std::string, std::uint32_t>& value) {
    const toml::table* entries = find_table(key);
    if (entries == nullptr) return;
    for (const auto& [name, item] : *entries) {
        const auto* number = item.as_integer();
        if (number == nullptr || number->get() < 1 ||
            number->get() > std::numeric_limits<std::uint32_t>::max()) {
            refuse(key, fmt::format("`{}` must be a whole number of at least 1", name.str()));
        }
        value[std::string{name.str()}] = static_cast<std::uint32_t>(number->get());
    }
}

void TomlSection::read(std::string_view key, std::uint32_t& value, std::uint32_t lowest,
                       std::uint32_t highest) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    const auto* number = node->as_integer();
    if (number == nullptr || number->get() < lowest || number->get() > highest) {
        refuse(key, fmt::format("must be a whole number from {} to {}", lowest, highest));
    }
    value = static_cast<std::uint32_t>(number->get());
}

void TomlSection::read(std::string_view key, std::optional<std::int32_t>& value,
                       std::int32_t lowest, std::int32_t highest) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    const auto* number = node->as_integer();
    if (number == nullptr || number->get() < lowest || number->get() > highest) {
        refuse(key, fmt::format("must be a whole number from {} to {}", lowest, highest));
    }
    value = static_cast<std::int32_t>(number->get());
}

void TomlSection::read(std::string_view key, bool& value) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    if (!node->is_boolean()) refuse(key, "must be true or false");
    value = node->as_boolean()->get();
}

void TomlSection::read_texts(std::string_view key, std::vector<std::string>& value) {
    const toml::node* node = table_.get(key);
    if (node == nullptr || !node->is_string()) return read(key, value);
    std::string text;
    read(key, text);
    value = {std::move(text)};
}

void TomlSection::read_json(std::string_view key, std::string& value) {
    const toml::node* node = table_.get(key);
    if (node == nullptr || node->is_string()) return read(key, value);
    known_.push_back(key);
    if (!node->is_array() && !node->is_table()) {
        refuse(key, "must be a list, a table, or JSON in quotes");
    }
    std::ostringstream text;
    text << toml::json_formatter{*node};
    boost::json::error_code error;
    const auto json = boost::json::parse(text.str(), error);
    if (error) refuse(key, "has a value that JSON does not know, such as inf");
    value = boost::json::serialize(json);
}

void TomlSection::read_size(std::string_view key, std::uint64_t& value) {
    const toml::node* node = table_.get(key);
    if (node != nullptr && node->is_integer() && node->as_integer()->get() >= 0) {
        known_.push_back(key);
        value = static_cast<std::uint64_t>(node->as_integer()->get());
        return;
    }
    read_text(key, "bytes or a size in quotes, for example \"1MiB\"",
              [&](const std::string& text) { value = parse_size(text); });
}

const toml::table* TomlSection::find_table(std::string_view key) {
    const toml::node* node = take(key);
    if (node == nullptr) return nullptr;
    if (!node->is_table()) refuse(key, "must be a section of its own with keys and values");
    return node->as_table();
}

void TomlSection::call_in_order(
    Entries entries, const std::function<void(std::string_view, const toml::table&)>& each) {
    std::sort(entries.begin(), entries.end(), [](const auto& left, const auto& right) {
        return left.second->source().begin < right.second->source().begin;
    });
    for (const auto& [name, table] : entries)
        each(name, *table);
}

void TomlSection::for_each_table(
    const std::function<void(std::string_view, const toml::table&)>& each) {
    Entries entries;
    for (const auto& [name, node] : table_) {
        if (!node.is_table())
            refuse(name.str(), "must be a section of its own with keys and values");
        entries.emplace_back(name.str(), node.as_table());
    }
    call_in_order(std::move(entries), each);
}

void TomlSection::for_each_subtable(
    const std::function<void(std::string_view, const toml::table&)>& each) {
    Entries entries;
    for (const auto& [name, node] : table_) {
        if (!node.is_table()) continue;
        known_.push_back(name.str());
        entries.emplace_back(name.str(), node.as_table());
    }
    call_in_order(std::move(entries), each);
}

void TomlSection::finish() const {
    for (const auto& [key, node] : table_) {
        const std::string_view name = key.str();
        if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
        const std::string_view near = base::nearest(name, known_);
        const std::string hint = near.empty() ? fmt::format("known are {}", fmt::join(known_, ", "))
                                              : fmt::format("did you mean `{}`?", near);
        const auto line = key.source().begin.line;
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("{}:{}: unknown key `{}`{}; {}", file_, line, name,
                                title_.empty() ? "" : " in " + title_, hint));
    }
}

}  // namespace errand::cli
