#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/config.hpp"
#include "cli/config_webhooks.hpp"
#include "cli/listen_address.hpp"
#include "cli/worker_setup.hpp"
#include "engine/engine_options.hpp"
#include "server/health_server.hpp"

#include <fmt/format.h>

namespace errand::cli {
namespace {

struct UpFlags {
    WorkerFlags worker;
    std::string listen;
};

ExitCode run_up(const UpFlags& flags, CommandContext& context) {
    const Config& config = context.config();
    const auto listen = parse_listen_address(flags.listen.empty() ? config.listen : flags.listen);
    const WorkerOptions options = worker_options(flags.worker, config);
    const auto store = context.create_store();
    Client client{store, config.limits};
    apply(config.settings, client);
    declare_schedules(config.schedules, *store, options.log);
    declare_webhooks(config.declared_webhooks, *store);
    Worker worker{store, options};
    const auto types = register_handlers(worker, config);
    server::HealthServer server{{.host = listen.host,
                                 .port = listen.port,
                                 .store = store,
                                 .activity = [&worker] { return worker.activity(); },
                                 .log = options.log}};
    server.start();
    run_worker(worker, *store, options, flags.worker.drain, [&] {
        fmt::print(stderr, "errand up: {} on {}, {}, queues {}, types {}\n", worker.name(),
                   store->url(), http_url(listen.host, server.port()),
                   engine::describe_queues(options), fmt::join(types, " "));
    });
    server.stop();
    const WorkerActivity done = worker.activity();
    fmt::print(stderr,
               "errand up: stopped; {} completed, {} failed, {} discarded, {} expired, "
               "{} cancelled\n",
               done.completed, done.failed, done.discarded, done.expired, done.cancelled);
    return ExitCode::done;
}

}  // namespace

void add_up_command(CLI::App& app, CommandContext& context) {
    const auto flags = std::make_shared<UpFlags>();
    auto& command = context.add_command(
        app,
        {.name = "up",
         .group = group_run,
         .summary = "Start everything: perform jobs, serve health and metrics",
         .details = "What `errand work` does, with GET /healthz and GET /metrics (Prometheus) on "
                    "--listen. "
                    "Port 0 takes a free one and says which. It shows counts and queue names only "
                    "and asks "
                    "for no password: keep it on an address that you trust.\n"
                    "SIGTERM or SIGINT stops it gracefully, a second signal at once.",
         .examples = {{"up", "Everything on sqlite:errand.db and http://127.0.0.1:7420."},
                      {"up --store sqlite:/var/lib/app/jobs.db --listen 0.0.0.0:9000",
                       "Another file, reachable from outside."},
                      {"up --config production.toml", "With the handlers of that file."}}},
        [flags, &context] { return run_up(*flags, context); });
    command
        .add_option("--listen", flags->listen,
                    "Address of health and metrics (default: 127.0.0.1:7420)")
        ->type_name("HOST:PORT");
    add_worker_options(command, flags->worker);
}

}  // namespace errand::cli
