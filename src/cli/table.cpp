#include "cli/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace errand::cli {
namespace {

constexpr std::size_t gap = 2;

/// One line: cells padded to their columns, the last one cut to what is left of `width`.
std::string line_of(const std::vector<Table::Cell>& cells,
                    const std::vector<Table::Column>& columns,
                    const std::vector<std::size_t>& widths, std::size_t width, bool colour) {
    std::string line;
    std::size_t used = 0;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const bool last = i + 1 == cells.size();
        std::string text = one_line(cells[i].text);
        if (last && width > used) text = shortened(text, width - used);
        const std::size_t padding = widths[i] - std::min(widths[i], display_width(text));
        const std::string shown = painted(text, cells[i].colour, colour && !text.empty());
        if (columns[i].align_right) {
            line += std::string(padding, ' ') + shown;
        } else {
            line += last ? shown : shown + std::string(padding, ' ');
        }
        if (!last) line += std::string(gap, ' ');
        used += widths[i] + gap;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

}  // namespace

void Table::add_row(std::vector<Cell> cells) {
    assert(cells.size() == columns_.size());
    rows_.push_back(std::move(cells));
}

std::vector<std::size_t> Table::widths() const {
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        std::size_t width = display_width(columns_[i].heading);
        for (const auto& row : rows_) {
            width = std::max(width, display_width(one_line(row[i].text)));
        }
        widths.push_back(width);
    }
    return widths;
}

std::string Table::text(std::size_t width, bool colour) const {
    const auto column_widths = widths();
    std::vector<Cell> headings;
    for (const auto& column : columns_)
        headings.emplace_back(column.heading, Colour::dim);
    std::string result = line_of(headings, columns_, column_widths, width, colour);
    for (const auto& row : rows_)
        result += line_of(row, columns_, column_widths, width, colour);
    return result;
}

void Table::print() const {
    const std::size_t width = is_terminal(stdout) ? terminal_width(stdout) : 0;
    fmt::print("{}", text(width, shows_colour(stdout)));
}

}  // namespace errand::cli
