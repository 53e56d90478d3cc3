// A worker for the system tests. Its handlers write what happens to a side log that the store under
// test knows nothing of: one line per event, one write() each to a file opened with O_APPEND.
//
//   errand-side-log-worker STORE_URL SIDE_LOG LEASE CONCURRENCY
//
// Types: test.log (writes and returns), test.slow (args ["200ms"]), test.segv, test.exit.

#include <errand/errand.hpp>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

namespace {

class SideLog {
public:
    explicit SideLog(const char* path)
        : fd_(::open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644)) {}
    ~SideLog() { ::close(fd_); }
    SideLog(const SideLog&) = delete;
    SideLog& operator=(const SideLog&) = delete;

    void write(const char* event, const errand::Context& job) const {
        const auto line = std::string{event} + " " + to_string(job.id()) + " " +
                          std::to_string(job.lease_seq()) + " " + std::to_string(::getpid()) + "\n";
        if (::write(fd_, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
            std::abort();
    }

private:
    int fd_;
};

void register_handlers(errand::Worker& worker, const SideLog& log) {
    worker.handle("test.log", [&log](errand::Context& job) {
        log.write("start", job);
        return errand::Outcome::done();
    });
    worker.handle("test.slow", [&log](errand::Context& job) {
        log.write("start", job);
        const auto text = boost::json::parse(std::string{job.args()}).as_array().at(0).as_string();
        std::this_thread::sleep_for(errand::parse_duration(std::string_view{text}));
        log.write("end", job);
        return errand::Outcome::done();
    });
    worker.handle("test.segv", [&log](errand::Context& job) -> errand::Outcome {
        log.write("start", job);
        ::signal(SIGSEGV, SIG_DFL);
        ::raise(SIGSEGV);
        return errand::Outcome::done();
    });
    worker.handle("test.exit", [&log](errand::Context& job) -> errand::Outcome {
        log.write("start", job);
        ::_exit(0);
    });
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) return 2;
    try {
        const SideLog log{argv[2]};
        errand::Worker worker{
            errand::open_store(argv[1]),
            {.queues = {{"default", static_cast<std::uint32_t>(std::stoul(argv[4]))}},
             .lease = errand::parse_duration(argv[3]),
             .grace = std::chrono::seconds{2},
             .log = [](errand::LogLevel, std::string_view line) { std::cerr << line << '\n'; }}};
        register_handlers(worker, log);
        worker.run();
        return 0;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
