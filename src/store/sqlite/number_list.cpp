#include "store/sqlite/number_list.hpp"

#include <new>

// A table-valued function: https://sqlite.org/vtab.html#tabfunc2. SQLite's interface is C: objects
// pass through it as pointers to their first member, and exceptions must not.

namespace errand::sqlite {

namespace {

constexpr int last_value_column = 2;
constexpr int list_column = 3;

struct Cursor : sqlite3_vtab_cursor {
    std::span<const std::int64_t> numbers;
    std::size_t width = 1;
    std::size_t position = 0;  // of the row's first number
};

Cursor& cursor_of(sqlite3_vtab_cursor* base) noexcept {
    return *static_cast<Cursor*>(base);
}

int connect(sqlite3* db, void* /*data*/, int /*count*/, const char* const* /*args*/,
            sqlite3_vtab** table, char** /*error*/) noexcept {
    const int code = sqlite3_declare_vtab(
        db, "CREATE TABLE numbers (value INTEGER, second INTEGER, third INTEGER, list HIDDEN)");
    if (code != SQLITE_OK) return code;
    *table = new (std::nothrow) sqlite3_vtab{};
    return *table == nullptr ? SQLITE_NOMEM : SQLITE_OK;
}

int disconnect(sqlite3_vtab* table) noexcept {
    delete table;
    return SQLITE_OK;
}

int plan(sqlite3_vtab* /*table*/, sqlite3_index_info* info) noexcept {
    for (int i = 0; i < info->nConstraint; ++i) {
        const auto& constraint = info->aConstraint[i];
        const bool is_list =
            constraint.iColumn == list_column && constraint.op == SQLITE_INDEX_CONSTRAINT_EQ;
        if (!is_list || constraint.usable == 0) continue;
        info->aConstraintUsage[i].argvIndex = 1;
        info->aConstraintUsage[i].omit = 1;
        info->estimatedCost = 100;
        info->estimatedRows = 100;
        return SQLITE_OK;
    }
    return SQLITE_CONSTRAINT;  // without a list there are no rows to speak of
}

int open(sqlite3_vtab* /*table*/, sqlite3_vtab_cursor** cursor) noexcept {
    *cursor = new (std::nothrow) Cursor{};
    return *cursor == nullptr ? SQLITE_NOMEM : SQLITE_OK;
}

int close(sqlite3_vtab_cursor* cursor) noexcept {
    delete &cursor_of(cursor);
    return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* base, int /*plan*/, const char* /*text*/, int /*count*/,
           sqlite3_value** args) noexcept {
    const auto* list =
        static_cast<const NumberList*>(sqlite3_value_pointer(args[0], NumberList::type));
    auto& cursor = cursor_of(base);
    cursor.numbers = list == nullptr ? std::span<const std::int64_t>{} : list->numbers;
    cursor.width = list == nullptr ? 1 : list->width;
    cursor.position = 0;
    return SQLITE_OK;
}

int next(sqlite3_vtab_cursor* base) noexcept {
    auto& cursor = cursor_of(base);
    cursor.position += cursor.width;
    return SQLITE_OK;
}

int is_at_end(sqlite3_vtab_cursor* base) noexcept {
    const auto& cursor = cursor_of(base);
    return cursor.position + cursor.width > cursor.numbers.size() ? 1 : 0;
}

int column(sqlite3_vtab_cursor* base, sqlite3_context* context, int number) noexcept {
    const auto& cursor = cursor_of(base);
    const auto index = static_cast<std::size_t>(number);
    if (number <= last_value_column && index < cursor.width) {
        sqlite3_result_int64(context, cursor.numbers[cursor.position + index]);
    }
    return SQLITE_OK;
}

int row_number(sqlite3_vtab_cursor* cursor, sqlite3_int64* number) noexcept {
    *number = static_cast<sqlite3_int64>(cursor_of(cursor).position);
    return SQLITE_OK;
}

// Without xCreate it is there in every statement and cannot be made a table of the file.
constexpr sqlite3_module make_module() noexcept {
    sqlite3_module module{};
    module.xConnect = connect;
    module.xBestIndex = plan;
    module.xDisconnect = disconnect;
    module.xOpen = open;
    module.xClose = close;
    module.xFilter = filter;
    module.xNext = next;
    module.xEof = is_at_end;
    module.xColumn = column;
    module.xRowid = row_number;
    return module;
}
constexpr sqlite3_module module = make_module();

}  // namespace

int register_number_list(sqlite3* db) noexcept {
    return sqlite3_create_module_v2(db, NumberList::type, &module, nullptr, nullptr);
}

}  // namespace errand::sqlite
