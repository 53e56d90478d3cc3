#pragma once

#include "handlers/exec_environment.hpp"

#include <errand/context.hpp>

#include <string>

namespace errand::handlers {

/// What a program is told about the workflow of its job. Results that are too large for a variable
/// go to a file, which is gone when this object is.
class ExecWorkflow {
public:
    /// Asks the store when the job belongs to a workflow. Throws Error.
    explicit ExecWorkflow(Context& job);
    ~ExecWorkflow();
    ExecWorkflow(const ExecWorkflow&) = delete;
    ExecWorkflow& operator=(const ExecWorkflow&) = delete;

    /// Sets ERRAND_WORKFLOW_ID, ERRAND_WORKFLOW_JOB, ERRAND_PARENT_RESULTS and
    /// ERRAND_PARENT_RESULTS_FILE; empty when there is nothing to tell, as a program that was
    /// started within a job inherits those of that one.
    void add_to(Environment& environment) const;

private:
    std::string id_, name_, results_, file_;
};

}  // namespace errand::handlers
