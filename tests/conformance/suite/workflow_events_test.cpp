#include "conformance/suite/fixture.hpp"

#include <errand/event.hpp>
#include <errand/store/workflows.hpp>

#include <initializer_list>
#include <map>

// What a store tells of workflows, and of their jobs where no attempt has to do with it.

namespace errand::test {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace {

/// A workflow of jobs whose types are their names, and one reader, "s", of its store.
class WorkflowReader {
public:
    explicit WorkflowReader(Store& store) : store_(store) { workflow_.id = new_job_id(); }

    void add(std::string_view name, std::initializer_list<std::string_view> after = {}) {
        WorkflowJob job;
        job.name = name;
        job.job = a_job(name);
        for (const auto parent : after)
            job.after.push_back({std::string{parent}, OnFailure::fail});
        workflow_.jobs.push_back(std::move(job));
    }
    void add_callback() { workflow_.callbacks.on_complete = a_job("callback"); }
    void subscribe(EventFilter filter = {}) {
        Subscription all;
        all.name = "s";
        all.filter = std::move(filter);
        store_.put_subscription(all);
    }
    [[nodiscard]] NewWorkflow& workflow() { return workflow_; }
    [[nodiscard]] const WorkflowId& id() const { return workflow_.id; }
    [[nodiscard]] const JobId& id(std::string_view name) const {
        for (const auto& job : workflow_.jobs)
            if (job.name == name) return job.job.id;
        throw std::out_of_range(std::string{name});
    }

