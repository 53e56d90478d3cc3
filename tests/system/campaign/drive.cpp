#include "system/campaign/roles.hpp"

#include <fmt/format.h>

#include <chrono>
#include <deque>
#include <iostream>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace errand::campaign {

namespace {

using std::chrono::milliseconds;

std::string_view name_of(InsertResult::Kind kind) {
    switch (kind) {
        case InsertResult::Kind::inserted:
            return "inserted";
        case InsertResult::Kind::already_there:
            return "already_there";
        case InsertResult::Kind::duplicate:
            return "duplicate";
        case InsertResult::Kind::replaced:
            return "replaced";
    }
    return "?";
}

std::string_view name_of(SignalResult result) {
    switch (result) {
        case SignalResult::delivered:
            return "delivered";
        case SignalResult::kept:
            return "kept";
        case SignalResult::already_there:
            return "already_there";
        case SignalResult::ended:
            return "ended";
        case SignalResult::not_found:
            return "not_found";
    }
    return "?";
}

std::string_view name_of(ControlResult result) {
    switch (result) {
        case ControlResult::done:
            return "done";
        case ControlResult::requested:
            return "requested";
        case ControlResult::refused:
            return "refused";
        case ControlResult::not_found:
            return "not_found";
    }
    return "?";
}

/// As often as it takes: the store may be away, and others declare the same.
void declare_schedule(Store& store) {
    ScheduleDefinition definition{
        .name = schedule_name,
        .spec = {.timing = Interval{std::chrono::seconds{1}}, .misfire = MisfirePolicy::all},
        .job = {}};
    definition.job.type = "c.quick";
    definition.job.args = R"([{"d":"tick"}])";
    constexpr int tries = 20;
    for (int i = 0; i < tries; ++i) {
        try {
            store.put_schedule(definition, "driver");
            store.set_schedule_state(schedule_name, ScheduleState::armed, "driver");
            return;
        } catch (const Error&) {
            std::this_thread::sleep_for(milliseconds{20});
        }
    }
}

class Driver {
public:
    Driver(std::shared_ptr<Store> store, const History& history, std::uint64_t seed)
        : client_(std::move(store)), history_(history), chance_(seed) {}

    void step() {
        const auto roll = pick(100);
        if (roll < 70 || recent_.empty()) {
            enqueue({new_job()});
        } else if (roll < 78) {
            std::vector<NewJob> jobs(5 + pick(30));
            for (auto& job : jobs)
                job = new_job();
            enqueue(jobs);
        } else if (roll < 88) {
            control("cancel", any(), [&](const JobId& id) { return client_.cancel(id); });
        } else if (roll < 94) {
            control("retry", any(), [&](const JobId& id) { return client_.retry(id); });
        } else if (!parking_.empty()) {
            const auto value = fmt::format("signal {}-{}-{}", history_.identity().node,
                                           history_.identity().incarnation, ++made_);
            control(
                "signal", parking_[pick(parking_.size())],
                [&](const JobId& id) {
                    return client_.signal(id, "go", RawJson{'"' + value + '"'});
                },
                value);
        }
    }

private:
    [[nodiscard]] std::uint64_t pick(std::uint64_t below) { return chance_() % below; }

    NewJob new_job() {
        NewJob job;
        job.id = new_job_id();
        job.max_attempts = 6;
        job.queue = pick(10) == 0 ? "side" : "default";
        job.priority = static_cast<std::int32_t>(pick(3));
        boost::json::object wish{{"d", fmt::format("{}-{}-{}", history_.identity().node,
                                                   history_.identity().incarnation, ++made_)}};
        const auto roll = pick(100);
        if (roll < 60) {
            job.type = "c.quick";
        } else if (roll < 72) {
            job.type = "c.slow";
            wish["ms"] = 10 + pick(600);
            wish["stubborn"] = pick(8) == 0;
        } else if (roll < 82) {
            job.type = "c.flaky";
            wish["fails"] = 1 + pick(3);
        } else if (roll < 88) {
            job.type = "c.snooze";
        } else if (roll < 90) {
            job.type = "c.discard";
        } else if (roll < 95) {
            job.type = "c.park";
        } else {
            job.type = "c.once";
        }
        if (pick(10) == 0) job.delay = milliseconds{1 + pick(1500)};
        if (pick(10) == 0) job.unique_key = fmt::format("unique-{}", pick(20));
        job.args = boost::json::serialize(boost::json::array{wish});
        return job;
    }

