#include "guide/guide.hpp"

#include <errand/handlers.hpp>

#include <atomic>
#include <iostream>

namespace guide {
namespace {

/// Keeps secrets, as far as the guide is concerned.
struct Vault {
    std::vector<std::string> secrets_of(std::string_view /*name*/) const {
        return {"whsec_c2VjcmV0IG9mIHRoZSBndWlkZSwgbG9uZyBlbm91Z2g="};
    }
};

std::string read_secret(std::string_view name) {
    return std::string{name} + "-password";
}

void handle_webhooks(errand::Worker& worker, const Vault& vault) {
    errand::WebhookOptions options;
    options.secrets = [&](std::string_view name) { return vault.secrets_of(name); };
    worker.handle(errand::webhook_job_type, errand::webhook_handler(options),
                  {.retry = errand::webhook_retry});
}

void handle_mail(errand::Worker& worker) {
    errand::EmailOptions options;
    options.server = "mail.example.org:587";
    options.from = "Shop <shop@example.org>";
    options.user = "shop";
    options.password = read_secret("mail");
    worker.handle(errand::email_job_type, errand::email_handler(options));
}

}  // namespace

void events_and_mail(const Store& store) {
    errand::Client client{store};
    std::atomic<int> told = 0;
    auto all = client.subscribe({.queue = "mail"}, [&](const errand::Event&) { ++told; });
    auto stream = client.subscribe({.queue = "mail"}, [](const errand::Event& event) {
        std::cout << errand::to_string(event.kind) << ' ' << event.subject << '\n';
    });

    // To an address that no webhook may go to, and with a mail that is none: nothing leaves here.
    const Vault vault;
    errand::Worker worker{store, {.queues = {{"mail", 1}}}};
    handle_webhooks(worker, vault);
    handle_mail(worker);
    errand::NewJob hook, mail;
    hook.type = errand::webhook_job_type;
    hook.args = R"([{"url": "http://127.0.0.1:9/", "event":
        {"specversion": "1.0", "id": "1", "source": "/guide", "type": "test"}}])";
    mail.type = errand::email_job_type;
    mail.args = R"([{"to": "nobody", "subject": "", "text": ""}])";
    hook.queue = mail.queue = "mail";
    const auto hook_id = client.enqueue(hook).id;
    const auto mail_id = client.enqueue(mail).id;
    worker.start();
    expect(end_of(client, hook_id) == errand::JobState::discarded);
    expect(end_of(client, mail_id) == errand::JobState::discarded);
    while (told < 6)  // each is enqueued, begins and is discarded
        std::this_thread::yield();
}

}  // namespace guide
