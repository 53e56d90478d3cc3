#pragma once

#include <errand/error.hpp>

#include <gtest/gtest.h>

#include <string>

namespace errand::cli::test {

/// The text of the Error that `action` throws; fails the test when it throws none.
template <class Action>
std::string error_of(Action action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    ADD_FAILURE() << "no error was thrown";
    return {};
}

}  // namespace errand::cli::test
