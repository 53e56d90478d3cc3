#include "store/sqlite/unique_keys.hpp"

#include "store/sqlite/flags.hpp"
#include "store/sqlite/lease_row.hpp"
#include "store/sqlite/sql.hpp"

#include "core/unique.hpp"

#include <utility>
#include <vector>

namespace errand::sqlite {

namespace {

constexpr auto holder_of = sql_named(sql::unique_sql, "holder_of");
constexpr auto hold_unique = sql_named(sql::unique_sql, "hold_unique");
constexpr auto release_unique = sql_named(sql::unique_sql, "release_unique");
constexpr auto unique_key_of_job = sql_named(sql::unique_sql, "unique_key_of");
constexpr auto count_one_suppressed = sql_named(sql::unique_sql, "count_suppressed");
constexpr auto add_to_ever = sql_named(sql::unique_sql, "add_to_suppressed_ever");
constexpr auto read_ever = sql_named(sql::unique_sql, "suppressed_ever");
constexpr auto forget_of_removed = sql_named(sql::unique_sql, "forget_suppressed_of_removed");
constexpr auto forget_of_gone = sql_named(sql::unique_sql, "forget_suppressed_of_gone");
constexpr auto any_expired = sql_named(sql::unique_sql, "any_expired_hold");
constexpr auto expired_holds = sql_named(sql::unique_sql, "expired_holds");
constexpr auto remove_hold = sql_named(sql::unique_sql, "remove_hold");

std::int64_t flags_of(UniqueFor hold) {
    switch (hold) {
        case UniqueFor::unfinished:
            return flag_unique | flag_holds_unfinished;
        case UniqueFor::waiting:
            return flag_unique | flag_holds_waiting;
        case UniqueFor::period:
            return flag_unique;
    }
    return flag_unique;
}

}  // namespace

std::optional<UniqueKeys::Hold> UniqueKeys::find(std::string_view key) {
    Hold hold{};
    {
        auto rows = writer_.statement(holder_of).query(key);
        if (!rows.next()) return std::nullopt;
        hold = {rows.int64(0), rows.job_id(1)};
        const auto until = time_in(rows, 2);
        if (!until || *until > now_) return hold;
    }
    writer_.statement(remove_hold).run(key);
    writer_.statement(forget_of_gone).run(hold.n);
    return std::nullopt;
}

std::int64_t UniqueKeys::hold(std::string_view key, const UniquePolicy& policy,
                              const Hold& holder) {
    std::optional<Timestamp> until;
    if (policy.hold == UniqueFor::period) until = now_ + policy.period;
    writer_.statement(hold_unique).run(key, holder.n, holder.id, until);
    return flags_of(policy.hold);
}

std::optional<std::int64_t> UniqueKeys::hold_again(std::int64_t n) {
    std::string key;
    UniquePolicy policy;
    Hold holder{n, {}};
    {
        auto rows = writer_.statement(unique_key_of_job).query(n);
        if (!rows.next()) return 0;
        key = rows.string(0);
        policy = core::read_policy(rows.text(1));
        holder.id = rows.job_id(2);
    }
    // A period counts from the enqueue, so there is nothing to take again.
    if (key.empty() || policy.hold == UniqueFor::period) return 0;
    if (find(key)) return std::nullopt;
    return hold(key, policy, holder);
}

void UniqueKeys::release(std::int64_t n) {
    writer_.statement(release_unique).run(n);
}

void UniqueKeys::count_suppressed(std::string_view key, const Hold& hold) {
    writer_.statement(count_one_suppressed).run(hold.n, hold.id, key, now_);
}

void UniqueKeys::forget(std::int64_t n) {
    writer_.statement(forget_of_removed).run(n);
}

void UniqueKeys::forget_expired(std::uint32_t max) {
    std::vector<std::pair<std::string, std::int64_t>> expired;
    for (auto rows = writer_.statement(expired_holds).query(now_, max); rows.next();) {
        expired.emplace_back(rows.string(0), rows.int64(1));
    }
    for (const auto& [key, n] : expired) {
        writer_.statement(remove_hold).run(key);
        writer_.statement(forget_of_gone).run(n);
    }
}

void add_to_suppressed_ever(Connection& writer, std::uint64_t count) {
    if (count != 0) writer.statement(add_to_ever).run(count);
}

std::uint64_t suppressed_ever(Connection& reader) {
    auto rows = reader.statement(read_ever).query();
    return rows.next() ? static_cast<std::uint64_t>(std::max(rows.int64(0), std::int64_t{0})) : 0;
}

bool any_expired_hold(Connection& reader, Timestamp now) {
    return reader.statement(any_expired).query(now).next();
}

}  // namespace errand::sqlite
