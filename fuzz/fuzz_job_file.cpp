#include "cli/jobs_file.hpp"
#include "core/validate.hpp"
#include "fuzz/support.hpp"

#include <sstream>

// A file of jobs, as `errand enqueue --file` reads it. What is accepted has passed validation, so
// validation accepts it again and changes nothing.

namespace errand::fuzz {
namespace {

void check_job(const NewJob& job, const Limits& limits) {
    NewJob again = job;
    core::validate(again, limits);
    check(!job.id.is_nil(), "every job of a file has an id");
    check(again.args == job.args && again.tags == job.tags, "what was validated stays as it is",
          job.args);
}

}  // namespace
}  // namespace errand::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace errand;
    Limits limits;
    limits.args_bytes = 1'000;
    limits.meta_bytes = 200;
    limits.tags = 3;
    fuzz::allow_errors([&] {
        std::istringstream input{std::string{fuzz::text_of(data, size)}};
        for (const auto& [job, expires_in] : cli::parse_jobs(input, "jobs.jsonl", limits))
            fuzz::check_job(job, limits);
    });
    return 0;
}
