#pragma once

#include "core/explain.hpp"

namespace errand::core {

/// What of the workers keeps an available job waiting; none: there is a free place for it.
[[nodiscard]] std::optional<ExplainReason> explain_workers(const Job& job, const StoreFacts& store);

/// As above, but only what waiting does not mend: nobody there, or nobody fit for the job.
[[nodiscard]] std::optional<ExplainReason> explain_lack_of_workers(const Job& job,
                                                                   const StoreFacts& store);

}  // namespace errand::core
