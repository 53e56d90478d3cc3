#include "cli/config.hpp"

#include "base/text.hpp"
#include "cli/config_queues.hpp"
#include "cli/config_schedules.hpp"
#include "cli/config_webhooks.hpp"
#include "cli/toml_section.hpp"
#include "core/labels.hpp"
#include "core/validate.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace errand::cli {
namespace {

constexpr std::uint64_t largest_limit = 1ULL << 30;
constexpr std::uint32_t largest_count = 1'000'000;

/// Reads one file's sections into a Config.
class ConfigReader {
public:
    explicit ConfigReader(std::string file) : file_(std::move(file)) { config_.file = file_; }

    Config read(const toml::table& root) {
        TomlSection top{root, file_, ""};
        top.read("store", config_.store);
        top.read("listen", config_.listen);
        section(top, "limits", [this](TomlSection& from) { read_limits(from); });
        section(top, "worker", [this](TomlSection& from) { read_worker(from); });
        section(top, "events", [this](TomlSection& from) {
            from.read("source", config_.worker.event_source);
            placed(from, [&] { core::validate_event_source(config_.worker.event_source); });
        });
        section(top, "retention", [this](TomlSection& from) { read_retention(from); });
        tables(top, "groups", [this](TomlSection& from, std::string_view) {
            config_.groups.push_back(read_group(from));
        });
        tables(top, "queues", [this](TomlSection& from, std::string_view name) {
            read_queue(from, name, config_);
        });
        tables(top, "schedules", [this](TomlSection& from, std::string_view name) {
            config_.schedules.push_back(read_schedule(from, name));
        });
        if (const auto* handlers = top.find_table("handlers")) read_handlers(*handlers);
        section(top, "webhooks", [this](TomlSection& from) {
            config_.webhooks = read_webhooks(from);
            from.read("queue", config_.worker.webhook_queue);
            placed(from, [&] { core::validate_queue(config_.worker.webhook_queue); });
            from.for_each_subtable([this](std::string_view name, const toml::table& table) {
                if (name == "secrets" || name == "secrets_env") return;
                TomlSection hook{table, file_, fmt::format("[webhooks.{}]", name)};
                config_.declared_webhooks.push_back(read_webhook(hook, name));
                hook.finish();
            });
        });
        section(top, "email", [this](TomlSection& from) { config_.email = read_email(from); });
        top.finish();
        config_.worker.limits = config_.limits;
        return std::move(config_);
    }

private:
    template <class Read>
    void section(TomlSection& top, std::string_view key, Read read) {
        const toml::table* table = top.find_table(key);
        if (table == nullptr) return;
        TomlSection from{*table, file_, fmt::format("[{}]", key)};
        read(from);
        from.finish();
    }

    /// Every section of `key`, such as [queues.mail] of queues.
    template <class Read>
    void tables(TomlSection& top, std::string_view key, Read read) {
        const toml::table* table = top.find_table(key);
        if (table == nullptr) return;
        TomlSection all{*table, file_, fmt::format("[{}]", key)};
        all.for_each_table([&](std::string_view name, const toml::table& entries) {
            TomlSection from{entries, file_, fmt::format("[{}.{}]", key, name)};
            read(from, name);
            from.finish();
        });
    }

    static void read_limit(TomlSection& from, std::string_view key, std::size_t& limit) {
        std::uint64_t size = limit;
        from.read_size(key, size);
        if (size == 0 || size > largest_limit) from.refuse(key, "must lie between 1B and 1GiB");
        limit = size;
    }

