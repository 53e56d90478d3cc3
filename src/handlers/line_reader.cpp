#include "handlers/line_reader.hpp"

#include <algorithm>

namespace errand::handlers {

void LineReader::feed(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto end = bytes.find('\n');
        keep(bytes.substr(0, end));
        if (end == std::string_view::npos) return;
        emit();
        bytes.remove_prefix(end + 1);
    }
}

void LineReader::finish() {
    if (begun_) emit();
}

std::size_t LineReader::bound() const noexcept {
    const auto& prefix = bounds_.long_prefix;
    return !prefix.empty() && line_.starts_with(prefix) ? bounds_.long_line : bounds_.usual;
}

void LineReader::keep(std::string_view bytes) {
    begun_ = begun_ || !bytes.empty();
    // The first bytes decide which bound the line has.
    const auto& prefix = bounds_.long_prefix;
    const auto undecided = prefix.size() - std::min(prefix.size(), line_.size());
    line_.append(bytes.substr(0, undecided));
    bytes.remove_prefix(std::min(undecided, bytes.size()));

    const auto room = std::min(bytes.size(), bound() - std::min(bound(), line_.size()));
    line_.append(bytes.substr(0, room));
    cut_bytes_ += bytes.size() - room;
}

void LineReader::emit() {
    std::string_view text = line_;
    if (cut_bytes_ == 0 && text.ends_with('\r')) text.remove_suffix(1);
    sink_({text, cut_bytes_});
    line_.clear();
    cut_bytes_ = 0;
    begun_ = false;
}

}  // namespace errand::handlers
