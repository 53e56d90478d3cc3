#pragma once

#include "cli/terminal.hpp"

#include <string>
#include <vector>

namespace errand::cli {

/// Rows of text in aligned columns under a heading. The last column takes what is left of the line
/// and is cut there; the others are never cut.
class Table {
public:
    struct Cell {
        Cell(const char* cell_text) : text(cell_text) {}
        Cell(std::string cell_text, Colour cell_colour = Colour::none)
            : text(std::move(cell_text)), colour(cell_colour) {}
        std::string text;
        Colour colour = Colour::none;
    };
    struct Column {
        std::string heading;
        bool align_right = false;
    };

    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

    /// As many cells as columns.
    void add_row(std::vector<Cell> cells);
    [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }
    /// `width` 0: nothing is cut.
    [[nodiscard]] std::string text(std::size_t width, bool colour) const;
    /// On stdout, cut to the terminal's width when it is one.
    void print() const;

private:
    [[nodiscard]] std::vector<std::size_t> widths() const;

    std::vector<Column> columns_;
    std::vector<std::vector<Cell>> rows_;
};

}  // namespace errand::cli
