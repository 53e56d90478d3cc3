#include "client/job_webhook.hpp"

#include <errand/error.hpp>

#include <utility>

namespace errand::client {

namespace {

Subscription subscription_of(const JobId& id, const JobWebhook& webhook) {
    Subscription subscription;
    subscription.name = "job:" + to_string(id);
    subscription.filter.job = id;
    subscription.filter.kinds = {EventKind::job_completed, EventKind::job_discarded,
                                 EventKind::job_cancelled};
    subscription.url = webhook.url;
    subscription.secret_name = webhook.secret_name;
    return subscription;
}

}  // namespace

Receipt enqueue(Client& client, NewJob job, const JobWebhook& webhook) {
    if (job.id.is_nil()) job.id = new_job_id();
    auto& store = *client.store();
    const auto own = subscription_of(job.id, webhook);
    store.put_subscription(own);
    Receipt receipt;
    try {
        receipt = client.enqueue(std::move(job));
    } catch (const Error& error) {
        // After store_unavailable the job may be there.
        if (error.code() != ErrorCode::store_unavailable) store.remove_subscription(own.name);
        throw;
    }
    if (receipt.kind == InsertResult::Kind::inserted) return receipt;
    auto told = own;
    if (receipt.id != *own.filter.job) {
        store.remove_subscription(own.name);
        told = subscription_of(receipt.id, webhook);
        store.put_subscription(told);
    }
    const auto holder = client.find(receipt.id);
    if (!holder || is_end(holder->state)) store.remove_subscription(told.name);
    return receipt;
}

}  // namespace errand::client
