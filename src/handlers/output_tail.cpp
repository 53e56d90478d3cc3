#include "handlers/output_tail.hpp"

namespace errand::handlers {
namespace {

bool continues_character(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

}  // namespace

void OutputTail::add_line(std::string_view line) {
    if (!text_.empty()) text_ += '\n';
    text_ += line;
    if (text_.size() <= max_bytes_) return;

    auto start = text_.size() - max_bytes_;
    const auto next_line = text_.find('\n', start - 1);
    if (next_line != std::string::npos) {
        start = next_line + 1;
    } else {
        while (start < text_.size() && continues_character(text_[start]))
            ++start;
    }
    text_.erase(0, start);
}

}  // namespace errand::handlers
