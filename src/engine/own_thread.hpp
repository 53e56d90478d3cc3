#pragma once

namespace errand::engine {

/// Whether the code that asks runs between the hooks and the handler of a job that has this thread
/// for itself, so that what belongs to the thread may be set for the job.
[[nodiscard]] bool thread_belongs_to_job() noexcept;

/// While it lives, the thread belongs to a job.
class OwnThread {
public:
    OwnThread() noexcept;
    ~OwnThread();
    OwnThread(const OwnThread&) = delete;
    OwnThread& operator=(const OwnThread&) = delete;
};

}  // namespace errand::engine
