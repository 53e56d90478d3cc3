#pragma once

#include <errand/codec.hpp>
#include <errand/error.hpp>

#include <boost/json.hpp>

#include <string>
#include <string_view>

namespace errand {

/// Boost.JSON in both directions: numbers, strings, containers, optionals, described structs and enums.
/// Unknown members of an object are ignored, missing ones are errors unless they are optional.
template <class T>
    requires(boost::json::has_value_from<T>::value && boost::json::has_value_to<T>::value)
struct Codec<T> {
    [[nodiscard]] static std::string encode(const T& value) {
        return boost::json::serialize(boost::json::value_from(value));
    }
    [[nodiscard]] static T decode(std::string_view json) {
        boost::system::error_code error;
        const auto value = boost::json::parse({json.data(), json.size()}, error);
        if (error) throw Error(ErrorCode::invalid_argument, "not valid JSON: " + error.message());
        auto result = boost::json::try_value_to<T>(value);
        if (!result) {
            throw Error(ErrorCode::invalid_argument,
                        "JSON does not fit the expected type: " + result.error().message());
        }
        return std::move(*result);
    }
};

}  // namespace errand
