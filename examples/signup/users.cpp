#include "signup/users.hpp"

#include <sqlite3.h>

#include <stdexcept>

namespace {

constexpr int patience_ms = 10'000;  // workers write to the same file

}  // namespace

void Users::Close::operator()(sqlite3* db) const noexcept {
    sqlite3_close(db);
}

Users::Users(const std::string& file) {
    sqlite3* db = nullptr;
    const int opened = sqlite3_open(file.c_str(), &db);
    db_.reset(db);
    if (opened != SQLITE_OK) throw std::runtime_error{file + ": " + sqlite3_errmsg(db)};
    sqlite3_busy_timeout(db, patience_ms);
    execute("create table if not exists user (address text primary key) strict");
}

void Users::add(const std::string& address) {
    (void)ask("insert into user values (?1) returning 1", address);
}

bool Users::has(const std::string& address) const {
    return ask("select count(*) from user where address = ?1", address) > 0;
}

std::int64_t Users::count() const {
    return ask("select count(*) from user");
}

void Users::execute(const char* sql) const {
    if (sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
        throw std::runtime_error{sqlite3_errmsg(db_.get())};
    }
}

std::int64_t Users::ask(const char* sql, const std::string& address) const {
    sqlite3_stmt* prepared = nullptr;
    sqlite3_prepare_v2(db_.get(), sql, -1, &prepared, nullptr);
    const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement{prepared,
                                                                               &sqlite3_finalize};
    if (sqlite3_bind_parameter_count(prepared) > 0)
        sqlite3_bind_text(prepared, 1, address.c_str(), -1, SQLITE_TRANSIENT);
    if (sqlite3_step(prepared) != SQLITE_ROW) throw std::runtime_error{sqlite3_errmsg(db_.get())};
    const auto answer = sqlite3_column_int64(prepared, 0);
    if (sqlite3_step(prepared) != SQLITE_DONE) throw std::runtime_error{sqlite3_errmsg(db_.get())};
    return answer;
}

Transaction::Transaction(const Users& users) : users_(users) {
    users_.execute("begin immediate");
}

Transaction::~Transaction() {
    if (is_open_) sqlite3_exec(users_.connection(), "rollback", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
    users_.execute("commit");
    is_open_ = false;
}
