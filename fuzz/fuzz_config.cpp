#include "cli/config.hpp"
#include "fuzz/support.hpp"

#include <errand/limits.hpp>

// errand.toml: what is accepted keeps the bounds that the documentation gives.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace errand;
    fuzz::allow_errors([&] {
        const auto config = cli::parse_config(fuzz::text_of(data, size), "errand.toml");
        const auto& worker = config.worker;
        fuzz::check(
            worker.lease >= std::chrono::seconds{1} && worker.lease <= std::chrono::hours{1},
            "the lease lies within its bounds");
        fuzz::check(worker.grace >= Duration::zero() && worker.grace <= max_duration,
                    "the grace time is a length");
        for (const auto& group : config.groups) {
            fuzz::check(group.concurrency >= 1 && group.concurrency <= 1'024,
                        "the concurrency lies within its bounds");
        }
        if (config.email) {
            fuzz::check(config.email->options.attachment_bytes <= 256U << 20 &&
                            config.email->options.timeout > Duration::zero(),
                        "what is attached and waited for is bounded");
        }
        fuzz::check(config.webhooks.timeout > Duration::zero(), "a delivery has a time");
        for (const auto& handler : config.handlers)
            fuzz::check(!handler.type.empty() && !handler.place.empty(), "a handler has a name");
    });
    return 0;
}
