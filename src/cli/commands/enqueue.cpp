#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/config.hpp"
#include "cli/enqueue_file.hpp"
#include "cli/meta_argument.hpp"
#include "client/job_webhook.hpp"
#include "client/unique_choice.hpp"
#include "core/validate.hpp"

#include <fmt/format.h>

#include <iostream>
#include <iterator>

namespace errand::cli {
namespace {

struct EnqueueFlags {
    std::string type, args, queue = "default", delay, at, retry, timeout, unique, key, id, file;
    std::string expires_at, expires_in;
    std::string unique_for, on_conflict, debounce, throttle;
    std::vector<std::string> unique_by;
    bool unique_args = false;
    std::int32_t priority = 0;
    std::uint32_t weight = 1;
    std::uint32_t max_attempts = 20;
    std::vector<std::string> tags, meta, needs;
    std::string webhook, webhook_secret;
    bool print_ids = false;
};

/// The field's name before the reason, for readers that throw without it.
template <class Read>
auto named(std::string_view flag, Read read) {
    try {
        return read();
    } catch (const Error& error) {
        throw Error(error.code(), fmt::format("{}: {}", flag, error.what()));
    }
}

std::string read_stdin() {
    return {std::istreambuf_iterator<char>{std::cin}, std::istreambuf_iterator<char>{}};
}

std::optional<Duration> duration_of(std::string_view flag, const std::string& text) {
    if (text.empty()) return {};
    return named(flag, [&] { return parse_duration(text); });
}

client::UniqueChoice unique_choice(const EnqueueFlags& flags) {
    client::UniqueChoice choice{.key = flags.unique};
    if (flags.unique_args && !flags.unique_by.empty()) {
        throw Error(ErrorCode::invalid_argument,
                    "give --unique-args for all of the arguments or --unique-by, not both");
    }
    if (flags.unique_args || !flags.unique_by.empty()) choice.by = flags.unique_by;
    if (!flags.unique_for.empty()) {
        parse_unique_for(flags.unique_for, choice.policy);
    }
    if (!flags.on_conflict.empty()) {
        choice.policy.on_conflict = parse_on_conflict(flags.on_conflict);
    }
    choice.debounce = duration_of("--debounce", flags.debounce);
    choice.throttle = duration_of("--throttle", flags.throttle);
    return choice;
}

NewJob job_of(const EnqueueFlags& flags, const Limits& limits) {
    NewJob job;
    if (!flags.id.empty()) job.id = parse_id(flags.id);
    job.type = flags.type;
    job.args = flags.args == "-" ? read_stdin() : flags.args;
    job.queue = flags.queue;
    job.meta = meta_object(flags.meta);
    job.tags = flags.tags;
    job.priority = flags.priority;
    job.max_attempts = flags.max_attempts;
    job.key = flags.key;
    job.weight = flags.weight;
    job.needs = flags.needs;
    if (!flags.retry.empty()) {
        job.retry = named("--retry", [&] { return RetryPolicy::parse(flags.retry); });
    }
    job.timeout = duration_of("--timeout", flags.timeout);
    job.delay = duration_of("--delay", flags.delay).value_or(Duration{});
    if (!flags.at.empty()) {
        job.run_at = named("--at", [&] { return parse_timestamp(flags.at); });
    }
    if (!flags.expires_at.empty()) {
        job.expires_at = named("--expires-at", [&] { return parse_timestamp(flags.expires_at); });
    }
    core::validate_type(job.type);
    client::apply(unique_choice(flags), job);
    core::validate(job, limits);
    return job;
}

/// --expires-in; none: not given.
std::optional<Duration> lifetime_of(const EnqueueFlags& flags, const NewJob& job) {
    if (flags.expires_in.empty()) return {};
    if (!flags.expires_at.empty()) {
        throw Error(ErrorCode::invalid_argument, "give --expires-at or --expires-in, not both");
    }
    const auto lifetime = named("--expires-in", [&] { return parse_duration(flags.expires_in); });
    if (lifetime <= job.delay) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("--expires-in: {} is over before the job may begin; give a longer "
                                "time",
                                flags.expires_in));
    }
    return lifetime;
}

std::string_view outcome_name(InsertResult::Kind kind) {
    switch (kind) {
        case InsertResult::Kind::inserted:
            return "inserted";
        case InsertResult::Kind::already_there:
            return "already_there";
        case InsertResult::Kind::duplicate:
            return "duplicate";
        case InsertResult::Kind::replaced:
            return "replaced";
    }
    return "";
}

