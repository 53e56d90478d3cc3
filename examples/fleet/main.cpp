// Is everybody there? Each host of a fleet is asked in a job of its own, with its own progress;
// some do not answer. When they are repaired, only those are asked again.
//   errand-fleet [STORE_URL]      default: memory:

#include <errand/errand.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <iostream>
#include <map>
#include <mutex>

namespace {

using namespace std::chrono_literals;

constexpr int host_count = 60;
constexpr int broken_every = 12;  // so five of them

struct Check {
    static constexpr std::string_view job_type = "host.check";
    static constexpr std::uint32_t max_attempts = 2;
    static constexpr auto retry = errand::RetryPolicy::fixed(5ms);
    int host = 0;
    std::uint16_t port = 0;
};
BOOST_DESCRIBE_STRUCT(Check, (), (host, port))

struct Summary {
    static constexpr std::string_view job_type = "fleet.summary";
    std::string fleet;
};
BOOST_DESCRIBE_STRUCT(Summary, (), (fleet))

sockaddr_in address_of(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

/// A socket that goes with this object.
class Socket {
public:
    Socket() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        if (fd_ < 0) throw std::runtime_error{"no more sockets"};
    }
    ~Socket() { ::close(fd_); }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    [[nodiscard]] int fd() const noexcept { return fd_; }

private:
    int fd_;
};

/// A machine: a port of this one, which answers once the service on it is started.
class Host {
public:
    Host() {
        auto address = address_of(0);
        socklen_t size = sizeof address;
        auto* const generic = reinterpret_cast<sockaddr*>(&address);
        if (::bind(socket_.fd(), generic, size) != 0) throw std::runtime_error{"no free port"};
        ::getsockname(socket_.fd(), generic, &size);
        port_ = ntohs(address.sin_port);
    }
    void start_service() const {
        if (::listen(socket_.fd(), 8) != 0) throw std::runtime_error{"the service did not start"};
    }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

private:
    Socket socket_;
    std::uint16_t port_ = 0;
};

bool answers(std::uint16_t port) {
    const Socket socket;
    const auto address = address_of(port);
    return ::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

/// How often each host was asked.
class Questions {
public:
    void count(int host) {
        const std::lock_guard lock{mutex_};
        ++asked_[host];
    }
    [[nodiscard]] int asked(int host) const {
        const std::lock_guard lock{mutex_};
        return asked_.at(host);
    }

private:
    mutable std::mutex mutex_;
    std::map<int, int> asked_;
};

bool is_broken(int host) {
    return host % broken_every == 0;
}

bool run(const std::shared_ptr<errand::Store>& store) {
    std::vector<Host> fleet(host_count);
    std::vector<int> hosts;
    for (int host = 0; host < host_count; ++host) {
        hosts.push_back(host);
        if (!is_broken(host)) fleet[static_cast<std::size_t>(host)].start_service();
    }
    Questions questions;
    errand::Worker worker{store, {.queues = {{"default", 16}}}};
    worker.handle<Check>([&](const Check& check, errand::Context& job) {
        questions.count(check.host);
        for (int step = 1; step <= 3; ++step) {
            if (!answers(check.port)) {
                throw std::runtime_error{"host " + std::to_string(check.host) + " does not answer"};
            }
            job.progress(static_cast<std::uint64_t>(step), 3, "probe");
        }
    });
    worker.handle<Summary>([](const Summary&, errand::Context& job) {
        int up = 0;
        for (const auto& host : job.parent_results())
            up += host.state == errand::JobState::completed ? 1 : 0;
        return up;
    });

    errand::WorkflowBuilder flow{"fleet"};
    const auto checks = flow.map("host", hosts, [&](int host) {
        return Check{host, fleet[static_cast<std::size_t>(host)].port()};
    });
    flow.add("summary", Summary{"all"}).after(checks, errand::OnFailure::go_on);
    errand::Client client{store};
    const auto id = client.submit(flow.build());
    worker.start();

    const auto first = client.wait_workflow(id, 1min);
    if (!first) return false;
    std::cout << "first look: " << to_string(first->state) << ", " << first->counts.failed
              << " do not answer:";
    for (const auto& job : client.workflow_jobs(id)) {
        if (job.state == errand::JobState::discarded) std::cout << ' ' << job.name;
    }
    for (int host = 0; host < host_count; ++host) {
        if (is_broken(host)) fleet[static_cast<std::size_t>(host)].start_service();
    }
    const auto retry = client.retry_workflow(id);
    const auto second = client.wait_workflow(id, 1min);
    worker.stop();
    if (!second) return false;
    std::cout << "\nsecond look at " << retry.retried << ": " << to_string(second->state) << "\n";
    for (const int host : hosts) {
        const int expected = is_broken(host) ? 3 : 1;  // both attempts, and the one that succeeded
        if (questions.asked(host) != expected) return false;
    }
    return first->state == errand::WorkflowState::partial &&
           second->state == errand::WorkflowState::completed;
}

}  // namespace

int main(int count, char** words) {
    try {
        return run(errand::open_store(count > 1 ? words[1] : "memory:")) ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << "fleet: " << error.what() << '\n';
        return 1;
    }
}
