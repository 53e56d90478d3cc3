#include "cli/worker_setup.hpp"

#include "base/text.hpp"
#include "cli/builtin_handlers.hpp"
#include "cli/command.hpp"
#include "cli/drain.hpp"
#include "engine/engine_options.hpp"
#include "engine/signals.hpp"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace errand::cli {
namespace {

constexpr std::uint32_t default_concurrency = 8;
constexpr std::uint32_t most_concurrency = 1'024;
constexpr std::array<std::string_view, 4> level_names{"debug", "info", "warning", "error"};

spdlog::level::level_enum spdlog_level(LogLevel level) {
    switch (level) {
        case LogLevel::debug:
            return spdlog::level::debug;
        case LogLevel::info:
            return spdlog::level::info;
        case LogLevel::warning:
            return spdlog::level::warn;
        case LogLevel::error:
            return spdlog::level::err;
    }
    return spdlog::level::info;
}

void set_duration(std::string_view flag, const std::string& text, Duration& value) {
    if (text.empty()) return;
    try {
        value = parse_duration(text);
    } catch (const Error& error) {
        throw Error(error.code(), fmt::format("{}: {}", flag, error.what()));
    }
}

void check_concurrency(std::uint32_t concurrency) {
    if (concurrency >= 1 && concurrency <= most_concurrency) return;
    throw Error(ErrorCode::invalid_argument,
                fmt::format("--concurrency: {} is out of range; give a number from 1 to {}",
                            concurrency, most_concurrency));
}

QueueGroup group_of(const std::string& text, std::uint32_t concurrency) {
    try {
        return QueueGroup::parse(text, concurrency);
    } catch (const Error& error) {
        throw Error(error.code(), fmt::format("--queue {}: {}", text, error.what()));
    }
}

std::vector<QueueGroup> groups_of(const WorkerFlags& flags, const Config& config) {
    const std::uint32_t concurrency = flags.concurrency.value_or(default_concurrency);
    check_concurrency(concurrency);
    std::vector<QueueGroup> groups;
    for (const auto& text : flags.queues)
        groups.push_back(group_of(text, concurrency));
    if (!groups.empty()) return groups;
    if (config.groups.empty()) return {QueueGroup{{{"default"}}, concurrency}};
    groups = config.groups;
    for (QueueGroup& group : groups) {
        if (flags.concurrency) group.concurrency = concurrency;
    }
    return groups;
}

Worker::RawHandler make_handler(const HandlerConfig& handler) {
    if (const auto* exec = std::get_if<ExecOptions>(&handler.work)) return exec_handler(*exec);
    HttpOptions http = std::get<HttpOptions>(handler.work);
    if (!handler.secret_env.empty()) {
        const char* secret = std::getenv(handler.secret_env.c_str());
        if (secret == nullptr || *secret == '\0') {
            throw Error(ErrorCode::invalid_argument,
                        fmt::format("secret_env: the environment has no variable {}; set it, or "
                                    "correct the name",
                                    base::quote_for_message(handler.secret_env)));
        }
        http.secret = secret;
    }
    return http_handler(std::move(http));
}

}  // namespace

void add_worker_options(CLI::App& command, WorkerFlags& flags) {
    repeatable(command.add_option(
                   "--queue", flags.queues,
                   "Queue to serve and its jobs at once, or queues that share them: high,default:8 "
                   "serves the first one first, high*6,default*3:8 by weight; repeatable (default: "
                   "those of errand.toml, else default:8)"))
        ->type_name("QUEUES[:N]");
    command
        .add_option("--concurrency", flags.concurrency,
                    "Jobs at once per queue that names no number (default: 8)")
        ->type_name("N");
    repeatable(command.add_option("--label", flags.labels,
                                  "What this worker offers to jobs that need it, for example gpu; "
                                  "repeatable (default: the labels of errand.toml)"))
        ->type_name("LABEL");
    command
        .add_option("--lease", flags.lease,
                    "How long a silent worker keeps its jobs (default: 15s)")
        ->type_name("DURATION");
    command
        .add_option("--grace", flags.grace,
                    "How long running jobs may go on after a signal to stop (default: 25s)")
        ->type_name("DURATION");
    command
        .add_option("--crash-budget", flags.crash_budget,
                    "Times a job may take its worker down before it is discarded (default: 3)")
        ->type_name("N");
    command.add_option("--name", flags.name, "The worker's name (default: HOST:PID:N)")
        ->type_name("NAME");
    command
        .add_option("--log-level", flags.log_level,
                    "Least weight of what is logged (default: info)")
        ->type_name("debug|info|warning|error");
    command.add_flag("--drain", flags.drain,
                     "End, with exit code 0, when the queues hold no unfinished jobs");
}

WorkerOptions worker_options(const WorkerFlags& flags, const Config& config) {
    WorkerOptions options = config.worker;
    options.groups = groups_of(flags, config);
    set_duration("--lease", flags.lease, options.lease);
    set_duration("--grace", flags.grace, options.grace);
    if (flags.crash_budget) options.crash_budget = *flags.crash_budget;
    if (!flags.labels.empty()) options.labels = flags.labels;
    if (!flags.name.empty()) options.name = flags.name;
    options.log = make_log(flags.log_level);
    engine::validate(options);
    return options;
}

std::vector<std::string> register_handlers(Worker& worker, const Config& config) {
    std::vector<std::string> types = register_builtin_handlers(worker, config);
    for (const HandlerConfig& handler : config.handlers) {
        try {
            worker.handle(handler.type, make_handler(handler), handler.options);
        } catch (const Error& error) {
            throw Error(
                ErrorCode::invalid_argument,
                fmt::format("{}: [handlers.\"{}\"] {}", handler.place, handler.type, error.what()));
        }
        types.push_back(handler.type);
    }
    return types;
}

LogSink make_log(const std::string& level) {
    const auto found = std::find(level_names.begin(), level_names.end(), level);
    if (found == level_names.end()) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("--log-level: {} is unknown; valid are {}",
                                base::quote_for_message(level), fmt::join(level_names, ", ")));
    }
    auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
    const auto logger = std::make_shared<spdlog::logger>("errand", std::move(sink));
    logger->set_level(spdlog_level(static_cast<LogLevel>(found - level_names.begin())));
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%-7l%$ %v", spdlog::pattern_time_type::utc);
    return [logger](LogLevel weight, std::string_view line) {
        logger->log(spdlog_level(weight), "{}", line);
    };
}

void run_worker(Worker& worker, Store& store, const WorkerOptions& options, bool drain,
                const std::function<void()>& started) {
    const engine::StopSignals signals;
    worker.start();
    started();
    {
        std::optional<DrainWatch> watch;
        if (drain) watch.emplace(worker, store, queue_names(options));
        signals.wait();
    }
    worker.stop();
}

std::vector<std::string> queue_names(const WorkerOptions& options) {
    std::vector<std::string> names;
    for (const auto& group : engine::served_groups(options)) {
        for (const auto& queue : group.queues)
            names.push_back(queue.name);
    }
    return names;
}

}  // namespace errand::cli
