#pragma once

#include <errand/boost_json.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

// What a program says and hears as an exec handler: the args array on standard input, the job's
// particulars in the environment, "::" commands on standard output.

namespace demo {

/// Thrown by a handler for which no further attempt would help.
class Discard : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The array on standard input.
[[nodiscard]] std::string read_args();

/// The only argument as a T; throws Discard when it does not fit.
template <class T>
T read_argument() {
    try {
        return errand::Codec<T>::decode(errand::only_element(read_args()));
    } catch (const errand::Error& error) {
        throw Discard(error.what());
    }
}

/// Throws std::runtime_error naming the variable when it is not set.
[[nodiscard]] std::string environment(const char* name);

/// ERRAND_ATTEMPT: 1 for the first try.
[[nodiscard]] std::uint32_t attempt();

void report_progress(std::size_t current, std::size_t total, std::string_view message);
void report_discard(std::string_view reason);
void report_result_json(std::string_view json);

template <class T>
void report_result(const T& value) {
    report_result_json(errand::Codec<T>::encode(value));
}

}  // namespace demo
