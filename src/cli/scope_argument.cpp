#include "cli/scope_argument.hpp"

#include "core/rate.hpp"

#include <pwd.h>
#include <unistd.h>
#include <array>
#include <string_view>

namespace errand::cli {

Scope parse_scope_argument(const std::string& text) {
    static constexpr std::array<std::string_view, 3> kinds{"queue:", "type:", "key:"};
    for (const auto kind : kinds) {
        if (text.starts_with(kind)) return Scope::parse(text);
    }
    if (text == "global") return Scope::global();
    auto scope = Scope::queue(text);
    core::validate(scope);
    return scope;
}

std::string login_name() {
    std::array<char, 1'024> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    ::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found);
    return found == nullptr ? "user " + std::to_string(::geteuid()) : std::string{found->pw_name};
}

}  // namespace errand::cli
