#include "cli/builtin_handlers.hpp"

#include <boost/json.hpp>

#include <condition_variable>
#include <mutex>

namespace errand::cli {
namespace {

Outcome sleep(Context& job) {
    Duration length{};
    try {
        length = sleep_duration(job.args());
    } catch (const Error& error) {
        return Outcome::discard(error.what(), "bad arguments");
    }
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock{mutex};
    changed.wait_for(lock, job.stop_token(), length, [] { return false; });
    return job.stop_requested() ? Outcome::fail("stopped while sleeping") : Outcome::done();
}

}  // namespace

Duration sleep_duration(std::string_view args) {
    const auto element = only_element(args);
    boost::json::error_code error;
    const auto value = boost::json::parse({element.data(), element.size()}, error);
    const boost::json::value* length = error ? nullptr : &value;
    if (length != nullptr && value.is_object()) length = value.as_object().if_contains("for");
    if (length == nullptr || !length->is_string()) {
        throw Error(ErrorCode::invalid_argument,
                    R"(args: errand.sleep needs a duration: ["2s"] or [{"for": "2s"}])");
    }
    const auto& text = length->get_string();
    return parse_duration({text.data(), text.size()});
}

std::vector<std::string> register_builtin_handlers(Worker& worker, const Config& config) {
    worker.handle("errand.noop", [](Context&) { return Outcome::done(); });
    worker.handle("errand.echo",
                  [](Context& job) { return Outcome::done(std::string{job.args()}); });
    worker.handle("errand.sleep", sleep);
    worker.handle(webhook_job_type, webhook_handler(webhook_options(config.webhooks)),
                  {.retry = webhook_retry});
    std::vector<std::string> types{"errand.noop", "errand.echo", "errand.sleep",
                                   std::string{webhook_job_type}};
    if (config.email) {
        worker.handle(email_job_type, make_email_handler(*config.email));
        types.emplace_back(email_job_type);
    }
    return types;
}

}  // namespace errand::cli