    void write_enqueue(std::string_view phase, const NewJob& job, boost::json::object extra) const {
        history_.write("enqueue", phase,
                       {{"job", to_string(job.id)},
                        {"type", job.type},
                        {"queue", job.queue},
                        {"key", job.unique_key},
                        {"priority", job.priority},
                        {"args_h", hash_of(job.args)},
                        {"extra", std::move(extra)}});
    }

    /// An answer that did not come says nothing, so the same jobs are sent again, as a careful
    /// caller does.
    void enqueue(const std::vector<NewJob>& jobs) {
        constexpr int tries = 6;
        for (int i = 0; i < tries; ++i) {
            for (const auto& job : jobs) {
                const auto delay = std::chrono::duration_cast<std::chrono::microseconds>(job.delay);
                write_enqueue("invoke", job,
                              {{"wall", wall_time()},
                               {"delay_us", delay.count()},
                               {"max_attempts", job.max_attempts}});
            }
            try {
                const auto receipts = client_.enqueue_many(jobs);
                for (std::size_t k = 0; k < jobs.size(); ++k)
                    answered(jobs[k], receipts[k]);
                return;
            } catch (const Error& error) {
                for (const auto& job : jobs)
                    write_enqueue("info", job, {{"error", error.what()}});
            }
            std::this_thread::sleep_for(milliseconds{20});
        }
    }

    void answered(const NewJob& job, const Receipt& receipt) {
        const bool refused = receipt.kind == InsertResult::Kind::duplicate;
        write_enqueue(refused ? "fail" : "ok", job,
                      {{"kind", name_of(receipt.kind)}, {"of", to_string(receipt.id)}});
        if (refused) return;
        remember(recent_, job.id, 200);
        if (job.type == "c.park") remember(parking_, job.id, 10);
    }

    static void remember(std::deque<JobId>& ids, const JobId& id, std::size_t most) {
        ids.push_back(id);
        if (ids.size() > most) ids.pop_front();
    }
    [[nodiscard]] JobId any() { return recent_[pick(recent_.size())]; }

    template <class F>
    void control(std::string_view op, const JobId& id, F call, std::string_view value = {}) {
        history_.write(op, "invoke", {{"job", to_string(id)}, {"extra", {{"value", value}}}});
        try {
            const auto result = call(id);
            history_.write(op, "ok",
                           {{"job", to_string(id)},
                            {"extra", {{"result", name_of(result)}, {"value", value}}}});
        } catch (const Error& error) {
            history_.write(op, "info",
                           {{"job", to_string(id)}, {"extra", {{"error", error.what()}}}});
        }
    }

    Client client_;
    const History& history_;
    std::mt19937_64 chance_;
    std::deque<JobId> recent_;
    std::deque<JobId> parking_;  ///< the newest that wait for a signal
    std::uint64_t made_ = 0;
};

}  // namespace

namespace {

/// Somebody wants events, of a queue that nobody uses: so that each change is looked at, and
/// workers relay. A call that fails is made up for by another driver's life.
void want_events(Store& store) {
    Subscription hook;
    hook.name = "hook";
    hook.filter.queue = "nobody";
    hook.url = "https://example.org/hook";
    try {
        store.put_subscription(hook);
    } catch (const Error&) {
        return;
    }
}

}  // namespace

void drive(const std::shared_ptr<Store>& store, const History& history, std::uint64_t seed,
           std::uint64_t count) {
    constexpr milliseconds pace{8};  // what two workers can keep up with
    declare_schedule(*store);
    Driver driver{store, history, seed};
    want_events(*store);
    history.write("up", "ok", {});
    for (std::uint64_t i = 0; count == 0 || i < count; ++i) {
        driver.step();
        std::this_thread::sleep_for(pace);
    }
    history.write("down", "ok", {});
}

}  // namespace errand::campaign
