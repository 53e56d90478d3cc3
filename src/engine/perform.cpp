#include "engine/perform.hpp"

#include <errand/error.hpp>

#include <cxxabi.h>

#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <typeinfo>

namespace errand::engine {
namespace {

std::string demangled(const char* name) {
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> text{
        abi::__cxa_demangle(name, nullptr, nullptr, &status), &std::free};
    return status == 0 && text ? text.get() : name;
}

}  // namespace

Outcome perform(const Worker::RawHandler& handler, Context& context) {
    try {
        return handler(context);
    } catch (const Error& error) {
        return Outcome::fail(error.what(), "errand::Error " + std::string{to_string(error.code())});
    } catch (const std::exception& error) {
        return Outcome::fail(error.what(), demangled(typeid(error).name()));
    } catch (...) {
        return Outcome::fail("unknown exception", "unknown");
    }
}

}  // namespace errand::engine
