#include "store/sqlite/lanes.hpp"

#include "store/sqlite/sql.hpp"

#include "core/labels.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <cassert>

namespace errand::sqlite {

namespace {

constexpr auto max_lane = sql_named(sql::insert_sql, "max_lane");
constexpr auto lanes_after = sql_named(sql::insert_sql, "lanes_after");
constexpr auto find_lane = sql_named(sql::insert_sql, "find_lane");
constexpr auto lane_by_number = sql_named(sql::insert_sql, "lane_by_number");
constexpr auto add_lane = sql_named(sql::insert_sql, "add_lane");

}  // namespace

void LaneTable::refresh(Connection& reader) {
    const std::lock_guard lock{mutex_};
    {
        auto newest = reader.statement(max_lane).query();
        if (!newest.next() || newest.int64(0) <= newest_) return;
    }
    for (auto rows = reader.statement(lanes_after).query(newest_); rows.next();) {
        const auto lane = rows.int64(0);
        by_queue_[rows.string(1)][rows.string(2)][rows.string(3)].emplace(rows.string(4), lane);
        by_number_.emplace(
            lane, Lane{lane, rows.string(1), rows.string(2), rows.string(3), rows.string(4)});
        newest_ = lane;  // last: what throws above is learned the next time
    }
}

std::int64_t LaneTable::find(std::string_view queue, std::string_view type, std::string_view key,
                             std::string_view needs) const {
    const std::lock_guard lock{mutex_};
    const auto types = by_queue_.find(queue);
    if (types == by_queue_.end()) return 0;
    const auto keys = types->second.find(type);
    if (keys == types->second.end()) return 0;
    const auto lanes = keys->second.find(key);
    if (lanes == keys->second.end()) return 0;
    const auto lane = lanes->second.find(needs);
    return lane == lanes->second.end() ? 0 : lane->second;
}

Lane LaneTable::at(std::int64_t number, Connection& connection) const {
    {
        const std::lock_guard lock{mutex_};
        const auto lane = by_number_.find(number);
        if (lane != by_number_.end()) return lane->second;
    }
    auto rows = connection.statement(lane_by_number).query(number);
    if (!rows.next()) {
        throw Error(ErrorCode::store_corrupt,
                    fmt::format("sqlite: a job stands in lane {}, which does not exist; run "
                                "`errand store check`, restore the file from a backup",
                                number));
    }
    return {number, rows.string(0), rows.string(1), rows.string(2), rows.string(3)};
}

std::vector<Lane> LaneTable::lanes_of(std::string_view queue, const std::vector<std::string>& types,
                                      const std::vector<std::string>& labels) const {
    const std::lock_guard lock{mutex_};
    std::vector<Lane> lanes;
    const auto known = by_queue_.find(queue);
    if (known == by_queue_.end()) return lanes;
    for (const auto& type : types) {
        const auto keys = known->second.find(type);
        if (keys == known->second.end()) continue;
        for (const auto& [key, by_needs] : keys->second) {
            for (const auto& [needs, lane] : by_needs) {
                if (!core::has_all(labels, core::read_labels(needs))) continue;
                lanes.push_back({lane, known->first, type, key, needs});
            }
        }
    }
    return lanes;
}

std::int64_t lane_in_transaction(Connection& writer, std::string_view queue, std::string_view type,
                                 std::string_view key, std::string_view needs) {
    {
        auto rows = writer.statement(find_lane).query(queue, type, key, needs);
        if (rows.next()) return rows.int64(0);
    }
    auto rows = writer.statement(add_lane).query(queue, type, key, needs);
    [[maybe_unused]] const bool added = rows.next();
    assert(added);
    const auto lane = rows.int64(0);
    while (rows.next()) {
    }
    return lane;
}

}  // namespace errand::sqlite
