#pragma once

#include <errand/client.hpp>
#include <errand/workflow.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace errand {

class WorkflowBuilder;

/// Some jobs of a workflow that is being built, as one: what comes after the part waits for its
/// last jobs, what the part comes after is waited for by its first. A light handle; valid as long
/// as its builder.
class WorkflowPart {
public:
    /// The first jobs of this part begin after the last ones of `before`. Saying it again changes
    /// the policy. Between two wide parts that is an edge per pair: put a job between them. Throws
    /// Error (limit_exceeded) above max_workflow_edges.
    WorkflowPart& after(const WorkflowPart& before, OnFailure on_failure = OnFailure::fail);
    WorkflowPart& after(std::initializer_list<WorkflowPart> before,
                        OnFailure on_failure = OnFailure::fail);

    /// The same, after a job that is not being built here: one of the running workflow that this
    /// part is to be added to.
    WorkflowPart& after_job(const std::string& name, OnFailure on_failure = OnFailure::fail);

    /// The name of a part of one job. Throws Error (invalid_argument) of a part with more.
    [[nodiscard]] const std::string& name() const;
    [[nodiscard]] std::size_t size() const noexcept { return jobs_.size(); }  ///< how many jobs

private:
    friend class WorkflowBuilder;
    using Places = std::vector<std::size_t>;  ///< in NewWorkflow::jobs

    WorkflowPart(WorkflowBuilder& builder, Places jobs, Places first, Places last)
        : builder_(&builder),
          jobs_(std::move(jobs)),
          first_(std::move(first)),
          last_(std::move(last)) {}

    WorkflowBuilder* builder_;
    Places jobs_, first_, last_;
};

/// Writes a workflow step by step. Names are given to jobs for people, for parent_result() and for
/// adding to a running workflow. Mistakes throw Error (invalid_argument) here or, where they show
/// in the whole only, in Client::submit(). For one thread; it stays where it is, as its parts refer
/// to it.
///
///     WorkflowBuilder flow{"clip 17"};
///     const auto encode = flow.add("encode", Encode{"clip.mov"});
///     const auto extras = flow.group({flow.add("thumbnails", Thumbnails{}),
///                                     flow.add("subtitles", Subtitles{}).after(encode)});
///     flow.add("publish", Publish{}).after(extras.after(encode));
///     const auto id = client.submit(flow.build());
class WorkflowBuilder {
public:
    explicit WorkflowBuilder(std::string name = {}) { workflow_.name = std::move(name); }
    WorkflowBuilder(const WorkflowBuilder&) = delete;
    WorkflowBuilder& operator=(const WorkflowBuilder&) = delete;

    /// With an id that is set here, submitting it again adds nothing.
    WorkflowBuilder& id(const WorkflowId& id) {
        workflow_.id = id;
        return *this;
    }

    /// One job. Unique keys are not for jobs of a workflow.
    WorkflowPart add(std::string name, NewJob job);
    template <JobArgs T>
    WorkflowPart add(std::string name, const T& args, EnqueueOptions options = {}) {
        return add(std::move(name), Client::make_job(args, std::move(options)));
    }

    /// One part after the other; a failure skips what follows unless the policy says otherwise.
    WorkflowPart chain(const std::vector<WorkflowPart>& parts,
                       OnFailure on_failure = OnFailure::fail);
    /// Parts that do not wait for each other.
    WorkflowPart group(const std::vector<WorkflowPart>& parts);
    /// A group, and `body` after all of it.
    WorkflowPart chord(const std::vector<WorkflowPart>& parts, WorkflowPart body,
                       OnFailure on_failure = OnFailure::fail);
    /// A group with callbacks for its end, which is that of the workflow.
    WorkflowPart batch(const std::vector<WorkflowPart>& parts, WorkflowCallbacks callbacks);

    /// A group with a job per item: NAME-1, NAME-2, … with what `to_args` makes of it.
    template <class Range, class ToArgs>
        requires JobArgs<std::invoke_result_t<ToArgs, const typename Range::value_type&>>
    WorkflowPart map(std::string_view name, const Range& items, ToArgs to_args,
                     const EnqueueOptions& options = {}) {
        std::vector<WorkflowPart> parts;
        for (const auto& item : items)
            parts.push_back(add(numbered(name, parts.size()), std::invoke(to_args, item), options));
        return group(parts);
    }
    /// A group with a job per `size` items (of the last one fewer), as map().
    template <class T, class ToArgs>
        requires JobArgs<std::invoke_result_t<ToArgs, std::span<const T>>>
    WorkflowPart chunks(std::string_view name, const std::vector<T>& items, std::size_t size,
                        ToArgs to_args, const EnqueueOptions& options = {}) {
        check_chunk(size);
        std::vector<WorkflowPart> parts;
        for (std::span<const T> rest{items}; !rest.empty();) {
            const auto chunk = rest.first(size < rest.size() ? size : rest.size());
            parts.push_back(
                add(numbered(name, parts.size()), std::invoke(to_args, chunk), options));
            rest = rest.subspan(chunk.size());
        }
        return group(parts);
    }

    WorkflowBuilder& on_success(NewJob job);
    WorkflowBuilder& on_failure(NewJob job);
    WorkflowBuilder& on_complete(NewJob job);
    template <JobArgs T>
    WorkflowBuilder& on_success(const T& args, EnqueueOptions options = {}) {
        return on_success(Client::make_job(args, std::move(options)));
    }
    template <JobArgs T>
    WorkflowBuilder& on_failure(const T& args, EnqueueOptions options = {}) {
        return on_failure(Client::make_job(args, std::move(options)));
    }
    template <JobArgs T>
    WorkflowBuilder& on_complete(const T& args, EnqueueOptions options = {}) {
        return on_complete(Client::make_job(args, std::move(options)));
    }

    /// What was written so far, for Client::submit().
    [[nodiscard]] NewWorkflow build() const;

private:
    friend class WorkflowPart;

    /// Jobs by their places, as looking for names would cost too much in a wide graph.
    struct Edge {
        std::size_t parent;
        OnFailure on_failure;
    };

    [[nodiscard]] static std::string numbered(std::string_view name, std::size_t index);
    static void check_chunk(std::size_t size);
    void check_ours(const WorkflowPart& part) const;
    void connect(const WorkflowPart& before, const WorkflowPart& after, OnFailure on_failure);

    NewWorkflow workflow_;
    std::vector<std::vector<Edge>> edges_;  ///< of each job; of two with one parent the last counts
    std::size_t edge_count_ = 0;
};

}  // namespace errand
