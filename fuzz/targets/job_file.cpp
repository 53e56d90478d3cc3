#include "support.hpp"

#include "cli/jobs_file.hpp"
#include "core/validate.hpp"

#include <sstream>

// Files of jobs, one JSON object a line: whatever is accepted would be accepted by a store.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace errand;
    std::istringstream file{std::string{fuzz::text_of(data, size)}};
    static_cast<void>(fuzz::accepted([&] {
        for (auto& job : cli::parse_jobs(file, "jobs", Limits{})) {
            fuzz::require(!job.id.is_nil(), "a job without an id");
            const bool valid = fuzz::accepted([&] { core::validate(job, Limits{}); });
            fuzz::require(valid, "an accepted job is not valid");
        }
    }));
    return 0;
}
