#include "handlers/exec_workflow.hpp"

#include "base/text.hpp"
#include "core/job_text.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <unistd.h>
#include <cstdlib>
#include <fstream>
#include <vector>

namespace errand::handlers {
namespace {

/// The kernel takes 128 KiB for one variable, and all of them together have a limit too.
constexpr std::size_t variable_bytes = 64U << 10;

/// {"encode": {…}, "scan": null}: null for a parent without a result.
std::string results_json(const std::vector<ParentResult>& parents) {
    std::string text;
    for (const auto& parent : parents) {
        text += fmt::format("{}{}:{}", text.empty() ? "" : ",", base::json_string(parent.name),
                            parent.result.empty() ? "null" : parent.result);
    }
    return '{' + text + '}';
}

[[noreturn]] void refuse(const std::string& path) {
    throw Error(ErrorCode::limit_exceeded,
                fmt::format("the results of the parents cannot be written to {}; make room there, "
                            "or set TMPDIR to another folder",
                            path));
}

/// The path of a new file, which nobody else can read.
std::string write_file(const std::string& text) {
    const char* folder = std::getenv("TMPDIR");
    auto path = fmt::format("{}/errand-parents-XXXXXX",
                            folder == nullptr || *folder == '\0' ? "/tmp" : folder);
    const int descriptor = ::mkstemp(path.data());
    if (descriptor < 0) refuse(path);
    ::close(descriptor);
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    if (file) return path;
    ::unlink(path.c_str());
    refuse(path);
}

}  // namespace

ExecWorkflow::ExecWorkflow(Context& job) {
    const auto workflow = job.workflow();
    if (!workflow) return;
    id_ = to_string(*workflow);
    name_ = job.workflow_job();
    results_ = results_json(job.parent_results());
    if (results_.size() <= variable_bytes) return;
    file_ = write_file(results_);
    results_.clear();
}

ExecWorkflow::~ExecWorkflow() {
    if (!file_.empty()) ::unlink(file_.c_str());
}

void ExecWorkflow::add_to(Environment& environment) const {
    environment["ERRAND_WORKFLOW_ID"] = id_;
    environment["ERRAND_WORKFLOW_JOB"] = name_;
    environment["ERRAND_PARENT_RESULTS"] = results_;
    environment["ERRAND_PARENT_RESULTS_FILE"] = file_;
}

}  // namespace errand::handlers
