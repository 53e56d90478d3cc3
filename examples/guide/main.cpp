// Runs the C++ of the guide's pages: errand-guide

#include "guide/guide.hpp"
#include "support/tool.hpp"

#include <iostream>

int main() {
    // Isolated handlers come first: they are forked from a program without other threads.
    constexpr std::pair<const char*, void (*)(const guide::Store&)> pages[] = {
        {"isolated", guide::isolated},
        {"getting started", guide::getting_started},
        {"handlers", guide::handlers},
        {"schedules", guide::schedules},
        {"unique jobs", guide::unique_jobs},
        {"limits and order", guide::limits_and_order},
        {"steps", guide::steps},
        {"workflows", guide::workflows},
        {"kinds of handler", guide::kinds_of_handler},
        {"events", guide::events_and_mail},
        {"hooks", guide::hooks},
    };
    const example::Folder folder;
    std::filesystem::current_path(folder.path());
    for (const auto& [name, run] : pages) {
        try {
            run(errand::open_store("memory:"));
            std::cout << name << ": as told\n";
        } catch (const std::exception& error) {
            std::cout << name << ": NOT as told: " << error.what() << "\n";
            return 1;
        }
    }
}
