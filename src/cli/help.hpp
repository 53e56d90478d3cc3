#pragma once

#include "cli/command.hpp"

#include <string>

namespace errand::cli {

/// The help texts' layout: CLI11's, with wrapped descriptions.
class HelpFormatter : public CLI::Formatter {
public:
    HelpFormatter();
    std::string make_usage(const CLI::App* app, std::string name) const override;
    /// The command's own options first, the common ones after them.
    std::string make_help(const CLI::App* app, std::string name,
                          CLI::AppFormatMode mode) const override;
    std::string make_option(const CLI::Option* option, bool is_positional) const override;
    std::string make_subcommand(const CLI::App* command) const override;
};

/// Summary, then details.
[[nodiscard]] std::string description_of(const CommandText& text);
/// The examples, each with its effect.
[[nodiscard]] std::string footer_of(const CommandText& text);
/// Exit codes, environment and files: the end of `errand --help`.
[[nodiscard]] std::string program_footer();

/// `text` in lines of at most `width` characters, all but the first indented. Line breaks are kept.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t width, std::size_t indent);

}  // namespace errand::cli
