#include "guide/guide.hpp"

#include <errand/standard_hooks.hpp>
#include <errand/trace.hpp>

#include <atomic>
#include <iostream>
#include <map>

namespace guide {
namespace {

struct SendEmail {
    static constexpr std::string_view job_type = "email.send";
    std::string to;
};
BOOST_DESCRIBE_STRUCT(SendEmail, (), (to))

struct Budget {
    std::atomic<int> left = 10;
    void spend() { --left; }
};

/// What each tenant may still send.
struct Budgets {
    std::shared_ptr<Budget> all = std::make_shared<Budget>();
    std::shared_ptr<Budget> take(std::string_view /*meta*/) const {
        if (all->left == 0) throw std::runtime_error{"no budget is left"};
        return all;
    }
};

}  // namespace

void hooks(const Store& store) {
    errand::Client client{store};
    errand::Worker worker{store};
    const auto sink = [](errand::LogLevel, std::string_view line) { std::cout << line << "\n"; };

    errand::JobMetrics metrics;
    client.add_hook("trace", errand::propagate_trace());
    client.add_hook("metrics", metrics.enqueue_hook());

    worker.add_hook("log", errand::log_attempts(sink));
    worker.add_hook("metrics", metrics.perform_hook());
    worker.add_hook("trace", errand::continue_trace());

    Budgets budgets;
    worker.add_hook("tenant", [&](errand::Context& job) -> errand::AfterPerform {
        auto budget = budgets.take(job.meta());      // throws: the attempt fails, type "hook"
        return [budget](errand::Outcome& outcome) {  // after the handler; may be empty
            if (outcome.kind() == errand::Outcome::Kind::done) budget->spend();
        };
    });

    client.add_hook("stamp", [](errand::NewJob& job) -> errand::AfterEnqueue {
        job.tags.push_back("web");
        return [](const errand::Receipt* receipt) {
            if (receipt == nullptr) std::cerr << "it was not enqueued\n";
        };
    });

    std::string trace;
    worker.handle<SendEmail>(
        [&](const SendEmail&, errand::Context& job) { trace = errand::trace_of(job); });
    std::map<std::string, std::string> request{
        {"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}};
    const errand::TraceScope scope{request["traceparent"]};
    const auto id = client.enqueue(SendEmail{"ada@example.org"}).id;
    worker.start();
    expect(end_of(client, id) == errand::JobState::completed);
    worker.stop();
    expect(client.find(id)->tags == std::vector<std::string>{"web"});
    expect(trace.starts_with("00-0af7651916cd43dd8448eb211c80319c-"));
    expect(budgets.all->left == 9);
    expect(!metrics.by_type().empty());
}

}  // namespace guide
