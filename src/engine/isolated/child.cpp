#include "engine/isolated/child.hpp"

#include "engine/isolated/child_context.hpp"
#include "engine/isolated/crash_handler.hpp"
#include "engine/perform.hpp"

#include <errand/error.hpp>
#include <errand/time.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <utility>

namespace errand::engine {
namespace {

/// Memory of this process in bytes: resident, and of data (what RLIMIT_DATA counts).
struct Memory {
    std::uint64_t resident = 0, data = 0;
};

Memory memory_now() noexcept {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen("/proc/self/statm", "re"),
                                                               &std::fclose};
    unsigned long resident = 0;
    unsigned long data = 0;
    if (!file || std::fscanf(file.get(), "%*u %lu %*u %*u %*u %lu", &resident, &data) != 2) {
        return {};
    }
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return {resident * page, data * page};
}

void limit_memory(std::uint64_t more) {
    if (more == 0) return;
    const auto most = memory_now().data + more;
    const rlimit limit{most, most};
    ::setrlimit(RLIMIT_DATA, &limit);
}

/// The soft limit alone, so that the next job can raise it again.
void limit_cpu(std::uint64_t seconds) {
    if (seconds == 0) return;
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto so_far = static_cast<std::uint64_t>(used.ru_utime.tv_sec + used.ru_stime.tv_sec);
    const auto rounded_up = static_cast<std::uint64_t>(used.ru_utime.tv_usec > 0 ? 1 : 0);
    const rlimit limit{so_far + rounded_up + seconds, RLIM_INFINITY};
    ::setrlimit(RLIMIT_CPU, &limit);
}

class IsolatedProcess {
public:
    IsolatedProcess(int fd, SharedSlot& slot, const IsolatedHandlers& handlers,
                    const IsolatedOptions& options)
        : channel_(fd), slot_(slot), handlers_(handlers), options_(options) {}

    [[noreturn]] void run() {
        for (;;) {
            while (jobs_.empty()) {
                auto frame = channel_.receive();
                if (frame.kind() == FrameKind::job) jobs_.push_back(read_job(frame));
            }
            auto job = std::move(jobs_.front());
            jobs_.pop_front();
            perform_job(std::move(job));
        }
    }

private:
    void perform_job(JobMessage job) {
        OutcomeMessage message;
        message.number = job.number;
        const auto handler = handlers_.find(job.type);
        const auto begin = system_clock().now();
        slot_.performing = job.number;
        limit_cpu(options_.cpu_seconds);
        {
            ChildContext context{std::move(job), channel_, slot_, jobs_};
            message.outcome = perform(handler->second, context);
        }
        slot_.performing = 0;
        message.took = system_clock().now() - begin;
        message.retire =
            options_.recycle_bytes != 0 && memory_now().resident > options_.recycle_bytes;
        out_.clear();
        write_outcome(out_, message);
        // At once: so the worker always knows which job this process is at.
        channel_.send(out_);
    }

    Channel channel_;
    SharedSlot& slot_;
    const IsolatedHandlers& handlers_;
    const IsolatedOptions& options_;
    std::deque<JobMessage> jobs_;
    std::string out_;
};

}  // namespace

void run_isolated_process(int fd, SharedSlot& slot, const IsolatedHandlers& handlers,
                          const IsolatedOptions& options) noexcept {
    slot.performing = 0;
    install_crash_handler(fd, slot);
    limit_memory(options.memory_bytes);
    IsolatedProcess{fd, slot, handlers, options}.run();
}

}  // namespace errand::engine
