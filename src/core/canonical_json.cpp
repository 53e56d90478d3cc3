#include "core/canonical_json.hpp"

#include "core/validate.hpp"

#include <errand/error.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace errand::core {
namespace {

/// Walks through JSON that is known to be valid, and not deeper than max_json_depth.
class Canonical {
public:
    explicit Canonical(std::string_view text) : text_(text) {}

    std::string value() {
        skip_space();
        switch (text_[at_]) {
            case '{':
                return object();
            case '[':
                return array();
            case '"':
                return string();
            default:
                return word();
        }
    }

private:
    void skip_space() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

    /// Past the comma, or past the end of what `close` ends: false.
    bool goes_on(char close) {
        skip_space();
        if (text_[at_] == ',') ++at_;
        skip_space();
        if (text_[at_] != close) return true;
        ++at_;
        return false;
    }

    std::string object() {
        std::vector<std::pair<std::string, std::string>> members;
        ++at_;
        while (goes_on('}')) {
            auto name = string();
            skip_space();
            ++at_;  // the colon
            members.emplace_back(std::move(name), value());
        }
        std::ranges::stable_sort(members, {}, &std::pair<std::string, std::string>::first);
        std::string text = "{";
        for (const auto& [name, value] : members) {
            if (text.size() > 1) text += ',';
            text.append(name).append(":").append(value);
        }
        return text += '}';
    }

    std::string array() {
        std::string text = "[";
        ++at_;
        while (goes_on(']')) {
            if (text.size() > 1) text += ',';
            text += value();
        }
        return text += ']';
    }

    std::string string() {
        const auto begin = at_;
        bool escaped = false;
        for (++at_; text_[at_] != '"'; ++at_) {
            if (text_[at_] != '\\') continue;
            escaped = true;
            ++at_;
        }
        ++at_;
        const auto quoted = text_.substr(begin, at_ - begin);
        if (!escaped) return std::string{quoted};
        return boost::json::serialize(boost::json::parse({quoted.data(), quoted.size()}));
    }

    /// A number, true, false or null.
    std::string word() {
        const auto begin = at_;
        at_ = std::min(text_.find_first_of(" \t\r\n,]}", at_), text_.size());
        return std::string{text_.substr(begin, at_ - begin)};
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

std::string canonical_json(std::string_view json) {
    if (const auto reason = json_error(json); !reason.empty()) {
        throw Error(ErrorCode::invalid_argument, "not valid JSON: " + reason + "; correct it");
    }
    return Canonical{json}.value();
}

}  // namespace errand::core
