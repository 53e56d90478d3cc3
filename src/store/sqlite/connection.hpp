#pragma once

#include "store/sqlite/number_list.hpp"

#include <errand/job_id.hpp>
#include <errand/time.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

// A thin, typed skin over SQLite's C interface. Every failure becomes an errand::Error whose code
// says what to do. Nothing here is thread-safe: a connection and its statements are used by one
// thread at a time.

namespace errand::sqlite {

/// Throws the Error that `code` (an SQLite result code) calls for.
[[noreturn]] void throw_sqlite_error(sqlite3* db, int code, std::string_view doing);

/// A prepared statement. Text and blobs are bound without copying: they must outlive the execution.
class Statement {
public:
    Statement(sqlite3* db, std::string_view sql);

    /// The rows of one execution; the statement is reset when this goes away.
    class Rows {
    public:
        explicit Rows(sqlite3_stmt* statement) : statement_(statement) {}
        Rows(Rows&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
        Rows& operator=(Rows&&) = delete;
        ~Rows() {
            if (statement_ != nullptr) sqlite3_reset(statement_);
        }

        /// Moves to the next row; false: there is none.
        [[nodiscard]] bool next();

        [[nodiscard]] std::int64_t int64(int column) const noexcept {
            return sqlite3_column_int64(statement_, column);
        }
        /// Of a counter, whatever the file says: there is room to count on.
        [[nodiscard]] std::int64_t count(int column) const noexcept {
            return std::clamp(int64(column), std::int64_t{0}, std::int64_t{1} << 31);
        }
        [[nodiscard]] bool is_null(int column) const noexcept {
            return sqlite3_column_type(statement_, column) == SQLITE_NULL;
        }
        /// Valid until next(); NULL reads as empty.
        [[nodiscard]] std::string_view text(int column) const noexcept {
            const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
            return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
        }
        [[nodiscard]] std::string string(int column) const { return std::string{text(column)}; }
        [[nodiscard]] JobId job_id(int column) const noexcept;
        [[nodiscard]] Timestamp time(int column) const noexcept {
            return Timestamp{duration(column)};
        }
        /// Within 70,000 years, whatever the file says, so that sums and differences have room.
        [[nodiscard]] Duration duration(int column) const noexcept {
            constexpr std::int64_t most = std::int64_t{1} << 61;
            return Duration{std::clamp(int64(column), -most, most)};
        }

    private:
        sqlite3_stmt* statement_;
    };

    /// Starts an execution with these parameters, bound to ?1, ?2, … in order.
    template <class... Args>
    [[nodiscard]] Rows query(const Args&... args) {
        start();
        int index = 0;
        (bind(++index, args), ...);
        return Rows{statement_.get()};
    }
    /// Runs to the end; returns how many rows it changed.
    template <class... Args>
    std::int64_t run(const Args&... args) {
        start();
        int index = 0;
        (bind(++index, args), ...);
        return finish();
    }

private:
    struct Finalizer {
        void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
    };

    void start() noexcept { sqlite3_reset(statement_.get()); }
    std::int64_t finish();
    template <std::integral T>
    void bind(int index, T value) {
        sqlite3_bind_int64(statement_.get(), index, static_cast<std::int64_t>(value));
    }
    template <class T>
        requires std::is_enum_v<T>
    void bind(int index, T value) {
        sqlite3_bind_int64(statement_.get(), index, static_cast<std::int64_t>(value));
    }
    void bind(int index, std::string_view text) {
        // An empty view may have a null pointer, which SQLite would take for NULL.
        sqlite3_bind_text64(statement_.get(), index, text.empty() ? "" : text.data(), text.size(),
                            SQLITE_STATIC, SQLITE_UTF8);
    }
    void bind(int index, const std::string& text) { bind(index, std::string_view{text}); }
    void bind(int index, const NumberList& list) {
        // SQLite only hands it on, to where it is read.
        sqlite3_bind_pointer(statement_.get(), index, const_cast<NumberList*>(&list),
                             NumberList::type, nullptr);
    }
    void bind(int index, const JobId& id) {
        sqlite3_bind_blob64(statement_.get(), index, id.bytes.data(), id.bytes.size(),
                            SQLITE_STATIC);
    }
    void bind(int index, Timestamp value) { bind(index, value.time_since_epoch().count()); }
    void bind(int index, Duration value) { bind(index, value.count()); }
    template <class T>
    void bind(int index, const std::optional<T>& value) {
        if (value) {
            bind(index, *value);
        } else {
            sqlite3_bind_null(statement_.get(), index);
        }
    }

    std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
};

/// The text, or NULL when it is empty.
[[nodiscard]] inline std::optional<std::string_view> null_if_empty(std::string_view text) {
    return text.empty() ? std::nullopt : std::optional{text};
}

/// An open database. The busy handler decides how long to wait for other processes.
class Connection {
public:
    enum class Mode { read_write_create, read_only };
    /// Called when another process holds the lock, with how often it was called in a row before;
    /// false gives up.
    using BusyHandler = std::function<bool(int calls_before)>;

    Connection(const std::string& path, Mode mode, BusyHandler busy);
    /// Somebody else's open database: not closed here, its settings left alone.
    explicit Connection(sqlite3* borrowed) : db_(borrowed, Closer{false}) {}

    [[nodiscard]] sqlite3* get() const noexcept { return db_.get(); }
    [[nodiscard]] Statement prepare(std::string_view sql) const { return {db_.get(), sql}; }
    /// The statement for `sql`, prepared at the first use and kept. `sql` is a constant: it is
    /// known again by its address.
    [[nodiscard]] Statement& statement(std::string_view sql);
    /// Runs statements that take no parameters and whose rows do not matter.
    void execute(const std::string& sql) const;
    /// The first column of the first row of a statement without parameters.
    [[nodiscard]] std::int64_t query_int64(std::string_view sql) const;
    [[nodiscard]] std::string query_string(std::string_view sql) const;

private:
    struct Closer {
        bool owns;
        Closer() noexcept : owns(true) {}
        explicit Closer(bool owning) noexcept : owns(owning) {}
        void operator()(sqlite3* db) const noexcept {
            if (owns) sqlite3_close_v2(db);
        }
    };

    std::unique_ptr<BusyHandler> busy_;  // its address is known to SQLite
    std::unique_ptr<sqlite3, Closer> db_;
    std::unordered_map<const char*, Statement>
        statements_;  // after db_: finalized before it closes
};

/// The statement called `name` in a file of statements: each begins with a line "-- name: NAME" and
/// ends before the next such line. A name that does not exist fails to compile.
[[nodiscard]] consteval std::string_view sql_named(std::string_view file, std::string_view name) {
    constexpr std::string_view mark = "-- name: ";
    for (auto at = file.find(mark); at != std::string_view::npos; at = file.find(mark, at + 1)) {
        const auto rest = file.substr(at + mark.size());
        const auto line_end = rest.find('\n');
        if (rest.substr(0, line_end) != name) continue;
        const auto body = rest.substr(line_end + 1);
        return body.substr(0, body.find(mark));
    }
    throw "no statement of this name";
}

}  // namespace errand::sqlite
