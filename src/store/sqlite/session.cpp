#include "store/sqlite/sql.hpp"
#include "store/sqlite/store_impl.hpp"
#include "store/sqlite/string_list.hpp"
#include "store/sqlite/worker_events.hpp"
#include "store/sqlite/worker_file.hpp"

#include "base/failpoint.hpp"
#include "store/checks.hpp"

#include <errand/error.hpp>

#include <exception>
#include <string>
#include <string_view>

#include <dirent.h>

namespace errand::sqlite {

namespace {

constexpr auto add_worker = sql_named(sql::lease_sql, "add_worker");
constexpr auto worker_left = sql_named(sql::lease_sql, "worker_left");
constexpr auto present_workers = sql_named(sql::lease_sql, "present_workers");
constexpr std::string_view file_prefix = "worker-";

class SqliteSession final : public WorkerSession {
public:
    SqliteSession(std::shared_ptr<Store> store, Database& database, WorkerId id,
                  std::unique_ptr<WorkerFile> file)
        : store_(std::move(store)), database_(database), id_(id), file_(std::move(file)) {}

    [[nodiscard]] WorkerId id() const noexcept override { return id_; }

    void mark(std::uint32_t slot, const LeaseRef& lease, RunMark mark) noexcept override {
        file_->mark(slot, lease.row, lease.lease_seq, mark);
    }

    void retire() override {
        base::failpoint("retire.before_begin");
        database_.write([&] {
            base::failpoint("retire.after_begin");
            const auto left = database_.writer().statement(worker_left).run(id_, database_.now());
            if (left != 0)
                note_worker(database_, EventKind::worker_left, static_cast<std::int64_t>(id_));
            base::failpoint("retire.before_commit");
        });
        base::failpoint("retire.after_commit");
        file_->remove();
    }

private:
    std::shared_ptr<Store> store_;  // keeps database_ alive
    Database& database_;
    WorkerId id_;
    std::unique_ptr<WorkerFile> file_;
};

bool is_present(Database& database, std::string_view file) {
    auto reader = database.read();
    for (auto rows = reader->statement(present_workers).query(); rows.next();) {
        if (rows.string(8) == file) return true;
    }
    return false;
}

struct CloseFolder {
    void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};

/// Every worker that starts clears away what earlier ones left that died while they joined or left.
/// std::filesystem would end the process when it runs out of memory here.
void remove_stray_files(Database& database) noexcept {
    try {
        const std::unique_ptr<DIR, CloseFolder> folder{::opendir(database.run_file("").c_str())};
        if (!folder) return;
        while (const auto* entry = ::readdir(folder.get())) {
            const std::string name{static_cast<const char*>(entry->d_name)};
            if (!name.starts_with(file_prefix)) continue;
            remove_stray(database.run_file(name), [&] {
                try {
                    return is_present(database, name);
                } catch (const std::exception&) {
                    return true;
                }
            });
        }
    } catch (const std::exception&) {
        return;  // the next worker that starts looks again
    }
}

}  // namespace

std::unique_ptr<WorkerSession> SqliteStore::join(const WorkerInfo& info) {
    constexpr std::uint32_t most_leases = 65'536;
    if (info.max_leases == 0 || info.max_leases > most_leases) {
        throw Error(ErrorCode::invalid_argument, "max_leases must lie between 1 and 65536");
    }
    // The lock is held before anybody can learn of the worker: it never looks dead by mistake.
    const auto name = std::string{file_prefix} + to_string(new_job_id());
    auto file = std::make_unique<WorkerFile>(database_.run_file(name), info.max_leases);
    std::int64_t id = 0;
    try {
        base::failpoint("join.before_begin");
        const auto types = list_text(info.types);
        const auto labels = list_text(info.labels);
        database_.write([&] {
            base::failpoint("join.after_begin");
            auto rows = database_.writer()
                            .statement(add_worker)
                            .query(info.name, info.host, info.pid, info.queues, info.slots,
                                   info.max_leases, now(), name, types, labels);
            while (rows.next())
                id = rows.int64(0);
            note_worker(database_, EventKind::worker_joined, id);
            base::failpoint("join.before_commit");
        });
    } catch (...) {
        file->remove();
        throw;
    }
    base::failpoint("join.after_commit");
    remove_stray_files(database_);
    return std::make_unique<SqliteSession>(shared_from_this(), database_, WorkerId{id},
                                           std::move(file));
}

}  // namespace errand::sqlite