    void read_limits(TomlSection& from) {
        from.for_each_subtable([&](std::string_view scope, const toml::table& table) {
            TomlSection limit{table, file_, fmt::format("[limits.\"{}\"]", scope)};
            read_scope_limit(limit, scope, config_);
            limit.finish();
        });
        Limits& limits = config_.limits;
        read_limit(from, "args", limits.args_bytes);
        read_limit(from, "result", limits.result_bytes);
        read_limit(from, "meta", limits.meta_bytes);
        read_limit(from, "tag", limits.tag_bytes);
        read_limit(from, "log", limits.log_bytes);
        read_limit(from, "error_message", limits.error_message_bytes);
        auto tags = static_cast<std::uint32_t>(limits.tags);
        from.read("tags", tags, 0, 1'000);
        limits.tags = tags;
        from.read("errors_kept", limits.errors_kept, 1, 1'000);
        from.read("logs_kept", limits.logs_kept, 1, 1'000);
        from.read("batch", limits.batch, 1, largest_count);
    }

    void read_worker(TomlSection& from) {
        WorkerOptions& worker = config_.worker;
        from.read("name", worker.name);
        from.read("lease", worker.lease);
        from.read("grace", worker.grace);
        from.read("stop_timeout", worker.stop_timeout);
        from.read("crash_budget", worker.crash_budget, 1, 100);
        from.read("prefetch", worker.prefetch, 0, 60'000);
        from.read("labels", worker.labels);
        placed(from, [&] { core::normalise_labels("labels", worker.labels, core::max_labels); });
        if (worker.lease < std::chrono::seconds{1} || worker.lease > std::chrono::hours{1}) {
            from.refuse("lease", "must lie between 1s and 1h");
        }
    }

    void read_retention(TomlSection& from) {
        from.read("completed", config_.worker.retention.completed);
        from.read("cancelled", config_.worker.retention.cancelled);
        from.read("discarded", config_.worker.retention.discarded);
    }

    void read_handlers(const toml::table& table) {
        TomlSection all{table, file_, "[handlers]"};
        all.for_each_table([&](std::string_view type, const toml::table& handler) {
            TomlSection from{handler, file_, fmt::format("[handlers.\"{}\"]", type)};
            placed(from, [&] { core::validate_type(type); });
            config_.handlers.push_back(read_handler(from, std::string{type}));
        });
    }

    HandlerConfig read_handler(TomlSection& from, std::string type) const {
        if (from.has("exec") == from.has("http")) {
            from.refuse("needs either exec = [\"program\", …] or http = \"https://…\"");
        }
        HandlerConfig handler;
        handler.type = std::move(type);
        handler.place = from.place();
        from.read("timeout", handler.options.timeout);
        from.read("retry", handler.options.retry);
        if (handler.options.timeout && *handler.options.timeout < std::chrono::milliseconds{1}) {
            from.refuse("timeout", "must be at least 1ms");
        }
        if (from.has("exec")) {
            handler.work = read_exec(from);
        } else {
            handler.work = read_http(from, handler);
        }
        from.finish();
        return handler;
    }

    ExecOptions read_exec(TomlSection& from) const {
        ExecOptions exec;
        from.read("exec", exec.command);
        if (exec.command.empty() || exec.command.front().empty()) {
            from.refuse("exec", "must name a program, for example [\"python3\", \"report.py\"]");
        }
        from.read("directory", exec.directory);
        from.read("environment", exec.environment);
        from.read("kill_after", exec.kill_after);
        from.read_size("memory", exec.memory_bytes);
        Duration cpu = std::chrono::seconds{exec.cpu_seconds};
        from.read("cpu", cpu);
        if (cpu % std::chrono::seconds{1} != Duration::zero()) {
            from.refuse("cpu", "must be whole seconds");
        }
        exec.cpu_seconds = static_cast<std::uint64_t>(cpu / std::chrono::seconds{1});
        std::uint32_t files = 0;
        from.read("open_files", files, 0, largest_count);
        exec.open_files = files;
        exec.result_bytes = config_.limits.result_bytes;
        return exec;
    }

    HttpOptions read_http(TomlSection& from, HandlerConfig& handler) const {
        HttpOptions http;
        from.read("http", http.url);
        from.read("secret", http.secret);
        from.read("secret_env", handler.secret_env);
        if (from.has("secret") && from.has("secret_env")) {
            from.refuse("secret_env", "is not possible together with `secret`; keep one of them");
        }
        from.read("headers", http.headers);
        from.read("public_only", http.public_only);
        if (handler.options.timeout) http.timeout = *handler.options.timeout;
        http.result_bytes = config_.limits.result_bytes;
        return http;
    }

    template <class Check>
    static void placed(const TomlSection& from, Check check) {
        try {
            check();
        } catch (const Error& error) {
            throw Error(error.code(), fmt::format("{}: {}", from.place(), error.what()));
        }
    }

    std::string file_;
    Config config_;
};

}  // namespace

Config parse_config(std::string_view text, const std::string& name) {
    if (!base::is_valid_utf8(text)) {
        throw Error(ErrorCode::invalid_argument, name + ": is not valid UTF-8; save it as UTF-8");
    }
    toml::table root;
    try {
        root = toml::parse(text, name);
    } catch (const toml::parse_error& error) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("{}:{}: {}", name, error.source().begin.line,
                                base::on_one_line(error.description())));
    }
    return ConfigReader{name}.read(root);
}

Config load_config(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file || std::filesystem::is_directory(path)) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("{}: cannot be read; check the path and its permissions", path));
    }
    const std::string text{std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
    return parse_config(text, path);
}

}  // namespace errand::cli
