#pragma once

#include "support/temp_dir.hpp"

#include <sqlite3.h>

#include <memory>
#include <string>

namespace errand::test {

/// A caller's own connection to a database file.
class UserConnection {
public:
    explicit UserConnection(const std::string& path) {
        sqlite3* db = nullptr;
        sqlite3_open(path.c_str(), &db);
        db_.reset(db);
        sqlite3_busy_timeout(db, 10'000);
    }
    [[nodiscard]] sqlite3* get() const noexcept { return db_.get(); }
    /// SQLite's result code.
    int execute(const std::string& sql) const {
        return sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr);
    }

private:
    struct Closer {
        void operator()(sqlite3* db) const noexcept { sqlite3_close_v2(db); }
    };
    std::unique_ptr<sqlite3, Closer> db_;
};

}  // namespace errand::test
