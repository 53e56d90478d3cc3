#include "demo/job.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <iterator>

namespace demo {

std::string read_args() {
    return {std::istreambuf_iterator<char>{std::cin}, std::istreambuf_iterator<char>{}};
}

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    if (!value || !*value) {
        throw std::runtime_error(std::string{name} + " is not set in the environment");
    }
    return value;
}

std::uint32_t attempt() {
    return static_cast<std::uint32_t>(std::stoul(environment("ERRAND_ATTEMPT")));
}

void report_progress(std::size_t current, std::size_t total, std::string_view message) {
    std::cout << "::progress " << current << '/' << total << ' ' << message << std::endl;
}

void report_discard(std::string_view reason) {
    std::string line{reason};
    std::ranges::replace(line, '\n', ' ');
    std::cout << "::discard " << line << std::endl;
}

void report_result_json(std::string_view json) {
    std::cout << "::result " << json << std::endl;
}

}  // namespace demo
