#include "store/memory/key_lines.hpp"

namespace errand::memory {

void KeyLines::enter(Record& record) {
    if (record.turn == Turn::none) return;
    Line& line = lines_[{record.job.queue, record.job.key}];
    if (record.turn == Turn::held) line.holders.insert(&record);
    if (record.turn == Turn::blocked) line.blocked.insert(&record);
}

void KeyLines::leave(Record& record) {
    if (record.turn == Turn::none) return;
    const auto found = lines_.find(Name{record.job.queue, record.job.key});
    Line& line = found->second;
    if (record.turn == Turn::held) line.holders.erase(&record);
    if (record.turn == Turn::blocked) line.blocked.erase(&record);
    if (line.holders.empty() && line.blocked.empty()) lines_.erase(found);
}

const KeyLines::Line* KeyLines::find(std::string_view queue, std::string_view key) const {
    const auto found = lines_.find(std::tuple{queue, key});
    return found == lines_.end() ? nullptr : &found->second;
}

}  // namespace errand::memory
