#include "client/unique_choice.hpp"

#include <errand/client.hpp>
#include <errand/error.hpp>

namespace errand {
namespace client {
namespace {

[[noreturn]] void refuse(const char* message) {
    throw Error(ErrorCode::invalid_argument, message);
}

void check(const UniqueChoice& choice, const NewJob& job) {
    if (choice.by && !choice.key.empty()) {
        refuse("unique_by: it makes the key that unique_key gives; leave one of them out");
    }
    if (!choice.debounce && !choice.throttle) return;
    if (choice.debounce && choice.throttle) {
        refuse("debounce: not possible together with throttle; leave one of them out");
    }
    if (choice.policy != UniquePolicy{}) {
        refuse(
            "debounce and throttle say how long the key is held and what a conflict does; leave "
            "unique_for and on_conflict out");
    }
    if (!choice.debounce) return;
    if (job.delay != Duration::zero() || job.run_at) {
        refuse("debounce: it is the job's delay; leave delay and the due time out");
    }
    if (*choice.debounce <= Duration::zero()) refuse("debounce: give a time above zero");
}

}  // namespace

void apply(const UniqueChoice& choice, NewJob& job) {
    check(choice, job);
    job.unique_key = choice.key;
    job.unique = choice.policy;
    const bool needs_key = choice.by || choice.debounce || choice.throttle;
    if (needs_key && choice.key.empty()) {
        const auto members = choice.by.value_or(std::vector<std::string>{});
        job.unique_key = unique_key_of(job.type, job.args, members);
    }
    if (choice.debounce) {
        job.unique = {UniqueFor::waiting, {}, OnConflict::replace};
        job.delay = *choice.debounce;
    }
    if (choice.throttle) job.unique = {UniqueFor::period, *choice.throttle, OnConflict::existing};
}

}  // namespace client

void detail::set_unique(const EnqueueOptions& options, NewJob& job) {
    client::apply(
        {options.unique_key, options.unique_by, options.unique, options.debounce, options.throttle},
        job);
}

}  // namespace errand
