#include "cli/bench/feature_phase.hpp"

#include "cli/bench/process_phase.hpp"
#include "cli/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace errand::cli::bench {
namespace {

constexpr std::uint64_t ordering_keys = 10'000;
constexpr std::uint64_t tenants = 1'000;
constexpr std::uint64_t chain_jobs = 10;
constexpr std::uint64_t group_jobs = 1'000;
constexpr const char* busy_type = "errand.bench.busy";
constexpr const char* busy_key = "busy";

/// Far more than a worker holds at once.
constexpr std::uint32_t ample_leases = 100'000;
/// Far more than any machine begins.
constexpr Rate ample_rate{
    .kind = Rate::Kind::window, .amount = 1'000'000'000, .per = std::chrono::minutes{1}};

/// Settings of the store and keys of jobs, as the feature asks for.
void prepare(FeatureKind kind, Client& client) {
    switch (kind) {
        case FeatureKind::concurrency:
            return client.set_limit({.scope = Scope::global(), .concurrency = ample_leases});
        case FeatureKind::rate:
            return client.set_limit({.scope = Scope::global(), .rate = ample_rate});
        case FeatureKind::fair:
            return client.set_queue_settings("default",
                                             {.order = QueueOrder::fair, .key_concurrency = 0});
        case FeatureKind::keys:
        case FeatureKind::groups:
        case FeatureKind::chains:
            return;
    }
}

void shape(FeatureKind kind, NewJob& job, std::uint64_t number) {
    if (kind == FeatureKind::keys) job.key = fmt::format("key-{}", number % ordering_keys);
    if (kind == FeatureKind::fair) job.key = fmt::format("tenant-{}", number % tenants);
}

NewWorkflow make_workflow(FeatureKind kind, std::uint64_t jobs) {
    NewWorkflow workflow;
    for (std::uint64_t i = 0; i < jobs; ++i) {
        WorkflowJob job{.name = fmt::format("job-{}", i), .job = make_job()};
        const bool follows = kind == FeatureKind::chains && i > 0;
        if (follows) job.after.push_back({workflow.jobs.back().name});
        workflow.jobs.push_back(std::move(job));
    }
    return workflow;
}

void fill_with_workflows(FeatureKind kind, Client& client, std::uint64_t jobs,
                         const InterruptGuard& interrupt) {
    const std::uint64_t each = kind == FeatureKind::chains ? chain_jobs : group_jobs;
    for (std::uint64_t done = 0; done < jobs; done += each) {
        interrupt.check();
        client.submit(make_workflow(kind, std::min(each, jobs - done)));
    }
}

void fill_with_jobs(std::optional<FeatureKind> kind, Client& client, std::uint64_t jobs,
                    const InterruptGuard& interrupt) {
    for (std::uint64_t done = 0; done < jobs; done += batch_jobs) {
        interrupt.check();
        auto batch = make_jobs(std::min(batch_jobs, jobs - done));
        for (std::uint64_t i = 0; kind && i < batch.size(); ++i)
            shape(*kind, batch[i], done + i);
        client.enqueue_many(std::move(batch));
    }
}

/// A rate of processing in a store of its own; none: no feature is used.
double measure_turn(std::optional<FeatureKind> kind, Scratch& scratch,
                    const FeatureOptions& options, const InterruptGuard& interrupt) {
    const FreshStore fresh{scratch};
    Client client{fresh.store()};
    if (kind) prepare(*kind, client);
    if (kind == FeatureKind::groups || kind == FeatureKind::chains) {
        fill_with_workflows(*kind, client, options.jobs, interrupt);
    } else {
        fill_with_jobs(kind, client, options.jobs, interrupt);
    }
    return measure_processing(client, options.jobs, options.slots, interrupt);
}

/// Keeps the handlers of busy jobs running.
class Gate {
public:
    void wait_until_open() {
        std::unique_lock lock{mutex_};
        ++waiting_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return open_; });
    }
    void wait_for_one() {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return waiting_ > 0; });
    }
    void open() {
        const std::lock_guard lock{mutex_};
        open_ = true;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int waiting_ = 0;
    bool open_ = false;
};

/// Lets the handlers end before their worker waits for them, also after an error.
class OpenAtEnd {
public:
    explicit OpenAtEnd(Gate& gate) : gate_(gate) {}
    OpenAtEnd(const OpenAtEnd&) = delete;
    OpenAtEnd& operator=(const OpenAtEnd&) = delete;
    ~OpenAtEnd() { gate_.open(); }

private:
    Gate& gate_;
};

void fill_with_busy(Client client, std::uint64_t count, const InterruptGuard& interrupt,
                    const std::function<void(const std::string&)>& note) {
    for (std::uint64_t done = 0; done < count; done += batch_jobs) {
        interrupt.check();
        note(fmt::format("{} of {} put in", grouped(done), grouped(count)));
        auto batch = make_jobs(std::min(batch_jobs, count - done));
        for (auto& job : batch) {
            job.type = busy_type;
            job.key = busy_key;
        }
        client.enqueue_many(std::move(batch));
    }
}

}  // namespace

FeatureFigure measure_feature(FeatureKind kind, Scratch& scratch, const FeatureOptions& options,
                              const InterruptGuard& interrupt,
                              const std::function<void(const std::string&)>& note) {
    FeatureFigure figure{.kind = kind};
    std::vector<double> ratios;
    for (std::uint32_t turn = 0; turn < options.turns; ++turn) {
        note(fmt::format("turn {} of {}", turn + 1, options.turns));
        // The order alternates, so that what the first leaves to the second harms both alike.
        const bool feature_first = turn % 2 == 1;
        double rate = feature_first ? measure_turn(kind, scratch, options, interrupt) : 0;
        const double base = measure_turn(std::nullopt, scratch, options, interrupt);
        if (!feature_first) rate = measure_turn(kind, scratch, options, interrupt);
        figure.per_s = std::max(figure.per_s, rate);
        figure.base_per_s = std::max(figure.base_per_s, base);
        ratios.push_back(rate / base);
    }
    figure.ratio = median(std::move(ratios));
    return figure;
}

PickupTimes measure_saturated(Saturation how, Scratch& scratch, std::uint64_t in_front,
                              std::uint32_t pickups, const InterruptGuard& interrupt,
                              const std::function<void(const std::string&)>& note) {
    const FreshStore fresh{scratch};
    Client client{fresh.store()};
    if (how == Saturation::limit) {
        // Turns do not hold them back, so that all stand in the line of the claim.
        client.set_queue_settings("default", {.key_concurrency = 0});
        client.set_limit({.scope = Scope::key(busy_key), .concurrency = 1});
    }
    fill_with_busy(client, in_front, interrupt, note);
    note("picking up others");
    Gate gate;
    const auto worker = make_pickup_worker(client.store(), 2);
    worker->handle(busy_type, [&gate](Context&) {
        gate.wait_until_open();
        return Outcome::done();
    });
    const OpenAtEnd open_at_end{gate};
    worker->start();
    gate.wait_for_one();
    auto times = measure_pickup_by(client, pickups, interrupt);
    client.pause(Scope::global(), "bench");  // the next of the busy ones need not begin
    return times;
}

}  // namespace errand::cli::bench