/// Why no job was added; nothing when one was.
void tell_outcome(const Receipt& receipt, const NewJob& job) {
    const auto holder = fmt::format("job {} has the unique key {}", to_string(receipt.id),
                                    base::quote_for_message(job.unique_key));
    switch (receipt.kind) {
        case InsertResult::Kind::inserted:
            return;
        case InsertResult::Kind::already_there:
            fmt::print(stderr, "errand: this id was enqueued before; nothing was added\n");
            return;
        case InsertResult::Kind::duplicate:
            fmt::print(stderr, "errand: nothing was added: {}\n", holder);
            return;
        case InsertResult::Kind::replaced:
            fmt::print(stderr, "errand: nothing was added: {} and was changed instead ({})\n",
                       holder, to_string(job.unique.on_conflict));
            return;
    }
}

Receipt enqueue_as_asked(const EnqueueFlags& flags, Client& client, const NewJob& job) {
    if (flags.webhook.empty()) return client.enqueue(job);
    return client::enqueue(client, job, {flags.webhook, flags.webhook_secret});
}

ExitCode enqueue_one(const EnqueueFlags& flags, CommandContext& context) {
    if (flags.type.empty()) {
        throw Error(
            ErrorCode::invalid_argument,
            "TYPE is missing: name the job's type, for example errand.noop, or give --file");
    }
    // Everything is checked before the store is opened, and thereby perhaps created.
    NewJob job = job_of(flags, context.config().limits);
    const auto lifetime = lifetime_of(flags, job);
    Client client{context.create_store(), context.config().limits};
    if (lifetime) job.expires_at = client.store()->now() + *lifetime;
    const Receipt receipt = enqueue_as_asked(flags, client, job);
    const std::string id = to_string(receipt.id);
    if (context.json()) {
        fmt::print("{{\"id\":\"{}\",\"outcome\":\"{}\"}}\n", id, outcome_name(receipt.kind));
        return ExitCode::done;
    }
    tell_outcome(receipt, job);
    fmt::print("{}\n", id);
    return ExitCode::done;
}

void add_unique_options(CLI::App& command, EnqueueFlags& flags) {
    command.add_option("--unique", flags.unique, "Add nothing while another job holds this key")
        ->type_name("KEY");
    repeatable(command.add_option("--unique-by", flags.unique_by,
                                  "Make the key from the type and this member of the arguments; "
                                  "repeatable"))
        ->type_name("MEMBER");
    command.add_flag("--unique-args", flags.unique_args,
                     "Make the key from the type and all of the arguments");
    command
        .add_option("--unique-for", flags.unique_for,
                    "How long the key is held: unfinished, waiting (until it begins) or a time "
                    "such as 10m (default: unfinished)")
        ->type_name("HOLD");
    command
        .add_option("--on-conflict", flags.on_conflict,
                    "When the key is held: let that job stand for it, fail, or change that job "
                    "unless it has begun (default: existing)")
        ->type_name("existing|reject|replace_args|reschedule|replace");
    command
        .add_option("--debounce", flags.debounce,
                    "The last call wins: runs so long after it, with its arguments; without a key "
                    "by type and arguments")
        ->type_name("DURATION");
    command
        .add_option("--throttle", flags.throttle,
                    "The first call wins: those within this time of it add nothing; without a key "
                    "by type and arguments")
        ->type_name("DURATION");
}

