#pragma once

#include <errand/client.hpp>

#include <string>

namespace errand::client {

/// Who is to be told how one job ended.
struct JobWebhook {
    std::string url;
    std::string secret_name;
};

/// Enqueues a job whose end (completed, discarded or cancelled) is delivered to a URL. The
/// subscription is there before the job and named "job:ID"; it goes when the end was delivered.
/// When another job holds the unique key, that one's end is delivered, unless it has ended: then
/// nobody is told.
Receipt enqueue(Client& client, NewJob job, const JobWebhook& webhook);

}  // namespace errand::client
