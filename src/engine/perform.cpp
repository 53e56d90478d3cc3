#include "engine/perform.hpp"

#include "engine/demangled.hpp"

#include <errand/error.hpp>
#include <errand/performer.hpp>

#include <exception>
#include <string>
#include <typeinfo>

namespace errand::engine {

Outcome perform(const Worker::RawHandler& handler, Context& context) {
    try {
        return handler(context);
    } catch (...) {
        return outcome_of_current_exception();
    }
}

}  // namespace errand::engine

namespace errand {

Outcome outcome_of_current_exception() {
    try {
        throw;
    } catch (const Parked& parked) {
        return parked.outcome();
    } catch (const Error& error) {
        return Outcome::fail(error.what(), "errand::Error " + std::string{to_string(error.code())});
    } catch (const std::exception& error) {
        return Outcome::fail(error.what(), engine::demangled(typeid(error).name()));
    } catch (...) {
        return Outcome::fail("unknown exception", "unknown");
    }
}

}  // namespace errand
