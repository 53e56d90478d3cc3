#include <errand/workflow_builder.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace errand {

WorkflowPart& WorkflowPart::after(const WorkflowPart& before, OnFailure on_failure) {
    builder_->connect(before, *this, on_failure);
    return *this;
}

WorkflowPart& WorkflowPart::after(std::initializer_list<WorkflowPart> before,
                                  OnFailure on_failure) {
    for (const auto& part : before)
        builder_->connect(part, *this, on_failure);
    return *this;
}

WorkflowPart& WorkflowPart::after_job(const std::string& name, OnFailure on_failure) {
    for (const auto child : first_)
        builder_->workflow_.jobs[child].after.push_back({name, on_failure});
    return *this;
}

const std::string& WorkflowPart::name() const {
    if (jobs_.size() != 1) {
        throw Error(ErrorCode::invalid_argument,
                    "a part of " + std::to_string(jobs_.size()) +
                        " jobs has no name; ask for the name of one job");
    }
    return builder_->workflow_.jobs[jobs_.front()].name;
}

std::string WorkflowBuilder::numbered(std::string_view name, std::size_t index) {
    return std::string{name} + "-" + std::to_string(index + 1);
}

void WorkflowBuilder::check_chunk(std::size_t size) {
    if (size >= 1) return;
    throw Error(ErrorCode::invalid_argument, "chunks: size 0 holds nothing; give 1 or more");
}

void WorkflowBuilder::check_ours(const WorkflowPart& part) const {
    if (part.builder_ == this) return;
    throw Error(ErrorCode::invalid_argument,
                "a part of another workflow cannot be joined to this one; add its jobs here");
}

WorkflowPart WorkflowBuilder::add(std::string name, NewJob job) {
    const std::size_t place = workflow_.jobs.size();
    workflow_.jobs.push_back({std::move(name), std::move(job)});
    edges_.emplace_back();
    return {*this, {place}, {place}, {place}};
}

void WorkflowBuilder::connect(const WorkflowPart& before, const WorkflowPart& after,
                              OnFailure on_failure) {
    check_ours(before);
    check_ours(after);
    const auto parents = before.last_.size(), children = after.first_.size();
    const auto free = max_workflow_edges - edge_count_;
    if (parents > 0 && children > free / parents) {
        throw Error(ErrorCode::limit_exceeded,
                    "joining " + std::to_string(parents) + " jobs to " + std::to_string(children) +
                        " makes more than 1,000,000 edges; put a job between them");
    }
    for (const auto child : after.first_) {
        for (const auto parent : before.last_)
            edges_[child].push_back({parent, on_failure});
    }
    edge_count_ += parents * children;
}

NewWorkflow WorkflowBuilder::build() const {
    constexpr auto unseen = static_cast<std::size_t>(-1);
    auto result = workflow_;
    std::vector<std::size_t> seen(result.jobs.size(), unseen);  // by parent: its place in `after`
    for (std::size_t child = 0; child < edges_.size(); ++child) {
        auto& after = result.jobs[child].after;
        after.reserve(after.size() + edges_[child].size());
        for (const auto& edge : edges_[child]) {
            auto& place = seen[edge.parent];
            if (place == unseen) {
                place = after.size();
                after.push_back({result.jobs[edge.parent].name});
            }
            after[place].on_failure = edge.on_failure;
        }
        for (const auto& edge : edges_[child])
            seen[edge.parent] = unseen;
    }
    return result;
}

WorkflowPart WorkflowBuilder::chain(const std::vector<WorkflowPart>& parts, OnFailure on_failure) {
    WorkflowPart whole{*this, {}, {}, {}};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        check_ours(parts[i]);
        if (i > 0) connect(parts[i - 1], parts[i], on_failure);
        std::ranges::copy(parts[i].jobs_, std::back_inserter(whole.jobs_));
    }
    if (!parts.empty()) {
        whole.first_ = parts.front().first_;
        whole.last_ = parts.back().last_;
    }
    return whole;
}

WorkflowPart WorkflowBuilder::group(const std::vector<WorkflowPart>& parts) {
    WorkflowPart whole{*this, {}, {}, {}};
    for (const auto& part : parts) {
        check_ours(part);
        std::ranges::copy(part.jobs_, std::back_inserter(whole.jobs_));
        std::ranges::copy(part.first_, std::back_inserter(whole.first_));
        std::ranges::copy(part.last_, std::back_inserter(whole.last_));
    }
    return whole;
}

WorkflowPart WorkflowBuilder::chord(const std::vector<WorkflowPart>& parts, WorkflowPart body,
                                    OnFailure on_failure) {
    return chain({group(parts), std::move(body)}, on_failure);
}

WorkflowPart WorkflowBuilder::batch(const std::vector<WorkflowPart>& parts,
                                    WorkflowCallbacks callbacks) {
    workflow_.callbacks = std::move(callbacks);
    return group(parts);
}

WorkflowBuilder& WorkflowBuilder::on_success(NewJob job) {
    workflow_.callbacks.on_success = std::move(job);
    return *this;
}

WorkflowBuilder& WorkflowBuilder::on_failure(NewJob job) {
    workflow_.callbacks.on_failure = std::move(job);
    return *this;
}

WorkflowBuilder& WorkflowBuilder::on_complete(NewJob job) {
    workflow_.callbacks.on_complete = std::move(job);
    return *this;
}

}  // namespace errand
