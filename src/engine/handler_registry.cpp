#include "engine/handler_registry.hpp"

#include "base/text.hpp"

#include <errand/error.hpp>

#include <algorithm>
#include <utility>

namespace errand::engine {

void HandlerRegistry::add(std::string_view type, Handler handler) {
    if (!handler.perform && !handler.performer) {
        throw Error(ErrorCode::invalid_argument, "handler of " + base::quote_for_message(type) +
                                                     ": it is empty; give a function");
    }
    const auto performer = handler.performer;
    if (!handlers_.try_emplace(std::string{type}, std::move(handler)).second) {
        throw Error(ErrorCode::conflict, "type: " + base::quote_for_message(type) +
                                             " has a handler already; register each type once");
    }
    if (performer && std::ranges::find(performers_, performer) == performers_.end()) {
        performers_.push_back(performer);
    }
}

const Handler* HandlerRegistry::find(std::string_view type) const {
    const auto found = handlers_.find(type);
    return found == handlers_.end() ? nullptr : &found->second;
}

std::vector<std::string> HandlerRegistry::types() const {
    std::vector<std::string> types;
    types.reserve(handlers_.size());
    for (const auto& [type, handler] : handlers_)
        types.push_back(type);
    return types;
}

std::vector<std::string> HandlerRegistry::types_of(const Performer* performer) const {
    std::vector<std::string> types;
    for (const auto& [type, handler] : handlers_) {
        if (handler.performer.get() == performer) types.push_back(type);
    }
    return types;
}

}  // namespace errand::engine
