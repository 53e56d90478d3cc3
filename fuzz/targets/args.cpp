#include "support.hpp"

#include "core/validate.hpp"

#include <errand/codec.hpp>

#include <boost/json.hpp>

// JSON arguments: what validation lets through is JSON to everybody else too.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace errand;
    const std::string text{fuzz::text_of(data, size)};
    const bool is_json = core::json_error(text).empty();
    boost::system::error_code bad;
    const auto parsed = boost::json::parse(text, bad);
    if (is_json && bad) {
        // Only what another library bounds may differ: how deep values nest.
        fuzz::require(bad == boost::json::error::too_deep, "json_error() accepts what is no JSON");
    }
    NewJob job;
    job.type = "t";
    job.args = text;
    if (!fuzz::accepted([&] { core::validate(job, Limits{}); })) return 0;
    fuzz::require(core::json_error(job.args).empty(), "validated args are no JSON");
    auto again = job;
    core::validate(again, Limits{});
    fuzz::require(again.args == job.args, "validating changes what is valid");
    static_cast<void>(fuzz::accepted([&] { static_cast<void>(only_element(job.args)); }));
    return 0;
}
