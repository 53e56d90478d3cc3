#include "crash/script.hpp"

#include <algorithm>
#include <iterator>
#include <ranges>
#include <stdexcept>

namespace errand::test {

using namespace std::chrono_literals;

void require(bool condition, const std::string& what) {
    if (!condition) throw std::logic_error("the script expects: " + what);
}

JobId script_job_id(std::uint32_t number) {
    JobId id{{0x01, 0x9a, 0, 0, 0, 0, 0x70, 0, 0x80}};
    for (std::size_t i = 0; i < 4; ++i)
        id.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
    return id;
}

WorkerInfo worker_named(std::string name) {
    WorkerInfo info;
    info.name = std::move(name);
    info.host = "h";
    info.max_leases = 1000;
    return info;
}

Settlement plain_settlement(const LeaseRef& lease, JobState to) {
    Settlement item;
    item.lease = lease;
    item.to = to;
    if (to == JobState::retryable) item.delay = 30min;
    return item;
}

void Run::open() {
    StoreOptions options;
    options.clock = &clock_;
    store_ = open_store(url_, options);
}

void Run::close() {
    session_.reset();
    store_.reset();
}

void Run::join() {
    const auto next = workers_ + 1;
    session_ = store().join(worker_named("w" + std::to_string(next)));
    workers_ = next;
}

void Run::claim(const std::string& queue, std::uint32_t max) {
    const ClaimRequest request{worker(), {{queue, max}}, {"a", "b"}, 10min};
    for (const auto& lease : store().claim(request))
        rows_[lease.ref.id] = lease.ref.row;
}

std::vector<LeaseRef> Run::leases(const std::string& queue) {
    JobFilter filter;
    filter.states = {JobState::active};
    filter.queue = queue;
    std::vector<LeaseRef> found;
    for (const auto& job : store().list(filter, 1000, "").jobs) {
        const auto row = rows_.find(job.id);
        found.push_back({job.id, job.lease_seq, row == rows_.end() ? 0 : row->second});
    }
    std::ranges::reverse(found);
    return found;
}

std::vector<JobId> Run::jobs(const std::string& queue, JobState state) {
    JobFilter filter;
    filter.states = {state};
    filter.queue = queue;
    std::vector<JobId> found;
    for (const auto& job : store().list(filter, 1000, "").jobs)
        found.push_back(job.id);
    std::ranges::reverse(found);
    return found;
}

namespace {

/// The steps of one round; queue "mail" is worked on, "bulk" holds plain jobs, "later" waits.
class Round {
public:
    Round(int number, std::uint32_t scale)
        : number_(number), scale_(scale), next_id_(static_cast<std::uint32_t>(number) * 100'000) {}

    std::vector<Step> steps() {
        subscribe();
        begin();
        unique_policies();
        attempts();
        signals();
        control();
        bulk();
        ordered();
        workflow();
        scheduled();
        lost_leases();
        end();
        unsubscribe();
        return std::move(steps_);
    }

private:
    void add(std::string name, std::function<void(Run&)> call, Duration wait = 1s) {
        steps_.push_back({std::move(name), std::move(call), wait});
    }

    NewJob job(const std::string& queue, const std::string& type = "a") {
        NewJob job;
        job.id = script_job_id(++next_id_);
        job.queue = queue;
        job.type = type;
        job.args = "[" + std::to_string(next_id_) + "]";
        return job;
    }
    std::vector<NewJob> some(std::uint32_t count, const std::string& queue) {
        std::vector<NewJob> all;
        for (std::uint32_t i = 0; i < count; ++i)
            all.push_back(job(queue, i % 3 == 2 ? "b" : "a"));
        return all;
    }
    void add_insert(std::string name, std::vector<NewJob> jobs,
                    InsertResult::Kind last = InsertResult::Kind::inserted) {
        add(std::move(name), [jobs = std::move(jobs), last](Run& run) {
            const auto results = run.store().insert(jobs);
            require(results.back().kind == last, "what becomes of the last job");
        });
    }
    static JobError error_of(const std::string& message) {
        JobError error;
        error.kind = FailureKind::error;
        error.attempt = 1;
        error.type = "E";
        error.message = message;
        return error;
    }
    static void settle(Run& run, const std::vector<Settlement>& items) {
        for (const auto result : run.store().settle(items)) {
            require(result == SettleResult::ok || result == SettleResult::recorded_cancel,
                    "leases that are valid");
        }
    }

    /// All that follows is recorded as well: for a reader that keeps up, and one that does not.
    void subscribe() {
        for (const auto* name : {"reader", "slow"}) {
            add("subscribe " + std::string{name}, [name](Run& run) {
                Subscription subscription;
                subscription.name = name;
                run.store().put_subscription(subscription);
            });
        }
    }
    void add_read() {
        add("read events", [](Run& run) {
            const auto page = run.store().read_events("reader", 1'000);
            require(page && !page->events.empty(), "events");
        });
        add("acknowledge", [](Run& run) {
            // All that there is; to read again would be a commit of its own within this step.
            constexpr std::uint64_t everything = 1U << 30;
            require(run.store().acknowledge_events("reader", everything), "a reader");
        });
    }
    void unsubscribe() {
        add_read();
        add("unsubscribe",
            [](Run& run) { require(run.store().remove_subscription("slow"), "a reader"); });
        if (number_ % 2 == 0) {
            add("unsubscribe the last",
                [](Run& run) { require(run.store().remove_subscription("reader"), "a reader"); });
        }
    }

    void begin() {
        add("join", [](Run& run) { run.join(); });
        add_insert("insert one", {job("mail")});
        auto large = some(5 * scale_, "mail");
        large[1].args = "[\"" + std::string(6'000, 'x') + "\"]";
        large[2].priority = 5;
        add_insert("insert a batch", large);
        auto special = some(3, "mail");
        for (auto& one : special)
            one.unique_key = "key-" + std::to_string(&one - special.data());
        special[0].meta = R"({"a":1})";
        special[0].tags = {"red", "blue"};
        special[1].retry = RetryPolicy{};
        special[1].timeout = 5s;
        special.push_back(job("mail"));
        special.back().unique_key = "key-0";
        add_insert("insert unique keys", special, InsertResult::Kind::duplicate);
        large.insert(large.begin(), job("mail"));
        add_insert("insert again, with a new one", large, InsertResult::Kind::already_there);
        auto later = some(2, "later");
        for (auto& one : later)
            one.delay = 1h;
        add_insert("insert scheduled", later);
        add_read();
    }

    NewJob unique(const std::string& key, UniquePolicy policy, Duration delay = {}) {
        auto one = job("unique");
        one.unique_key = key;
        one.unique = policy;
        one.delay = delay;
        return one;
    }

    /// Keys that are held for a while, and holders that are changed.
    void unique_policies() {
        const UniquePolicy waiting{.hold = UniqueFor::waiting};
        const UniquePolicy brief{.hold = UniqueFor::period, .period = 5min};
        const UniquePolicy replace{.on_conflict = OnConflict::replace};
        const auto once = "once-" + std::to_string(number_);
        add_insert("insert unique for a while",
                   {unique("waits", waiting), unique(once, brief), unique("later", {}, 1h)});
        auto keyed = unique("turn", {});
        keyed.key = "u";
        auto behind = job("unique");
        behind.key = "u";
        add_insert("insert unique with a turn", {keyed, behind});
        add_insert("put a holder off", {unique("turn", replace, 1h)}, InsertResult::Kind::replaced);
        add_insert("let a holder begin", {unique("later", replace)}, InsertResult::Kind::replaced);
        add_insert("suppress", {unique(once, {}), unique("waits", {})},
                   InsertResult::Kind::duplicate);
        add("claim unique", [](Run& run) { run.claim("unique", 10); });
        add_insert("insert what the claim freed", {unique("waits", waiting)});
        add("settle unique", [](Run& run) {
            std::vector<Settlement> items;
            for (const auto& lease : run.leases("unique"))
                items.push_back(plain_settlement(lease, JobState::completed));
            require(items.size() == 4, "all but the one that was put off");
            settle(run, items);
        });
        add_insert("suppress by the ended", {unique(once, {})}, InsertResult::Kind::duplicate);
        add("cancel unique", [](Run& run) {
            auto ids = run.jobs("unique", JobState::scheduled);
            std::ranges::copy(run.jobs("unique", JobState::available), std::back_inserter(ids));
            const auto results = run.store().cancel(ids);
            require(results.size() == 2 && results[0] == ControlResult::done, "two that wait");
        });
    }

    void attempts() {
        add("claim", [](Run& run) { run.claim("mail", 8); });
        add("heartbeat", [](Run& run) {
            const auto leases = run.leases("mail");
            const std::vector<Heartbeat> beats{
                {leases[0], 15min, Progress{1, 2, "half"}, "log so far\n"},
                {leases[1], std::nullopt, std::nullopt, std::string(3'000, 'l')}};
            require(run.store().heartbeat(beats)[1] == HeartbeatResult::ok, "a valid lease");
        });
        add("effect", [](Run& run) {
            require(run.store().record_effect(run.leases("mail")[0], "paid", "[1]",
                                              EffectWrite::first_stays),
                    "a lease");
        });
        add("settle: completed, retry", [](Run& run) {
            const auto leases = run.leases("mail");
            auto plain = plain_settlement(leases[0], JobState::completed);
            auto result = plain_settlement(leases[1], JobState::completed);
            result.result = R"({"ok":true})";
            auto retry = plain_settlement(leases[2], JobState::retryable);
            retry.error = error_of("first try");
            retry.log = "log of a failure\n";
            settle(run, {plain, result, retry});
        });
        add("settle: discarded, snoozed, given back", [](Run& run) {
            const auto leases = run.leases("mail");
            auto discarded = plain_settlement(leases[0], JobState::discarded);
            discarded.error = error_of(std::string(2'000, 'e'));
            discarded.log = "the end\n";
            auto snoozed = plain_settlement(leases[1], JobState::scheduled);
            snoozed.delay = 20min;
            snoozed.uses_attempt = false;
            auto back = plain_settlement(leases[2], JobState::available);
            back.counts_interruption = true;
            settle(run, {discarded, snoozed, back});
        });
    }

    /// Jobs that wait for a signal, and signals that come before and after.
    void signals() {
        add_insert("insert to be signalled", some(3, "signalled"));
        add("claim to be signalled", [](Run& run) { run.claim("signalled", 3); });
        for (const auto* position : {"1", "2"}) {
            add("save a position", [position](Run& run) {
                const auto lease = run.leases("signalled").at(0);
                require(run.store().record_effect(lease, "cursor", position, EffectWrite::replace),
                        "a lease");
            });
        }
        add("signal before the wait", [](Run& run) {
            const auto result = run.store().signal(run.leases("signalled").at(0).id, "go", "[1]");
            require(result == SignalResult::kept, "an active job");
        });
        add("settle: waits for signals", [](Run& run) {
            std::vector<Settlement> items;
            for (const auto& lease : run.leases("signalled")) {
                items.push_back(plain_settlement(lease, JobState::scheduled));
                items.back().delay = 2h;
                items.back().uses_attempt = false;
                items.back().signal = "go";
            }
            settle(run, items);
        });
        const auto signal = [this](std::string what, std::string name, SignalResult expected) {
            add(std::move(what), [name = std::move(name), expected](Run& run) {
                const auto ids = run.jobs("signalled", JobState::scheduled);
                require(ids.size() == 2, "two that wait");
                require(run.store().signal(ids[0], name, "[2]") == expected, name);
            });
        };
        signal("signal another name", "stop", SignalResult::kept);
        signal("signal a waiting job", "go", SignalResult::delivered);
        add("cancel a waiting job", [](Run& run) {
            const auto ids = run.jobs("signalled", JobState::scheduled);
            require(run.store().cancel(ids).at(0) == ControlResult::done, "one that waits");
        });
        add("claim the signalled", [](Run& run) { run.claim("signalled", 3); });
        add("settle the signalled", [](Run& run) {
            std::vector<Settlement> items;
            for (const auto& lease : run.leases("signalled"))
                items.push_back(plain_settlement(lease, JobState::completed));
            require(items.size() == 2, "both that were signalled");
            settle(run, items);
        });
    }

    void control() {
        add("cancel", [](Run& run) {
            const std::vector<JobId> ids{run.jobs("mail", JobState::scheduled).at(0),
                                         run.leases("mail").at(0).id};
            require(run.store().cancel(ids)[1] == ControlResult::requested, "an active job");
        });
        add("settle a cancelled one", [](Run& run) {
            settle(run, {plain_settlement(run.leases("mail")[0], JobState::completed)});
        });
        add("pause", [](Run& run) { run.store().set_paused("mail", true); });
        add_insert("insert while paused", some(2, "mail"));
        add("claim while paused", [](Run& run) { run.claim("mail", 5); });
        add("go on", [](Run& run) { run.store().set_paused("mail", false); });
        add("operator's retry", [](Run& run) {
            const auto ids = run.jobs("mail", JobState::discarded);
            require(run.store().retry({&ids.back(), 1})[0] == ControlResult::done, "an ended job");
        });
        add("remove", [](Run& run) {
            const auto ids = run.jobs("mail", JobState::cancelled);
            require(run.store().remove({&ids.back(), 1})[0] == ControlResult::done, "an ended job");
        });
    }

    /// Plain jobs in a row, which are moved as ranges.
    void bulk() {
        std::vector<NewJob> jobs;
        for (std::uint32_t i = 0; i < 10 * scale_; ++i)
            jobs.push_back(job("bulk"));
        add_insert("insert many", jobs);
        add("claim many", [count = 8 * scale_](Run& run) { run.claim("bulk", count); });
        add("settle many", [](Run& run) {
            std::vector<Settlement> items;
            for (const auto& lease : run.leases("bulk"))
                items.push_back(plain_settlement(lease, JobState::completed));
            require(items.size() > 3, "many leases");
            items.pop_back();
            settle(run, items);
        });
    }

    WorkflowJob node(const std::string& name, std::vector<Dependency> after = {}) {
        return {name, job("flow"), std::move(after)};
    }

    /// A graph that forks and joins, grows while it runs, fails, goes on, and ends with a callback.
    void workflow() {
        NewWorkflow flow;
        flow.id = script_job_id(++next_id_);
        flow.jobs = {node("top"), node("left", {{"top"}}), node("right", {{"top"}}),
                     node("join", {{"left"}, {"right"}}), node("last", {{"join"}})};
        flow.callbacks.on_complete = job("called");
        flow.callbacks.on_complete->id = {};
        add("insert workflow",
            [flow](Run& run) { require(run.store().insert_workflow(flow), "a new workflow"); });
        add("claim top", [](Run& run) { run.claim("flow", 10); });
        add("extend workflow", [added = node("added", {{"top"}})](Run& run) {
            require(run.store().extend_workflow(run.leases("flow").at(0), {&added, 1}).has_value(),
                    "a lease");
        });
        add_flow_end("settle top", 1, JobState::completed);
        add("claim the sides", [](Run& run) { run.claim("flow", 10); });
        add_flow_end("fail the sides", 3, JobState::discarded);
        add("retry workflow", [id = flow.id](Run& run) {
            std::uint64_t retried = 0;
            require(run.store().retry_workflow(id, retried) == ControlResult::done && retried == 3,
                    "three that failed");
        });
        add("claim the sides again", [](Run& run) { run.claim("flow", 10); });
        add_flow_end("complete the sides", 3, JobState::completed);
        add("cancel workflow", [id = flow.id](Run& run) {
            require(run.store().cancel_workflow(id) == ControlResult::done, "nobody active");
        });
    }
    void add_flow_end(std::string name, std::size_t jobs, JobState to) {
        add(std::move(name), [jobs, to](Run& run) {
            std::vector<Settlement> items;
            for (const auto& lease : run.leases("flow"))
                items.push_back(plain_settlement(lease, to));
            require(items.size() == jobs, "those that were claimed");
            settle(run, items);
        });
    }

    /// Keys, whose jobs wait for each other, a fair queue and limits.
    void ordered() {
        add("settings", [](Run& run) {
            run.store().set_queue_settings(
                "fair",
                {.order = QueueOrder::fair, .key_concurrency = 0, .key_weights = {{"b", 2}}});
        });
        std::vector<NewJob> jobs;
        for (std::uint32_t i = 0; i < 6 * scale_; ++i) {
            jobs.push_back(job(i % 2 == 0 ? "keyed" : "fair"));
            jobs.back().key = i % 4 < 2 ? "a" : "b";
        }
        add_insert("insert keyed", jobs);
        add("limit", [](Run& run) {
            run.store().set_limit({Scope::key("b"), 1, Rate{.amount = 3, .per = 1min}});
        });
        add("claim keyed", [](Run& run) { run.claim("keyed", 10); });
        add("settle keyed", [](Run& run) {
            auto waits = plain_settlement(run.leases("keyed").at(0), JobState::retryable);
            waits.delay = 1h;
            settle(run, {waits});
        });
        add("unblock", [](Run& run) {
            require(
                run.store().unblock_key("keyed", "a") + run.store().unblock_key("keyed", "b") == 1,
                "a key whose job waits");
        });
        add("claim fair", [](Run& run) { run.claim("fair", 100); });
        add("remove limit", [](Run& run) { run.store().set_limit({Scope::key("b")}); });
        add("settle fair", [](Run& run) {
            std::vector<Settlement> items;
            for (const auto& lease : run.leases("fair"))
                items.push_back(plain_settlement(lease, JobState::completed));
            settle(run, items);
        });
    }

    /// A schedule that changes with each round, is rehearsed, and makes jobs.
    void scheduled() {
        ScheduleDefinition definition{"s", {.timing = Interval{1min}}, job("ticks"), {}, false};
        definition.job.id = JobId{};
        definition.spec.overlap = OverlapPolicy::cancel_previous;
        definition.require_rehearsal = true;
        add("put schedule", [definition](Run& run) {
            require(run.store().put_schedule(definition, "script") != ScheduleChange::unchanged,
                    "a definition of this round");
        });
        add_fire("rehearse", FireKind::rehearsal, 1);
        add("claim the rehearsal", [](Run& run) { run.claim("ticks", 100); });
        add("settle the rehearsal", [](Run& run) {
            std::vector<Settlement> items;
            for (const auto& lease : run.leases("ticks"))
                items.push_back(plain_settlement(lease, JobState::completed));
            settle(run, items);
        });
        for (const auto state : {ScheduleState::rehearsed, ScheduleState::armed}) {
            add("set schedule " + std::string{to_string(state)},
                [state](Run& run) { run.store().set_schedule_state("s", state, "script"); });
        }
        add_fire("fire", FireKind::tick, 2);
        add_fire("fire again", FireKind::tick, 1);
        add_fire("backfill", FireKind::backfill, 2 * scale_);
        add("pause schedule",
            [](Run& run) { run.store().set_schedule_state("s", ScheduleState::paused, "script"); });
        if (number_ % 2 == 0) {
            add("remove schedule",
                [](Run& run) { require(run.store().remove_schedule("s"), "a schedule"); });
        }
    }

    /// Makes `count` jobs of a second's distance; ticks are dealt with up to the present.
    void add_fire(std::string name, FireKind kind, std::uint32_t count) {
        const auto jobs = some(count, "ticks");
        add(
            std::move(name),
            [kind, jobs](Run& run) {
                const auto view = run.store().find_schedule("s");
                require(view.has_value(), "a schedule");
                const auto now = run.clock().now();
                FireRequest request{"s",  view->revision,
                                    kind, view->last_tick,
                                    now,  view->definition.spec.overlap,
                                    {},   {}};
                for (std::size_t i = 0; i < jobs.size(); ++i)
                    request.ticks.push_back({now - (jobs.size() - 1 - i) * 1s, jobs[i]});
                if (kind == FireKind::backfill) {
                    for (auto& tick : request.ticks)
                        tick.tick -= 30min;
                }
                const auto result = run.store().fire({&request, 1}).at(0);
                require(result.jobs.size() == jobs.size(), "jobs of all ticks");
            },
            1min);
    }

    void lost_leases() {
        add(
            "promote", [](Run& run) { (void)run.store().promote_due(100); }, 2h);
        add("claim what came due", [](Run& run) { run.claim("later", 1); });
        add(
            "a second worker", [](Run& run) { run.join(); }, 1h);
        add("take over", [](Run& run) {
            const auto taken = run.store().take_over_expired(run.worker(), 100, 10min);
            require(taken.size() > 1, "leases that ran out");
        });
        add("settle what was lost", [](Run& run) {
            auto crashed = plain_settlement(run.leases("bulk").at(0), JobState::available);
            crashed.uses_attempt = false;
            crashed.counts_crash = true;
            crashed.error = error_of("its worker died");
            crashed.error->kind = FailureKind::crash;
            settle(run, {crashed});
        });
    }

    void end() {
        if (number_ % 2 == 1) {
            add("close", [](Run& run) { run.close(); });
            add("open again", [](Run& run) { run.open(); });
        }
        // Frees the unique keys for the next round.
        for (int turn = 0; turn < 2; ++turn) {
            add(
                "promote the rest", [](Run& run) { (void)run.store().promote_due(100); }, 1h);
            add("claim the rest", [](Run& run) { run.claim("mail", 100); });
            add("settle the rest", [](Run& run) {
                std::vector<Settlement> items;
                for (const auto& lease : run.leases("mail"))
                    items.push_back(plain_settlement(lease, JobState::completed));
                if (!items.empty()) items.back().to = JobState::cancelled;
                settle(run, items);
            });
        }
        add("take over again",
            [](Run& run) { (void)run.store().take_over_expired(run.worker(), 100, 10min); });
        add("settle all that is left", [](Run& run) {
            std::vector<Settlement> items;
            for (const auto* queue : {"mail", "bulk", "later", "keyed", "fair"}) {
                for (const auto& lease : run.leases(queue))
                    items.push_back(plain_settlement(lease, JobState::completed));
            }
            require(!items.empty(), "leases that nobody settled");
            settle(run, items);
        });
        add("write off dead workers", [](Run& run) {
            require(run.store().take_over_expired(run.worker(), 100, 10min).empty(), "no leases");
        });
        add(
            "prune",
            [](Run& run) { require(run.store().prune({.completed = 30min}, 10) > 0, "old jobs"); },
            31min);
    }

    int number_;
    std::uint32_t scale_;
    std::uint32_t next_id_;
    std::vector<Step> steps_;
};

}  // namespace

std::vector<Step> every_call(int rounds, std::uint32_t scale) {
    std::vector<Step> steps{{"open", [](Run& run) { run.open(); }}};
    for (int round = 1; round <= rounds; ++round) {
        for (auto& step : Round{round, scale}.steps())
            steps.push_back(std::move(step));
    }
    return steps;
}

}  // namespace errand::test
