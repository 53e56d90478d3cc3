#pragma once

#include "support/manual_clock.hpp"
#include "support/temp_dir.hpp"

#include <errand/store/store.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;

namespace errand::fuzz {

/// A SQLite store with a few jobs in every state, a dead worker, an armed schedule "s" and a
/// workflow, of which copies are made and damaged.
class DamagedStore {
public:
    DamagedStore();

    /// The ids of its jobs.
    [[nodiscard]] const std::vector<JobId>& ids() const noexcept { return ids_; }
    [[nodiscard]] const WorkflowId& workflow() const noexcept { return workflow_; }

    /// A fresh copy with `damage` done to it, an hour later. Lines of `damage`:
    ///   TABLE.COLUMN=VALUE   in all rows of the table; no VALUE: NULL. What the schema refuses is
    ///                        left out.
    ///   worker_file=BYTES    the content of the dead worker's file
    /// Other lines are ignored. The copies share their place: close one before the next is opened.
    [[nodiscard]] std::shared_ptr<Store> open_copy(std::string_view damage);

private:
    struct Column {
        std::string name;  ///< TABLE.COLUMN
        std::string update;
        std::string type;
    };

    void fill();
    void subscribe(Store& store);
    void fill_schedule(Store& store);
    void fill_workflow(Store& store);
    void read_schema();
    void damage_row(sqlite3* db, std::string_view line) const;

    test::TempDir scratch_;
    test::ManualClock clock_;
    std::string original_, copy_;
    std::vector<JobId> ids_;
    WorkflowId workflow_;
    std::vector<Column> columns_;
    std::string worker_file_;
};

}  // namespace errand::fuzz
