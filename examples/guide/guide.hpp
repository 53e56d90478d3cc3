#pragma once

#include <errand/errand.hpp>

#include <memory>
#include <source_location>
#include <stdexcept>
#include <string>

// The C++ of the guide, page by page, around it what makes a program of it. Each page runs its code
// on a store of its own and throws when that does not do what the page says.

namespace guide {

using Store = std::shared_ptr<errand::Store>;

void getting_started(const Store& store);
void handlers(const Store& store);
void schedules(const Store& store);
void unique_jobs(const Store& store);
void limits_and_order(const Store& store);
void steps(const Store& store);
void workflows(const Store& store);
void isolated(const Store& store);  // before the program has threads of its own
void kinds_of_handler(const Store& store);
void events_and_mail(const Store& store);
void hooks(const Store& store);

inline void expect(bool holds,
                   const std::source_location& where = std::source_location::current()) {
    if (holds) return;
    throw std::logic_error{std::string{where.file_name()} + ":" + std::to_string(where.line())};
}

/// The state in which a job ended.
inline errand::JobState end_of(const errand::Client& client, const errand::JobId& id) {
    const auto job = client.wait(id, std::chrono::minutes{1});
    expect(job.has_value());
    return job->state;
}

}  // namespace guide
