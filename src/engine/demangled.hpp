#pragma once

#include <cxxabi.h>

#include <cstdlib>
#include <memory>
#include <string>

namespace errand::engine {

/// The C++ name that `name` stands for; itself when it is none.
[[nodiscard]] inline std::string demangled(const char* name) {
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> text{
        abi::__cxa_demangle(name, nullptr, nullptr, &status), &std::free};
    return status == 0 && text ? text.get() : name;
}

}  // namespace errand::engine
