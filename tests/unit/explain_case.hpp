#pragma once

#include "core/explain.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace errand::core::test {

using namespace std::chrono_literals;

inline JobId id_of(char last) {
    return *JobId::parse(std::string{"0190a8c0-7e5b-7abc-8def-01234567890"} + last);
}

/// A job that nothing holds, and what a test may change about it and its store.
struct ExplainCase {
    ExplainCase() {
        job.id = id_of('1');
        job.type = "email.send";
        job.queue = "mail";
        job.key = "acme";
        job.max_attempts = 20;
        job.scheduled_at = now - 1min;
        store.now = now;
        add_worker("w1", "mail:4 default:8", {"email.send", "report"});
        store.stats.queues["mail"].available = 1;
    }

    WorkerView& add_worker(std::string name, std::string queues, std::vector<std::string> types) {
        WorkerView view;
        view.info.name = std::move(name);
        view.info.queues = std::move(queues);
        view.info.slots = 12;
        view.info.types = std::move(types);
        return store.workers.emplace_back(std::move(view));
    }
    Limit& add_limit(Scope scope) {
        store.limits.emplace_back().limit.scope = std::move(scope);
        return store.limits.back().limit;
    }
    void add_holder(char last, JobState state) {
        if (!key.view) key.view = KeyView{"mail", "acme", 3, {}};
        key.view->holders.push_back(id_of(last));
        Job holder = job;
        holder.id = id_of(last);
        holder.state = state;
        holder.blocked = false;
        key.holders.push_back(std::move(holder));
        job.blocked = true;
    }

    [[nodiscard]] std::vector<ExplainReason> reasons() const {
        return explain(job, key, store, workflow).reasons;
    }
    [[nodiscard]] std::vector<ExplainCode> codes() const {
        std::vector<ExplainCode> codes;
        for (const auto& reason : reasons())
            codes.push_back(reason.code);
        return codes;
    }
    /// The only one.
    [[nodiscard]] ExplainReason reason() const {
        const auto all = reasons();
        EXPECT_EQ(all.size(), 1U);
        return all.at(0);
    }

    const Timestamp now = parse_timestamp("2026-01-31T08:00:00Z");
    Job job;
    KeyFacts key;
    StoreFacts store;
    WorkflowFacts workflow;
};

}  // namespace errand::core::test
