#include "store/sqlite/boot.hpp"

#include "store/sqlite/rules.hpp"
#include "store/sqlite/sql.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace errand::sqlite {

namespace {

constexpr auto last_boot = sql_named(sql::lease_sql, "last_boot");
constexpr auto all_limits = sql_named(sql::turn_sql, "all_limits");
constexpr auto note_taken = sql_named(sql::claim_sql, "note_taken");
constexpr auto set_boot = sql_named(sql::lease_sql, "set_boot");
constexpr auto skip_ready_lease = sql_named(sql::lease_sql, "skip_ready_lease");
constexpr auto skip_waiting_lease = sql_named(sql::lease_sql, "skip_waiting_lease");
constexpr auto skip_blocked_lease = sql_named(sql::lease_sql, "skip_blocked_lease");
constexpr auto skip_active_lease = sql_named(sql::lease_sql, "skip_active_lease");

std::optional<std::int64_t> read_last_boot(Connection& connection) {
    auto rows = connection.statement(last_boot).query();
    return rows.next() ? std::optional{rows.int64(0)} : std::nullopt;
}

void skip_lease_numbers(Connection& connection) {
    connection.statement(skip_ready_lease).run();
    connection.statement(skip_waiting_lease).run();
    connection.statement(skip_blocked_lease).run();
    connection.statement(skip_active_lease).run();
}

/// How much of it was used may have been lost as well: each counts as used up.
void use_up_rates(Connection& connection, Timestamp now) {
    std::vector<Limit> limits;
    for (auto rows = connection.statement(all_limits).query(); rows.next();) {
        if (auto limit = limit_in(rows, 0)) limits.push_back(std::move(*limit));
    }
    for (const auto& limit : limits) {
        if (!limit.rate) continue;
        core::RateState taken;
        taken.take(*limit.rate, now, taken.available(*limit.rate, now));
        connection.statement(note_taken).run(to_string(limit.scope), taken.text());
    }
}

}  // namespace

// Without memory of its own: what cannot fail need not be told apart from a new boot.
std::int64_t boot_number() noexcept {
    const int fd = ::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    std::array<char, 64> text{};
    const auto length = ::read(fd, text.data(), text.size());
    ::close(fd);
    const auto* end = std::remove(text.data(), text.data() + std::max<ssize_t>(length, 0), '-');
    std::uint64_t number = 0;
    constexpr std::ptrdiff_t digits = 16;  // of 32, all random
    std::from_chars(text.data(), text.data() + std::min(end - text.data(), digits), number, 16);
    return static_cast<std::int64_t>(number);
}

void note_boot(Connection& connection, std::int64_t boot, Timestamp now) {
    if (read_last_boot(connection) == boot) return;
    connection.execute("BEGIN IMMEDIATE");
    try {
        // Another process may have been first.
        const auto last = read_last_boot(connection);
        if (last && *last != boot) {
            skip_lease_numbers(connection);
            use_up_rates(connection, now);
        }
        if (last != boot) connection.statement(set_boot).run(boot);
        connection.execute("COMMIT");
    } catch (...) {
        sqlite3_exec(connection.get(), "ROLLBACK", nullptr, nullptr, nullptr);
        throw;
    }
}

}  // namespace errand::sqlite
