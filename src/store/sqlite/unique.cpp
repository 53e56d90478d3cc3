#include "store/sqlite/sql.hpp"
#include "store/sqlite/store_impl.hpp"

#include "store/checks.hpp"

#include <algorithm>

namespace errand::sqlite {

std::vector<SuppressedView> SqliteStore::suppressed(std::uint32_t max) {
    constexpr auto newest_suppressed = sql_named(sql::unique_sql, "newest_suppressed");
    store::check_page_limit(max);
    std::vector<SuppressedView> views;
    auto reader = database_.read();
    for (auto rows = reader->statement(newest_suppressed).query(max); rows.next();) {
        const auto count = std::max(rows.int64(2), std::int64_t{0});
        views.push_back(
            {rows.job_id(0), rows.string(1), static_cast<std::uint64_t>(count), rows.time(3)});
    }
    return views;
}

}  // namespace errand::sqlite
