#include "engine/own_thread.hpp"

namespace errand::engine {
namespace {

bool& belongs_to_job() noexcept {
    thread_local bool belongs = false;
    return belongs;
}

}  // namespace

bool thread_belongs_to_job() noexcept {
    return belongs_to_job();
}

OwnThread::OwnThread() noexcept {
    belongs_to_job() = true;
}

OwnThread::~OwnThread() {
    belongs_to_job() = false;
}

}  // namespace errand::engine
