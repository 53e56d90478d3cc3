#include "cli/completion.hpp"

#include <algorithm>

namespace errand::cli {
namespace {

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (true) {
        const std::size_t end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

OptionWords option_words(const CLI::Option& option) {
    OptionWords words;
    for (const auto& name : option.get_snames())
        words.names.push_back("-" + name);
    for (const auto& name : option.get_lnames())
        words.names.push_back("--" + name);
    if (option.get_positional()) words.names = {option.get_name(true, false)};
    words.description = first_line(option.get_description());
    words.takes_value = option.get_items_expected_max() > 0;
    words.repeatable = option.get_expected_max() > 1 ||
                       option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
    const std::string type = option.get_type_name();
    words.is_file = type == "FILE";
    if (words.takes_value && type.find('|') != std::string::npos) words.choices = split(type, '|');
    return words;
}

CommandWords command_words(const CLI::App& app, const std::vector<std::string>& path) {
    CommandWords words{path, first_line(app.get_description()), {}, {}, {}};
    for (const CLI::Option* option : app.get_options()) {
        if (option->get_group().empty()) continue;
        auto& list = option->get_positional() ? words.arguments : words.options;
        list.push_back(option_words(*option));
    }
    for (const CLI::App* command : app.get_subcommands({})) {
        auto deeper = path;
        deeper.push_back(command->get_name());
        words.commands.push_back(command_words(*command, deeper));
    }
    return words;
}

}  // namespace

CommandWords completion_words(const CLI::App& app) {
    return command_words(app, {});
}

}  // namespace errand::cli
