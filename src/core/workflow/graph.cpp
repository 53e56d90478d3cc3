#include "core/workflow/graph.hpp"

#include "base/text.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <string>
#include <unordered_map>

namespace errand::core {
namespace {

using Positions = std::unordered_map<std::string_view, std::uint32_t>;

[[noreturn]] void refuse(const std::string& reason) {
    throw Error(ErrorCode::invalid_argument, reason);
}

Positions positions_of(std::span<const WorkflowJob> jobs) {
    Positions positions;
    positions.reserve(jobs.size());
    for (const WorkflowJob& job : jobs) {
        const auto position = static_cast<std::uint32_t>(positions.size());
        if (positions.emplace(job.name, position).second) continue;
        refuse(fmt::format("jobs: two are called {}; give each a name of its own",
                           base::quote_for_message(job.name)));
    }
    return positions;
}

std::size_t count_edges(std::span<const WorkflowJob> jobs) {
    std::size_t edges = 0;
    for (const WorkflowJob& job : jobs)
        edges += job.after.size();
    if (edges <= max_workflow_edges) return edges;
    throw Error(ErrorCode::limit_exceeded,
                fmt::format("after: the jobs have {} parents in all, at most {} are possible; put "
                            "a job between the many and the many",
                            edges, max_workflow_edges));
}

/// Finds a parent that is given twice without looking at all pairs.
class ParentsOfOne {
public:
    void begin(const WorkflowJob& child) {
        child_ = &child;
        seen_.clear();
    }
    void add(std::string_view parent) {
        if (!seen_.emplace(parent, 0).second) {
            refuse(fmt::format("after: {} names its parent {} twice; name it once",
                               base::quote_for_message(child_->name),
                               base::quote_for_message(parent)));
        }
    }

private:
    const WorkflowJob* child_ = nullptr;
    Positions seen_;
};

/// Follows the edges from children to parents, depth first and without recursion, as a chain may
/// be as long as a workflow has jobs.
class CycleSearch {
public:
    CycleSearch(std::span<const WorkflowJob> jobs, const JobGraph& graph)
        : jobs_(jobs), graph_(graph), first_(jobs.size() + 1), seen_(jobs.size(), Seen::no) {
        for (const GraphEdge& edge : graph.edges)
            ++first_[edge.child + 1];
        for (std::size_t i = 0; i < jobs.size(); ++i)
            first_[i + 1] += first_[i];
    }

    /// Throws when there is a cycle.
    void run() {
        for (std::uint32_t job = 0; job < jobs_.size(); ++job) {
            if (seen_[job] == Seen::no) search_from(job);
        }
    }

private:
    enum class Seen : std::uint8_t { no, on_path, done };
    struct Step {
        std::uint32_t job;
        std::uint32_t next_edge;
    };

    void enter(std::uint32_t job) {
        seen_[job] = Seen::on_path;
        path_.push_back({job, first_[job]});
    }

    void search_from(std::uint32_t start) {
        enter(start);
        while (!path_.empty()) {
            Step& step = path_.back();
            if (step.next_edge == first_[step.job + 1]) {
                seen_[step.job] = Seen::done;
                path_.pop_back();
                continue;
            }
            const std::uint32_t parent = graph_.edges[step.next_edge++].parent;
            if (seen_[parent] == Seen::on_path) refuse_cycle(parent);
            if (seen_[parent] == Seen::no) enter(parent);
        }
    }

    /// The path goes from children to parents; people read the order in which jobs would run.
    [[noreturn]] void refuse_cycle(std::uint32_t again) const {
        constexpr std::size_t most_named = 32;
        std::string text = jobs_[again].name;
        std::size_t named = 0;
        for (auto step = path_.rbegin(); step->job != again; ++step) {
            if (++named <= most_named) text += " → " + jobs_[step->job].name;
        }
        if (named > most_named) text += fmt::format(" → … ({} more)", named - most_named);
        refuse(fmt::format("after: the jobs wait for each other: {} → {}; take one edge away", text,
                           jobs_[again].name));
    }

    std::span<const WorkflowJob> jobs_;
    const JobGraph& graph_;
    std::vector<std::uint32_t> first_;  ///< of each job's edges; one more at the end
    std::vector<Seen> seen_;
    std::vector<Step> path_;
};

}  // namespace

JobGraph make_graph(std::span<const WorkflowJob> jobs) {
    const Positions positions = positions_of(jobs);
    JobGraph graph;
    graph.edges.reserve(count_edges(jobs));
    ParentsOfOne parents;
    for (std::uint32_t child = 0; child < jobs.size(); ++child) {
        parents.begin(jobs[child]);
        for (const Dependency& after : jobs[child].after) {
            parents.add(after.parent);
            const auto found = positions.find(after.parent);
            if (found == positions.end())
                graph.outer.push_back({child, after.parent, after.on_failure});
            else
                graph.edges.push_back({child, found->second, after.on_failure});
        }
    }
    CycleSearch{jobs, graph}.run();
    return graph;
}

void refuse_unknown_parent(std::string_view child, std::string_view parent) {
    refuse(fmt::format("after: {} comes after {}, but no job of the workflow is called so",
                       base::quote_for_message(child), base::quote_for_message(parent)));
}

}  // namespace errand::core