    /// What is new, each as "kind NAME", with what `data` has besides the job's state and attempt.
    [[nodiscard]] std::vector<std::string> told() {
        const auto page = store_.read_events("s", 1'000);
        if (!page) throw std::logic_error("nobody subscribed");
        EXPECT_TRUE(store_.acknowledge_events("s", page->up_to));
        std::vector<std::string> lines;
        for (const Event& event : page->events) {
            const bool of_workflow = event.subject == to_string(workflow_.id);
            lines.push_back(std::string{to_string(event.kind)} + ' ' +
                            (of_workflow ? "workflow" : event.type) + ' ' + event.data);
        }
        return lines;
    }

private:
    static NewJob a_job(std::string_view type) {
        NewJob job;
        job.id = new_job_id();
        job.type = type;
        job.queue = "default";
        return job;
    }

    Store& store_;
    NewWorkflow workflow_;
};

/// Claims the one job that is available, and ends it.
void end_next(Store& store, const WorkerId& worker, std::string_view type, JobState as) {
    const auto leases = store.claim({worker, {{"default", 1}}, {std::string{type}}, 15s});
    ASSERT_EQ(leases.size(), 1U) << type;
    Settlement item;
    item.lease = leases.front().ref;
    item.to = as;
    item.uses_attempt = true;
    EXPECT_EQ(store.settle({&item, 1}).at(0), SettleResult::ok);
}

}  // namespace

TEST_P(StoreContract, WorkflowEventsTellTheLifeOfAWorkflow) {
    static_cast<void>(worker());  // its joining is told to nobody
    WorkflowReader reader{*store_};
    reader.workflow().name = "nightly";
    reader.add("a");
    reader.add("b", {"a"});
    reader.add_callback();
    reader.subscribe();
    EXPECT_TRUE(store_->insert_workflow(reader.workflow()));
    EXPECT_THAT(reader.told(),
                ElementsAre(R"(workflow.started workflow {"name":"nightly","run":1,"jobs":2})",
                            R"(job.enqueued a {"state":"available"})",
                            R"(job.enqueued b {"state":"pending"})"));
    EXPECT_FALSE(store_->insert_workflow(reader.workflow()));
    EXPECT_THAT(reader.told(), IsEmpty()) << "it was there before";
    end_next(*store_, worker(), "a", JobState::completed);
    EXPECT_THAT(reader.told(),
                ElementsAre(R"(job.started a {"state":"active","attempt":1,"worker":"w1"})",
                            R"(job.completed a {"state":"completed","attempt":1})"));
    end_next(*store_, worker(), "b", JobState::completed);
    EXPECT_THAT(reader.told(),
                ElementsAre(R"(job.started b {"state":"active","attempt":1,"worker":"w1"})",
                            R"(job.completed b {"state":"completed","attempt":1})",
                            R"(workflow.ended workflow {"name":"nightly","state":"completed",)"
                            R"("run":1,"jobs":2,"completed":2,"failed":0,"skipped":0})",
                            R"(job.enqueued callback {"state":"available"})"));
}

TEST_P(StoreContract, WorkflowEventsTellWhatIsSkippedAndWhatGoesOn) {
    static_cast<void>(worker());  // its joining is told to nobody
    WorkflowReader reader{*store_};
    reader.add("a");
    reader.add("b", {"a"});
    reader.add("c", {"b"});
    EXPECT_TRUE(store_->insert_workflow(reader.workflow()));
    reader.subscribe({.kinds = {EventKind::job_enqueued, EventKind::job_discarded,
                                EventKind::job_cancelled, EventKind::job_retried,
                                EventKind::workflow_started, EventKind::workflow_ended}});
    end_next(*store_, worker(), "a", JobState::discarded);
    EXPECT_THAT(reader.told(),
                ElementsAre(R"(job.discarded a {"state":"discarded","attempt":1})",
                            R"(job.cancelled b {"state":"cancelled","attempt":0})",
                            R"(job.cancelled c {"state":"cancelled","attempt":0})",
                            R"(workflow.ended workflow {"state":"failed","run":1,"jobs":3,)"
                            R"("completed":0,"failed":1,"skipped":2})"));
    std::uint64_t retried = 0;
    EXPECT_EQ(store_->retry_workflow(reader.id(), retried), ControlResult::done);
    const auto told = reader.told();
    EXPECT_THAT(told,
                ::testing::UnorderedElementsAre(R"(job.retried a {"state":"available"})",
                                                R"(job.retried b {"state":"pending"})",
                                                R"(job.retried c {"state":"pending"})",
                                                R"(workflow.started workflow {"run":2,"jobs":3})"));
    EXPECT_EQ(told.back(), R"(workflow.started workflow {"run":2,"jobs":3})");
    for (const auto* name : {"a", "b", "c"})
        end_next(*store_, worker(), name, JobState::completed);
    EXPECT_THAT(reader.told(),
                ElementsAre(R"(workflow.ended workflow {"state":"completed","run":2,"jobs":3,)"
                            R"("completed":3,"failed":0,"skipped":0})"));
}

TEST_P(StoreContract, WorkflowEventsTellOfARetryOfOneJob) {
    static_cast<void>(worker());  // its joining is told to nobody
    WorkflowReader reader{*store_};
    reader.add("a");
    reader.add("other");
    reader.add("b", {"a"});
    EXPECT_TRUE(store_->insert_workflow(reader.workflow()));
    end_next(*store_, worker(), "a", JobState::discarded);
    reader.subscribe();
    EXPECT_EQ(retry(reader.id("a")), ControlResult::done);
    EXPECT_THAT(reader.told(),
                ::testing::UnorderedElementsAre(R"(job.retried a {"state":"available"})",
                                                R"(job.retried b {"state":"pending"})"))
        << "it had not ended, so no run begins";
}

TEST_P(StoreContract, WorkflowEventsTellOfACancel) {
    static_cast<void>(worker());  // its joining is told to nobody
    WorkflowReader reader{*store_};
    reader.add("a");
    reader.add("b", {"a"});
    EXPECT_TRUE(store_->insert_workflow(reader.workflow()));
    reader.subscribe();
    EXPECT_EQ(store_->cancel_workflow(reader.id()), ControlResult::done);
    EXPECT_THAT(reader.told(),
                ElementsAre(R"(job.cancelled a {"state":"cancelled","attempt":0})",
                            R"(job.cancelled b {"state":"cancelled","attempt":0})",
                            R"(workflow.ended workflow {"state":"cancelled","run":1,"jobs":2,)"
                            R"("completed":0,"failed":1,"skipped":1})"));
    EXPECT_EQ(store_->cancel_workflow(reader.id()), ControlResult::done);
    EXPECT_THAT(reader.told(), IsEmpty());
}

TEST_P(StoreContract, WorkflowEventsTellOfJobsThatAreAdded) {
    static_cast<void>(worker());  // its joining is told to nobody
    WorkflowReader reader{*store_};
    reader.add("a");
    EXPECT_TRUE(store_->insert_workflow(reader.workflow()));
    const Lease lease = claim({worker(), {{"default", 1}}, {"a"}, 15s}).at(0);
    reader.subscribe();
    reader.add("b");
    reader.add("c", {"b"});
    const auto& jobs = reader.workflow().jobs;
    const std::vector<WorkflowJob> added{jobs[1], jobs[2]};
    ASSERT_TRUE(store_->extend_workflow(lease.ref, added).has_value());
    EXPECT_THAT(reader.told(), ElementsAre(R"(job.enqueued b {"state":"available"})",
                                           R"(job.enqueued c {"state":"pending"})"));
    ASSERT_TRUE(store_->extend_workflow(lease.ref, added).has_value());
    EXPECT_THAT(reader.told(), IsEmpty()) << "they were there before";
}

TEST_P(StoreContract, WorkflowEventsOfAJobAreForWhoAsksForIt) {
    static_cast<void>(worker());  // its joining is told to nobody
    WorkflowReader reader{*store_};
    reader.add("a");
    reader.add("b", {"a"});
    EXPECT_TRUE(store_->insert_workflow(reader.workflow()));
    reader.subscribe({.job = reader.id("b")});
    end_next(*store_, worker(), "a", JobState::discarded);
    EXPECT_THAT(reader.told(), ElementsAre(R"(job.cancelled b {"state":"cancelled","attempt":0})"));
}

}  // namespace errand::test
