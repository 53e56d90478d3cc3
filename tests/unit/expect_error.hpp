#pragma once

#include <errand/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace errand::test {

/// Runs `call` and gives the message of the Error it must throw: of `code`, and a single line.
template <class F>
std::string message_of_error(ErrorCode code, F call) {
    try {
        call();
    } catch (const Error& error) {
        const std::string message = error.what();
        EXPECT_EQ(to_string(error.code()), to_string(code)) << message;
        EXPECT_EQ(message.find('\n'), message.npos) << message;
        return message;
    }
    ADD_FAILURE() << "no Error was thrown";
    return {};
}

template <class F>
std::string message_of_refusal(F call) {
    return message_of_error(ErrorCode::invalid_argument, call);
}

}  // namespace errand::test
