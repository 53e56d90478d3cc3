#include "store/sqlite/queue_table.hpp"

#include "store/sqlite/sql.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace errand::sqlite {

namespace {

constexpr auto queue_settings = sql_named(sql::turn_sql, "queue_settings");
constexpr auto all_queue_settings = sql_named(sql::turn_sql, "all_queue_settings");
constexpr auto set_queue = sql_named(sql::control_sql, "set_queue");

std::string weights_text(const std::map<std::string, std::uint32_t>& weights) {
    boost::json::object object;
    for (const auto& [key, weight] : weights)
        object[key] = weight;
    return boost::json::serialize(object);
}

/// What cannot be read any more counts as not there.
std::map<std::string, std::uint32_t> read_weights(std::string_view text) {
    std::map<std::string, std::uint32_t> weights;
    boost::system::error_code unreadable;
    const auto value = boost::json::parse(text, unreadable);
    if (unreadable || !value.is_object()) return weights;
    for (const auto& [key, weight] : value.get_object()) {
        if (!weight.is_int64()) continue;
        weights[std::string{key}] =
            static_cast<std::uint32_t>(std::clamp<std::int64_t>(weight.get_int64(), 1, 1'000));
    }
    return weights;
}

QueueRow row_of(const Statement::Rows& rows) {
    QueueRow row;
    const auto order = rows.int64(0);
    if (order == 1) row.settings.order = QueueOrder::lifo;
    if (order == 2) row.settings.order = QueueOrder::fair;
    row.settings.aging = rows.duration(1);
    row.settings.key_concurrency = static_cast<std::uint32_t>(rows.count(2));
    row.settings.key_weights = read_weights(rows.text(3));
    row.virtual_time = rows.int64(4);
    row.settings.max_age = rows.duration(5);
    return row;
}

}  // namespace

QueueRow read_queue(Connection& connection, std::string_view queue) {
    auto rows = connection.statement(queue_settings).query(queue);
    return rows.next() ? row_of(rows) : QueueRow{};
}

std::map<std::string, QueueSettings> read_all_queues(Connection& connection) {
    std::map<std::string, QueueSettings> queues;
    for (auto rows = connection.statement(all_queue_settings).query(); rows.next();) {
        auto settings = row_of(rows).settings;
        if (settings != QueueSettings{}) queues.emplace(rows.string(6), std::move(settings));
    }
    return queues;
}

void write_queue(Connection& writer, std::string_view queue, const QueueRow& row) {
    const auto& settings = row.settings;
    const auto weights = weights_text(settings.key_weights);
    writer.statement(set_queue).run(queue, settings.order, settings.aging, settings.key_concurrency,
                                    settings.max_age, weights, row.virtual_time);
}

}  // namespace errand::sqlite
