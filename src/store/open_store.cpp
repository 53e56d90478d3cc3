#include "base/failpoint.hpp"
#include "base/text.hpp"
#include "store/memory/memory_store.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "store/url.hpp"

#include <errand/error.hpp>
#include <errand/store/store.hpp>

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>

// The only file that names concrete stores.

namespace errand {

namespace {

using Durability = sqlite::SqliteStoreOptions::Durability;

std::shared_ptr<Store> open_memory(const store::StoreUrl& url, const StoreOptions& options) {
    if (!url.path.empty()) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("a memory: store has no path, but {} was given: write memory:",
                                base::quote_for_message(url.path)));
    }
    store::check_options(url, {});
    return std::make_shared<memory::MemoryStore>(options);
}

/// "sqlite:PATH" and "sqlite:///PATH" are paths; "sqlite://HOST" is not, as a file has no host.
std::string file_path(const store::StoreUrl& url) {
    if (url.path.empty()) {
        throw Error(ErrorCode::invalid_argument,
                    "a sqlite: store has no path: write sqlite:PATH, for example sqlite:errand.db");
    }
    if (url.path == ":memory:") {
        throw Error(ErrorCode::invalid_argument,
                    "sqlite::memory: is not a file: write memory: for a store without one");
    }
    if (!url.path.starts_with("//")) return url.path;
    if (url.path.starts_with("///")) return url.path.substr(2);
    const std::string wanted = url.path.substr(2);
    throw Error(ErrorCode::invalid_argument,
                fmt::format("a sqlite: store has no host, but {} was given: write sqlite:{}",
                            base::quote_for_message(wanted), wanted));
}

Durability parse_durability(std::string_view text) {
    constexpr std::array<std::string_view, 2> known{"full", "process"};
    if (text == known[0]) return Durability::full;
    if (text == known[1]) return Durability::process;
    store::refuse_unknown("durability", text, known);
}

Duration parse_busy_timeout(std::string_view text) {
    try {
        return parse_duration(text);
    } catch (const Error& error) {
        throw Error(error.code(), fmt::format("busy_timeout: {}", error.what()));
    }
}

std::shared_ptr<Store> open_sqlite(const store::StoreUrl& url, const StoreOptions& options) {
    constexpr std::array<std::string_view, 2> known{"durability", "busy_timeout"};
    store::check_options(url, known);
    sqlite::SqliteStoreOptions sqlite_options;
    sqlite_options.path = file_path(url);
    sqlite_options.limits = options.limits;
    sqlite_options.clock = options.clock;
    for (const auto& [name, value] : url.query) {
        if (name == "durability") sqlite_options.durability = parse_durability(value);
        if (name == "busy_timeout") sqlite_options.busy_timeout = parse_busy_timeout(value);
    }
    return sqlite::open_sqlite_store(sqlite_options);
}

}  // namespace

std::shared_ptr<Store> open_store(std::string_view text, const StoreOptions& options) {
    base::check_failpoints();
    constexpr std::array<std::string_view, 2> schemes{"memory", "sqlite"};
    const store::StoreUrl url = store::parse_store_url(text);
    if (url.scheme == "memory") return open_memory(url, options);
    if (url.scheme == "sqlite") return open_sqlite(url, options);
    store::refuse_unknown("store scheme", url.scheme, schemes);
}

}  // namespace errand
