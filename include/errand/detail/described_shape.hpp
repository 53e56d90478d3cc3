#pragma once

#include <errand/error.hpp>

#include <boost/describe.hpp>
#include <boost/json.hpp>
#include <boost/mp11/algorithm.hpp>

#include <optional>
#include <string>
#include <type_traits>
#include <utility>

// Boost.JSON wants an object to have exactly the members of its described struct, optional ones
// included. Jobs outlive the program that made them, so theirs may lack what is optional and hold
// what is not known here; this brings them into the shape that Boost.JSON wants.

namespace errand::detail {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

/// The type reads JSON in a way of its own, which is none of our business.
template <class T>
concept HasOwnConversion = requires(const boost::json::value& json) {
    tag_invoke(boost::json::value_to_tag<T>{}, json);
} || requires(const boost::json::value& json) {
    tag_invoke(boost::json::try_value_to_tag<T>{}, json);
};

template <class T>
void fit_shape(boost::json::value& json);

/// Moves the members that T knows into a new object and adds null for the optional ones that lack.
template <class T>
void fit_members(boost::json::object& object) {
    constexpr auto all_public = boost::describe::mod_public | boost::describe::mod_inherited;
    using Members = boost::describe::describe_members<T, all_public>;
    boost::json::object known{object.storage()};
    boost::mp11::mp_for_each<Members>([&](auto member) {
        using Member = std::remove_cvref_t<decltype(std::declval<T&>().*member.pointer)>;
        if (auto* found = object.if_contains(member.name)) {
            fit_shape<Member>(*found);
            known.emplace(member.name, std::move(*found));
        } else if constexpr (is_optional<Member>) {
            known.emplace(member.name, nullptr);
        } else {
            throw Error(ErrorCode::invalid_argument,
                        "JSON does not fit the expected type: member \"" +
                            std::string{member.name} + "\" is missing");
        }
    });
    object = std::move(known);
}

/// Applies fit_members() wherever a described struct is to be read within a T. What has another
/// kind than T expects is left alone: the conversion itself reports it.
template <class T>
void fit_shape(boost::json::value& json) {
    if constexpr (is_optional<T>) {
        if (!json.is_null()) fit_shape<typename T::value_type>(json);
    } else if constexpr (HasOwnConversion<T>) {
        return;
    } else if constexpr (boost::json::is_described_class<T>::value) {
        if (auto* object = json.if_object()) fit_members<T>(*object);
    } else if constexpr (requires { typename T::mapped_type; }) {
        if (auto* object = json.if_object()) {
            for (auto& member : *object)
                fit_shape<typename T::mapped_type>(member.value());
        }
    } else if constexpr (requires(T& t) {
                             typename T::value_type;
                             t.begin();
                         }) {
        if (auto* array = json.if_array()) {
            for (auto& element : *array)
                fit_shape<typename T::value_type>(element);
        }
    }
}

}  // namespace errand::detail
