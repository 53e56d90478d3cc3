#include "cli/help.hpp"

#include "cli/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace errand::cli {
namespace {

constexpr std::size_t page_width = 78;
constexpr std::size_t name_width = 26;

/// "  name      description", the description wrapped in its own column.
std::string entry(const std::string& name, const std::string& description) {
    const std::string head = "  " + name;
    const bool fits = display_width(head) + 2 <= name_width;
    const std::string start = fits ? head + std::string(name_width - display_width(head), ' ')
                                   : head + "\n" + std::string(name_width, ' ');
    return start + wrapped(description, page_width - name_width, name_width) + "\n";
}

}  // namespace

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
    std::string result;
    std::size_t column = 0;
    const auto new_line = [&] {
        result += "\n" + std::string(indent, ' ');
        column = 0;
    };
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
        const std::string_view word = text.substr(0, end);
        const std::size_t needed = display_width(word) + (column > 0 ? 1 : 0);
        if (column > 0 && column + needed > width) new_line();
        if (column > 0) result += ' ';
        column += display_width(word) + (column > 0 ? 1 : 0);
        result += word;
        if (end < text.size() && text[end] == '\n') new_line();
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return result;
}

HelpFormatter::HelpFormatter() {
    label("Positionals", "Arguments");
    label("OPTIONS", "options");
    label("SUBCOMMAND", "COMMAND");
    label("SUBCOMMANDS", "COMMAND");
}

std::string HelpFormatter::make_usage(const CLI::App* app, std::string name) const {
    // CLI11 hands over only the parents' names or the program's path; people type "errand NAME".
    std::string path = app->get_name();
    for (const CLI::App* up = app->get_parent(); up != nullptr; up = up->get_parent()) {
        path = up->get_name() + " " + path;
    }
    (void)name;
    return "\n" + CLI::Formatter::make_usage(app, path);
}

std::string HelpFormatter::make_help(const CLI::App* app, std::string name,
                                     CLI::AppFormatMode mode) const {
    auto groups = app->get_groups();
    std::stable_partition(groups.begin(), groups.end(),
                          [](const std::string& group) { return group != group_common; });
    std::string text =
        make_description(app) + make_usage(app, std::move(name)) + make_positionals(app);
    for (const std::string& group : groups) {
        const auto options = app->get_options([&group](const CLI::Option* option) {
            return option->get_group() == group && option->nonpositional();
        });
        if (!group.empty() && !options.empty()) text += make_group(group, false, options);
    }
    return text + make_subcommands(app, mode) + "\n" + make_footer(app);
}

std::string HelpFormatter::make_option(const CLI::Option* option, bool is_positional) const {
    std::string name = make_option_name(option, is_positional);
    if (!is_positional && option->get_items_expected_max() > 0)
        name += " " + option->get_type_name();
    return entry(name, option->get_description());
}

std::string HelpFormatter::make_subcommand(const CLI::App* command) const {
    const std::string description = command->get_description();
    return entry(command->get_name(), description.substr(0, description.find('\n')));
}

std::string description_of(const CommandText& text) {
    if (text.details.empty()) return text.summary;
    return text.summary + "\n\n" + wrapped(text.details, page_width, 0);
}

std::string footer_of(const CommandText& text) {
    if (text.examples.empty()) return {};
    std::string footer = "Examples:";
    for (const auto& example : text.examples) {
        footer += fmt::format("\n  errand {}\n      {}", example.command, example.effect);
    }
    return footer;
}

std::string program_footer() {
    return R"(Exit codes:
  0  done                          3  the wait timed out
  1  the job or the check failed   4  store unavailable
  2  bad usage or input

Environment:
  ERRAND_STORE    store URL, where --store is not given
  ERRAND_CONFIG   configuration file, where --config is not given
  NO_COLOR        no colours

Files:
  errand.toml     configuration in the working directory
  errand.db       the store where nothing else is said: sqlite:errand.db

Examples:
  errand enqueue errand.echo '["hello"]'
      Enqueues a job and prints its id.
  errand up
      Performs jobs, with health and metrics on http://127.0.0.1:7420.
  errand COMMAND --help
      Tells everything about one command.)";
}

}  // namespace errand::cli
