#pragma once

#include <errand/codec.hpp>
#include <errand/detail/described_shape.hpp>
#include <errand/error.hpp>
#include <errand/limits.hpp>

#include <boost/describe.hpp>
#include <boost/json.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace errand {

/// Boost.JSON in both directions: numbers, strings, containers, optionals, described structs and
/// enums. Unknown members of an object are ignored, missing ones are errors unless they are
/// optional.
template <class T>
    requires(boost::json::has_value_from<T>::value && boost::json::has_value_to<T>::value)
struct Codec<T> {
    [[nodiscard]] static std::string encode(const T& value) {
        return boost::json::serialize(boost::json::value_from(value));
    }
    [[nodiscard]] static T decode(std::string_view json) {
        boost::system::error_code error;
        boost::json::parse_options options;
        options.max_depth = max_json_depth;
        auto value = boost::json::parse({json.data(), json.size()}, error, {}, options);
        if (error) throw Error(ErrorCode::invalid_argument, "not valid JSON: " + error.message());
        detail::fit_shape<T>(value);
        auto result = boost::json::try_value_to<T>(value);
        if (!result) {
            throw Error(ErrorCode::invalid_argument,
                        "JSON does not fit the expected type: " + result.error().message());
        }
        return std::move(*result);
    }
};

}  // namespace errand
