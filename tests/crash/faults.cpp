#include "crash/faults.hpp"

#include <cstdlib>
#include <new>
#include <stdexcept>

namespace errand::test {

namespace {

using Kind = Operation::Kind;

FaultPoint memory_point;
sqlite3_mem_methods real_memory;

void require_ok(int code) {
    if (code != SQLITE_OK) throw std::runtime_error(sqlite3_errstr(code));
}

void configure(sqlite3_mem_methods& memory) {
    require_ok(sqlite3_shutdown());
    require_ok(sqlite3_config(SQLITE_CONFIG_MALLOC, &memory));
    require_ok(sqlite3_initialize());
}

}  // namespace

int DiskFault::before(const Operation& operation) {
    const bool needs_room = operation.kind == Kind::write || operation.kind == Kind::map;
    if (code_ == SQLITE_FULL && !needs_room) return SQLITE_OK;
    return point.fails() ? code_ : SQLITE_OK;
}

SqliteMemoryFault::SqliteMemoryFault() {
    require_ok(sqlite3_shutdown());
    require_ok(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_memory));
    auto failing = real_memory;
    failing.xMalloc = [](int bytes) {
        return memory_point.fails() ? nullptr : real_memory.xMalloc(bytes);
    };
    failing.xRealloc = [](void* old, int bytes) {
        return memory_point.fails() ? nullptr : real_memory.xRealloc(old, bytes);
    };
    configure(failing);
}

SqliteMemoryFault::~SqliteMemoryFault() {
    sqlite3_shutdown();
    sqlite3_config(SQLITE_CONFIG_MALLOC, &real_memory);
    sqlite3_initialize();
}

FaultPoint& SqliteMemoryFault::point() noexcept {
    return memory_point;
}

FaultPoint& new_fault() noexcept {
    thread_local FaultPoint point;
    return point;
}

}  // namespace errand::test

void* operator new(std::size_t bytes) {
    if (errand::test::new_fault().fails()) throw std::bad_alloc{};
    if (void* const memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
    throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
