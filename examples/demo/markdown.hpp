#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace demo {

/// What stands under one heading, up to the next heading of any level.
struct Section {
    std::string
        heading;  ///< with those above it: "Guide › Retries › Policies"; empty before the first
    std::string text;  ///< without mark-up, line by line; code is kept
};

/// Splits a Markdown document at its ATX headings ("## Like this"); sections without text are left
/// out. Every text is acceptable.
[[nodiscard]] std::vector<Section> split_markdown(std::string_view document);

/// One line of Markdown as plain text: links and images become their texts; emphasis, code marks,
/// the bars of tables, list and quotation marks go.
[[nodiscard]] std::string plain_text(std::string_view line);

}  // namespace demo
