#include "store/sqlite/workflow_rows.hpp"

#include "core/job_text.hpp"
#include "store/sqlite/lease_row.hpp"
#include "store/sqlite/string_list.hpp"

#include <errand/error.hpp>

namespace errand::sqlite {

namespace {

std::optional<NewJob> callback_in(const Statement::Rows& rows, int column) {
    if (rows.is_null(column)) return std::nullopt;
    try {
        return core::read_new_job(rows.text(column));
    } catch (const Error&) {
        return std::nullopt;
    }
}

}  // namespace

WorkflowView read_workflow_view(const Statement::Rows& rows) {
    const auto count = [&](int column) { return static_cast<std::uint64_t>(rows.count(column)); };
    WorkflowView view;
    view.id = rows.job_id(1);
    view.name = rows.string(2);
    view.state = WorkflowState(rows.int64(3));
    view.cancel_requested = rows.int64(4) != 0;
    view.run = static_cast<std::uint32_t>(rows.count(5));
    view.created_at = rows.time(6);
    view.finished_at = time_in(rows, 7);
    view.counts = {count(8), count(9), count(10), count(11), count(12)};
    view.callbacks = callbacks_in(rows, 13);
    return view;
}

WorkflowCallbacks callbacks_in(const Statement::Rows& rows, int column) {
    return {callback_in(rows, column), callback_in(rows, column + 1),
            callback_in(rows, column + 2)};
}

std::string callback_text(const std::optional<NewJob>& job) {
    return job ? core::new_job_text(*job) : std::string{};
}

std::string after_text(const std::vector<Dependency>& after) {
    if (after.empty()) return {};
    std::vector<std::string> list;
    list.reserve(2 * after.size());
    for (const Dependency& dependency : after) {
        list.push_back(dependency.parent);
        list.emplace_back(to_string(dependency.on_failure));
    }
    return list_text(list);
}

std::vector<Dependency> read_after(std::string_view text) {
    std::vector<Dependency> after;
    if (text.empty()) return after;
    auto list = read_list(text);
    for (std::size_t i = 0; i + 1 < list.size(); i += 2) {
        const auto policy = parse_on_failure(list[i + 1]);
        if (policy) after.push_back({std::move(list[i]), *policy});
    }
    return after;
}

}  // namespace errand::sqlite
