// An account is deleted everywhere: a planning job finds out where its data is and adds a step for
// each place to its own workflow. One place refuses at first; only that step is tried again.
//   errand-account [STORE_URL]      default: memory:

#include <errand/errand.hpp>

#include <atomic>
#include <iostream>
#include <map>
#include <mutex>

namespace {

using namespace std::chrono_literals;

constexpr int places = 40;
constexpr auto stubborn = "invoices-17";

struct Plan {
    static constexpr std::string_view job_type = "account.plan";
    std::string account;
};
BOOST_DESCRIBE_STRUCT(Plan, (), (account))

struct Erase {
    static constexpr std::string_view job_type = "account.erase";
    static constexpr std::uint32_t max_attempts = 1;
    std::string account, place;
};
BOOST_DESCRIBE_STRUCT(Erase, (), (account, place))

struct Confirm {
    static constexpr std::string_view job_type = "account.confirm";
    std::string account;
};
BOOST_DESCRIBE_STRUCT(Confirm, (), (account))

struct Report {
    static constexpr std::string_view job_type = "account.report";
    std::string account;
};
BOOST_DESCRIBE_STRUCT(Report, (), (account))

/// Where data of the account lies, and what happened to it.
class Places {
public:
    [[nodiscard]] static std::vector<std::string> all() {
        std::vector<std::string> names;
        for (int i = 1; i <= places; ++i)
            names.push_back((i % 2 == 0 ? "files-" : "invoices-") + std::to_string(i));
        return names;
    }
    void erase(const std::string& place) {
        const std::lock_guard lock{mutex_};
        if (place == stubborn && is_locked_) throw std::runtime_error{place + " is locked"};
        ++erased_[place];
    }
    void unlock() {
        const std::lock_guard lock{mutex_};
        is_locked_ = false;
    }
    [[nodiscard]] bool each_was_erased_once() const {
        const std::lock_guard lock{mutex_};
        for (const auto& [place, times] : erased_) {
            if (times != 1) return false;
        }
        return erased_.size() == places;
    }

private:
    mutable std::mutex mutex_;
    bool is_locked_ = true;
    std::map<std::string, int> erased_;
};

bool run(const std::shared_ptr<errand::Store>& store) {
    Places data;
    std::atomic<int> reports = 0;
    errand::Worker worker{store, {.queues = {{"default", 4}}}};
    worker.handle<Plan>([](const Plan& plan, errand::Context& job) {
        errand::WorkflowBuilder more;
        const auto steps = more.map("erase", Places::all(), [&](const std::string& place) {
            return Erase{plan.account, place};
        });
        more.add("confirm", Confirm{plan.account}).after(steps);
        job.add_to_workflow(more.build().jobs);  // a second attempt would add nothing
        return places;
    });
    worker.handle<Erase>([&](const Erase& step) { data.erase(step.place); });
    worker.handle<Confirm>([](const Confirm&) {});
    worker.handle<Report>([&](const Report& report, errand::Context& job) {
        std::cout << "report on " << report.account << ": " << job.meta() << "\n";
        ++reports;
    });

    errand::Client client{store};
    errand::WorkflowBuilder flow{"delete ada"};
    flow.add("plan", Plan{"ada"});
    flow.on_failure(Report{"ada"}).on_success(Report{"ada"});
    const auto id = client.submit(flow.build());
    worker.start();

    const auto first = client.wait_workflow(id, 1min);
    if (!first) return false;
    while (reports < 1)  // the callback is a job, and prints too
        std::this_thread::yield();
    std::cout << "first run: " << to_string(first->state) << ", " << first->counts.completed
              << " of " << first->counts.total() << " done, " << first->counts.failed << " failed, "
              << first->counts.skipped << " skipped\n";
    data.unlock();
    const auto retry = client.retry_workflow(id);
    const auto second = client.wait_workflow(id, 1min);
    if (!second) return false;
    while (reports < 2)
        std::this_thread::yield();
    std::cout << "tried again: " << retry.retried << "\n";
    std::cout << "second run: " << to_string(second->state) << "\n";
    worker.stop();
    return first->state == errand::WorkflowState::failed && first->counts.failed == 1 &&
           first->counts.skipped == 1 && retry.retried == 1 &&
           second->state == errand::WorkflowState::completed && data.each_was_erased_once();
}

}  // namespace

int main(int count, char** words) {
    try {
        return run(errand::open_store(count > 1 ? words[1] : "memory:")) ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << "account: " << error.what() << '\n';
        return 1;
    }
}
