#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace errand {

/// How a C++ type becomes JSON and comes back; specialise it for your own JSON library. The
/// members:
///   static std::string encode(const T& value);      one JSON value as text
///   static T decode(std::string_view json);         throws Error (invalid_argument) naming the
///   field
/// <errand/boost_json.hpp> does it for every type that Boost.JSON can convert, which includes all
/// types described with Boost.Describe.
template <class T>
struct Codec;

template <class T>
concept Encodable = requires(const T& value, std::string_view json) {
    { Codec<T>::encode(value) } -> std::convertible_to<std::string>;
    { Codec<T>::decode(json) } -> std::convertible_to<T>;
};

/// The arguments of one type of job: a struct with `static constexpr std::string_view job_type`.
/// It travels as the only element of the args array. Optional members that set defaults for its
/// jobs:
///   static constexpr RetryPolicy retry          (a wrong one does not compile)
///   static constexpr std::uint32_t max_attempts
///   static constexpr Duration timeout
template <class T>
concept JobArgs = Encodable<T> && requires {
    { T::job_type } -> std::convertible_to<std::string_view>;
};

/// The only element of a JSON array, as text; throws Error (invalid_argument) for other shapes.
[[nodiscard]] std::string_view only_element(std::string_view json_array);

}  // namespace errand
