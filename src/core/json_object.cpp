#include "core/json_object.hpp"

#include "base/text.hpp"
#include "core/validate.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <unordered_set>

namespace errand::core {
namespace {

constexpr std::string_view space = " \t\r\n";

/// Walks through JSON that is known to be valid.
class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    void skip_space() { at_ = std::min(text_.find_first_not_of(space, at_), text_.size()); }
    [[nodiscard]] char peek() const { return text_[at_]; }
    void skip_one() { ++at_; }

    /// The text of the value that begins here.
    std::string_view value() {
        const std::size_t begin = at_;
        std::size_t depth = 0;
        do {
            skip_space();
            const char first = peek();
            if (first == '"') {
                skip_string();
            } else if (first == '{' || first == '[') {
                ++depth;
                ++at_;
            } else if (first == '}' || first == ']') {
                --depth;
                ++at_;
            } else if (first == ',' || first == ':') {
                ++at_;
            } else {
                at_ = std::min(text_.find_first_of(" \t\r\n,]}", at_), text_.size());
            }
        } while (depth > 0);
        return text_.substr(begin, at_ - begin);
    }

private:
    void skip_string() {
        for (++at_; text_[at_] != '"'; ++at_) {
            if (text_[at_] == '\\') ++at_;
        }
        ++at_;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

std::string unescaped(std::string_view quoted) {
    const auto value = boost::json::parse({quoted.data(), quoted.size()});
    return std::string{value.as_string()};
}

/// Names that have been met. Objects with as many members as a large workflow has jobs are read
/// too.
class Names {
public:
    void refuse_repeated(const std::string& name) {
        if (seen_.insert(name).second) return;
        throw Error(ErrorCode::invalid_argument,
                    base::quote_for_message(name) + " is given twice; keep one");
    }

private:
    std::unordered_set<std::string> seen_;
};

/// A scanner in front of valid JSON that begins with `bracket`.
Scanner scanner_of(std::string_view text, char bracket, std::string_view kind,
                   std::string_view remedy) {
    if (const std::string reason = json_error(text); !reason.empty()) {
        throw Error(ErrorCode::invalid_argument, "not valid JSON: " + reason);
    }
    Scanner scanner{text};
    scanner.skip_space();
    if (scanner.peek() != bracket) {
        throw Error(ErrorCode::invalid_argument, fmt::format("not a JSON {}; {}", kind, remedy));
    }
    scanner.skip_one();
    return scanner;
}

}  // namespace

std::vector<JsonMember> json_members(std::string_view text, std::string_view remedy) {
    Scanner scanner = scanner_of(text, '{', "object", remedy);
    std::vector<JsonMember> members;
    Names names;
    for (scanner.skip_space(); scanner.peek() != '}'; scanner.skip_space()) {
        if (scanner.peek() == ',') scanner.skip_one();
        scanner.skip_space();
        std::string name = unescaped(scanner.value());
        names.refuse_repeated(name);
        scanner.skip_space();
        scanner.skip_one();  // the colon
        scanner.skip_space();
        const std::string_view value = scanner.value();
        members.push_back({std::move(name), value});
    }
    return members;
}

std::vector<std::string_view> json_elements(std::string_view text, std::string_view remedy) {
    Scanner scanner = scanner_of(text, '[', "array", remedy);
    std::vector<std::string_view> elements;
    for (scanner.skip_space(); scanner.peek() != ']'; scanner.skip_space()) {
        if (scanner.peek() == ',') scanner.skip_one();
        scanner.skip_space();
        elements.push_back(scanner.value());
    }
    return elements;
}

}  // namespace errand::core
