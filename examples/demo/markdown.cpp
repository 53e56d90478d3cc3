#include "demo/markdown.hpp"

#include <algorithm>
#include <optional>

namespace demo {
namespace {

constexpr std::size_t deepest_heading = 6;

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

struct Heading {
    std::size_t level;
    std::string text;
};

std::optional<Heading> parse_heading(std::string_view line) {
    const std::size_t level = std::min(line.find_first_not_of('#'), line.size());
    if (level == 0 || level > deepest_heading) return std::nullopt;
    if (level < line.size() && line[level] != ' ') return std::nullopt;
    std::string_view text = trimmed(line.substr(level));
    if (const auto last = text.find_last_not_of('#'); last == std::string_view::npos) {
        text = {};
    } else if (last + 1 < text.size() && text[last] == ' ') {
        text = trimmed(text.substr(0, last));
    }
    return Heading{level, plain_text(text)};
}

/// The fence that a line opens or closes: its character and length; none: no fence.
std::string_view fence_of(std::string_view line) {
    line = trimmed(line);
    if (line.empty() || (line[0] != '`' && line[0] != '~')) return {};
    const auto length = std::min(line.find_first_not_of(line[0]), line.size());
    return length >= 3 ? line.substr(0, length) : std::string_view{};
}

/// "| --- | :-: |" and "---" hold no words.
bool is_ruler(std::string_view line) {
    return !line.empty() && line.find_first_not_of("|-:=* \t\r") == std::string_view::npos;
}

std::string_view without_line_mark(std::string_view line) {
    line = trimmed(line);
    while (line.starts_with('>'))
        line = trimmed(line.substr(1));
    for (const std::string_view mark : {"- ", "* ", "+ "}) {
        if (line.starts_with(mark)) return trimmed(line.substr(mark.size()));
    }
    return line;
}

/// The text of the link or image whose '[' stands at `at`, and where it ends; none: no link.
std::optional<std::pair<std::string_view, std::size_t>> link_at(std::string_view line,
                                                                std::size_t at) {
    const auto middle = line.find(']', at);
    if (middle == std::string_view::npos || !line.substr(middle + 1).starts_with('(')) {
        return std::nullopt;
    }
    const auto end = line.find(')', middle);
    if (end == std::string_view::npos) return std::nullopt;
    return std::pair{line.substr(at + 1, middle - at - 1), end + 1};
}

/// Takes a document line by line.
class Splitter {
public:
    void take(std::string_view line) {
        if (!fence_.empty()) return take_code(line);
        if (in_comment_ || trimmed(line).starts_with("<!--")) {
            in_comment_ = line.find("-->") == std::string_view::npos;
            return;
        }
        if (fence_ = fence_of(line); !fence_.empty()) return;
        if (auto heading = parse_heading(line)) return open(std::move(*heading));
        if (!is_ruler(line)) add(plain_text(line));
    }

    std::vector<Section> finish() {
        close();
        return std::move(sections_);
    }

private:
    void take_code(std::string_view line) {
        const auto fence = fence_of(line);
        if (fence.starts_with(fence_) && trimmed(line) == fence) {
            fence_.clear();
        } else {
            add(std::string{trimmed(line)});
        }
    }

    void open(Heading heading) {
        close();
        path_.resize(heading.level - 1);
        path_.push_back(std::move(heading.text));
    }

    void add(const std::string& text) {
        if (!text.empty()) text_ += text + "\n";
    }

    void close() {
        if (text_.empty()) return;
        std::string heading;
        for (const auto& part : path_) {
            if (!part.empty()) heading += (heading.empty() ? "" : " › ") + part;
        }
        sections_.push_back({std::move(heading), std::move(text_)});
        text_.clear();
    }

    std::vector<Section> sections_;
    std::vector<std::string> path_;  ///< one heading per level, empty where a level was left out
    std::string text_;
    std::string fence_;  ///< of the code block that is open
    bool in_comment_ = false;
};

}  // namespace

std::string plain_text(std::string_view line) {
    line = without_line_mark(line);
    std::string text;
    for (std::size_t at = 0; at < line.size();) {
        if (line[at] == '[') {
            if (const auto link = link_at(line, at)) {
                text += plain_text(link->first);
                at = link->second;
                continue;
            }
        }
        const bool before_image = line[at] == '!' && line.substr(at + 1).starts_with('[');
        if (line[at] == '|') {
            text += ' ';
        } else if (line[at] != '*' && line[at] != '`' && !before_image) {
            text += line[at];
        }
        ++at;
    }
    return std::string{trimmed(text)};
}

std::vector<Section> split_markdown(std::string_view document) {
    Splitter splitter;
    for (std::size_t at = 0; at < document.size();) {
        const auto end = std::min(document.find('\n', at), document.size());
        splitter.take(document.substr(at, end - at));
        at = end + 1;
    }
    return splitter.finish();
}

}  // namespace demo
