#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/config.hpp"
#include "cli/event_filter_flags.hpp"
#include "cli/table.hpp"
#include "client/control_json.hpp"

#include <fmt/format.h>

namespace errand::cli {
namespace {

struct WebhookFlags {
    std::string url, secret, name;
    EventFilterFlags filter;
};

/// What stands behind the ? of a URL is often a secret.
std::string shown_url(const std::string& url) {
    const auto query = url.find('?');
    return query == std::string::npos ? url : url.substr(0, query) + "?…";
}

/// A job that has ended before anybody listened has nothing more to tell.
void require_unfinished(const Client& client, const JobId& id) {
    const auto job = client.find(id);
    if (!job) throw unknown_job(id);
    if (!is_end(job->state)) return;
    throw Error(ErrorCode::conflict, fmt::format("job {} has ended already: it is {}",
                                                 to_string(id), to_string(job->state)));
}

ExitCode add_webhook(const WebhookFlags& flags, CommandContext& context) {
    Subscription subscription;
    subscription.filter = event_filter(flags.filter);
    subscription.name = flags.name.empty() ? "webhook-" + to_string(new_job_id()) : flags.name;
    subscription.url = flags.url;
    subscription.secret_name = flags.secret;
    const Client client{context.create_store(), context.config().limits};
    auto& store = *client.store();
    store.put_subscription(subscription);
    // Afterwards, so that an end in between is either delivered or seen here.
    if (subscription.filter.job) {
        try {
            require_unfinished(client, *subscription.filter.job);
        } catch (const Error&) {
            store.remove_subscription(subscription.name);
            throw;
        }
    }
    if (context.json()) {
        fmt::print("{{\"name\":\"{}\"}}\n", subscription.name);
    } else {
        fmt::print("{}\n", subscription.name);
    }
    return ExitCode::done;
}

ExitCode list_webhooks(CommandContext& context) {
    const Client client = context.open_client();
    auto views = client.store()->subscriptions();
    std::erase_if(views,
                  [](const SubscriptionView& view) { return view.subscription.url.empty(); });
    if (context.json()) {
        for (const auto& view : views)
            fmt::print("{}\n", to_json_text(view));
        return ExitCode::done;
    }
    if (views.empty()) {
        fmt::print(stderr, "there are no webhooks\n");
        return ExitCode::done;
    }
    Table table{{{"NAME"}, {"SECRET"}, {"MISSED", true}, {"EVENTS"}, {"URL"}}};
    for (const auto& view : views) {
        const auto& hook = view.subscription;
        table.add_row({hook.name, hook.secret_name.empty() ? "default" : hook.secret_name,
                       grouped(view.missed), text_of(hook.filter), shown_url(hook.url)});
    }
    table.print();
    return ExitCode::done;
}

ExitCode remove_webhook(const WebhookFlags& flags, CommandContext& context) {
    const Client client = context.open_client();
    auto& store = *client.store();
    for (const auto& view : store.subscriptions()) {
        const auto& hook = view.subscription;
        if (hook.name == flags.name && !hook.url.empty() && store.remove_subscription(hook.name))
            return ExitCode::done;
    }
    throw Error(
        ErrorCode::not_found,
        fmt::format("there is no webhook {}; `errand webhook list` shows them all", flags.name));
}

void add_add_command(CLI::App& webhook, CommandContext& context) {
    const auto flags = std::make_shared<WebhookFlags>();
    auto& command = context.add_command(
        webhook,
        {.name = "add",
         .group = group_operate,
         .summary = "Have events delivered to a URL, and print the webhook's name",
         .details =
             "Each event becomes a job of type errand.webhook, which a worker posts, signed, and "
             "tries again when that fails. With --job it is about one job, and goes when the job's "
             "end was delivered. To add a name again changes it.",
         .examples = {{"webhook add --url https://crm.example/hook --kind job.discarded",
                       "Every job that is given up."},
                      {"webhook add --url https://crm.example/hook --queue crm --name crm "
                       "--secret crm",
                       "What happens in one queue, signed with a secret of its own."}}},
        [flags, &context] { return add_webhook(*flags, context); });
    command.add_option("--url", flags->url, "Where events are posted to")
        ->type_name("URL")
        ->required();
    add_filter_options(command, flags->filter);
    command
        .add_option("--secret", flags->secret,
                    "Name of the secret that signs them, of those in [webhooks] of errand.toml "
                    "(default: default)")
        ->type_name("NAME");
    command.add_option("--name", flags->name, "Its name (default: a new one)")->type_name("NAME");
}

}  // namespace

void add_webhook_command(CLI::App& app, CommandContext& context) {
    auto& webhook =
        context.add_command_group(app, {.name = "webhook",
                                        .group = group_operate,
                                        .summary = "Have events delivered to URLs",
                                        .details = "",
                                        .examples = {{"webhook list", "Those that there are."}}});
    add_add_command(webhook, context);
    context.add_command(webhook,
                        {.name = "list",
                         .group = group_operate,
                         .summary = "Show the webhooks",
                         .details = "MISSED counts the events that were gone before a worker could "
                                    "deliver them. With --json a webhook per line.",
                         .examples = {{"webhook list", "A table."}}},
                        [&context] { return list_webhooks(context); });
    const auto flags = std::make_shared<WebhookFlags>();
    auto& remove = context.add_command(
        webhook,
        {.name = "remove",
         .group = group_operate,
         .summary = "End the deliveries to a webhook",
         .details = "Deliveries that are jobs already go on; cancel these by their ids.",
         .examples = {{"webhook remove crm", "By its name."}}},
        [flags, &context] { return remove_webhook(*flags, context); });
    remove.add_option("NAME", flags->name, "The webhook's name")->required();
}

}  // namespace errand::cli