void add_options(CLI::App& command, EnqueueFlags& flags) {
    command.add_option("TYPE", flags.type, "What kind of work, for example email.send");
    command.add_option("ARGS", flags.args,
                       "JSON array of arguments; a lone object is wrapped into one; - reads stdin "
                       "(default: [])");
    command.add_option("--queue", flags.queue, "Queue to stand in (default: default)")
        ->type_name("NAME");
    command.add_option("--delay", flags.delay, "Not before this time has passed, for example 5m")
        ->type_name("DURATION");
    command.add_option("--at", flags.at, "Not before this time, RFC 3339; a past time means now")
        ->type_name("TIME");
    command.add_option("--priority", flags.priority, "Higher runs first (default: 0)")
        ->type_name("N");
    command
        .add_option("--max-attempts", flags.max_attempts, "Tries in all, 1 to 1000 (default: 20)")
        ->type_name("N");
    command
        .add_option("--retry", flags.retry,
                    "Delays between tries, for example \"exponential(1m, x2, max 1h)\", "
                    "\"fixed(30s)\" or \"list(1s, 5s, 1m)\" (default: the handler's)")
        ->type_name("POLICY");
    command
        .add_option("--timeout", flags.timeout,
                    "Longest run of one attempt (default: the handler's)")
        ->type_name("DURATION");
    add_unique_options(command, flags);
    command
        .add_option("--key", flags.key,
                    "Jobs of the queue with this key run one after the other, in order")
        ->type_name("KEY");
    command
        .add_option("--weight", flags.weight,
                    "What its beginning takes from rate limits, 1 to 1000000 (default: 1)")
        ->type_name("N");
    command
        .add_option("--expires-at", flags.expires_at,
                    "Discarded when it has not begun by then, RFC 3339")
        ->type_name("TIME");
    command.add_option("--expires-in", flags.expires_in, "The same, that long from now")
        ->type_name("DURATION");
    repeatable(command.add_option("--needs", flags.needs,
                                  "A label that its worker must have, for example gpu; repeatable"))
        ->type_name("LABEL");
    repeatable(command.add_option("--tag", flags.tags, "A word to find the job by; repeatable"))
        ->type_name("TAG");
    repeatable(command.add_option("--meta", flags.meta, "A note for hooks and people; repeatable"))
        ->type_name("KEY=VALUE");
    command.add_option("--id", flags.id, "UUID of the job: repeating the call adds nothing")
        ->type_name("UUID");
    command
        .add_option("--webhook", flags.webhook,
                    "Have the job's end posted to this URL as an event, signed")
        ->type_name("URL");
    command
        .add_option("--webhook-secret", flags.webhook_secret,
                    "Name of the secret that signs it (default: default)")
        ->type_name("NAME");
    command
        .add_option("--file", flags.file, "Enqueue a job per line of JSON instead; - reads stdin")
        ->type_name("FILE");
    command.add_flag("--print-ids", flags.print_ids, "With --file: print the ids, one a line");
}

}  // namespace

void add_enqueue_command(CLI::App& app, CommandContext& context) {
    const auto flags = std::make_shared<EnqueueFlags>();
    auto& command = context.add_command(
        app,
        {.name = "enqueue",
         .group = group_jobs,
         .summary = "Put a job into a queue and print its id",
         .details = "When the id is printed the job is durable: a crash loses nothing. The store "
                    "is created "
                    "when it does not exist.\n"
                    "With --file each line is a JSON object with the members type, args, queue, "
                    "meta, tags, "
                    "id, unique_key, unique_by, unique_for, on_conflict, debounce, throttle, key, "
                    "weight, priority, max_attempts, retry, timeout, delay, scheduled_at, "
                    "expires_at and expires_in; all but type may be missing. All lines are "
                    "checked before the first is enqueued.",
         .examples = {{"enqueue email.send '{\"to\": \"ada@example.org\"}'",
                       "One object as the only argument; prints the id."},
                      {"enqueue report.build '[2026]' --queue slow --delay 5m --retry 'fixed(30s)'",
                       "Not before five minutes have passed, retried every 30 s."},
                      {"enqueue sync.user '[7]' --unique user-7",
                       "Adds nothing while an unfinished job has the key; prints that job's id."},
                      {"enqueue index.page '{\"id\": 7}' --unique-by id --debounce 30s",
                       "Runs 30 s after the last of such calls."},
                      {"enqueue mail.alert '{\"host\": \"db1\"}' --throttle 10m",
                       "At most one in ten minutes for the same arguments."},
                      {"enqueue sync.user '[7]' --key user-7 --expires-in 1h",
                       "After all earlier jobs of the key; discarded when that takes an hour."},
                      {"enqueue --file jobs.jsonl", "Thousands at once, in few transactions."}}},
        [flags, &context] {
            if (flags->file.empty()) return enqueue_one(*flags, context);
            if (!flags->type.empty()) {
                throw Error(ErrorCode::invalid_argument,
                            "--file: not possible together with TYPE; give one of them");
            }
            if (!flags->webhook.empty()) {
                throw Error(ErrorCode::invalid_argument,
                            "--webhook: not possible together with --file; `errand webhook add` "
                            "tells of a whole queue or type");
            }
            return enqueue_file(context, {.path = flags->file, .print_ids = flags->print_ids});
        });
    add_options(command, *flags);
}

}  // namespace errand::cli
