#pragma once

#include <cstdint>
#include <memory>
#include <string>

struct sqlite3;

/// The application's own table, in the file that Errand's store is in as well. Of one thread.
class Users {
public:
    /// Opens a connection of its own, and makes the table where it is missing. Throws
    /// std::runtime_error, as all that follows does.
    explicit Users(const std::string& file);

    /// With an address that is there already it throws.
    void add(const std::string& address);
    [[nodiscard]] bool has(const std::string& address) const;
    [[nodiscard]] std::int64_t count() const;

    /// For errand::enqueue_in_transaction().
    [[nodiscard]] sqlite3* connection() const noexcept { return db_.get(); }

private:
    friend class Transaction;
    struct Close {
        void operator()(sqlite3* db) const noexcept;
    };
    void execute(const char* sql) const;
    /// One number that the statement answers; `address` is its parameter, when it has one.
    [[nodiscard]] std::int64_t ask(const char* sql, const std::string& address = {}) const;

    std::unique_ptr<sqlite3, Close> db_;
};

/// A write transaction, rolled back by whatever leaves its block before commit().
class Transaction {
public:
    explicit Transaction(const Users& users);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

private:
    const Users& users_;
    bool is_open_ = true;
};
