#include "cli/config.hpp"

#include "expect_error.hpp"

#include <gmock/gmock.h>

namespace errand::cli::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

std::string refusal(std::string_view text) {
    return error_of([&] { (void)parse_config(text, "errand.toml"); });
}

TEST(Config, EmptyTextGivesTheDefaults) {
    const Config config = parse_config("", "errand.toml");
    EXPECT_EQ(config.listen, "127.0.0.1:7420");
    EXPECT_TRUE(config.store.empty());
    EXPECT_TRUE(config.groups.empty());
    EXPECT_TRUE(config.handlers.empty());
    EXPECT_EQ(config.worker.lease, Duration{15s});
}

TEST(Config, ReadsEverySection) {
    const Config config = parse_config(R"(
store = "sqlite:jobs.db"
listen = "0.0.0.0:9000"

[limits]
args = "2MiB"
result = 4096
errors_kept = 5

[worker]
name = "w1"
lease = "30s"
grace = "1m"
stop_timeout = "2s"
crash_budget = 7
prefetch = 0

[retention]
completed = "1h"
discarded = "30d"

[queues.mail]
concurrency = 4
[queues.default]
)",
                                       "errand.toml");
    EXPECT_EQ(config.store, "sqlite:jobs.db");
    EXPECT_EQ(config.listen, "0.0.0.0:9000");
    EXPECT_EQ(config.limits.args_bytes, 2U << 20);
    EXPECT_EQ(config.worker.limits.args_bytes, 2U << 20);
    EXPECT_EQ(config.limits.result_bytes, 4096U);
    EXPECT_EQ(config.limits.errors_kept, 5U);
    EXPECT_EQ(config.worker.name, "w1");
    EXPECT_EQ(config.worker.lease, Duration{30s});
    EXPECT_EQ(config.worker.grace, Duration{1min});
    EXPECT_EQ(config.worker.stop_timeout, Duration{2s});
    EXPECT_EQ(config.worker.crash_budget, 7U);
    EXPECT_EQ(config.worker.prefetch, 0U);
    EXPECT_EQ(config.worker.retention.completed, Duration{1h});
    EXPECT_EQ(config.worker.retention.discarded, Duration{std::chrono::days{30}});
    ASSERT_EQ(config.groups.size(), 2U);
    // The order of the file, not of the alphabet.
    EXPECT_EQ(config.groups[0], QueueGroup::parse("mail:4"));
    EXPECT_EQ(config.groups[1], QueueGroup::parse("default:8"));
    EXPECT_TRUE(config.settings.queues.empty());
}

TEST(Config, ReadsGroupsOrdersAndLimits) {
    const Config config = parse_config(R"toml(
[queues.mail]
concurrency = 4
order = "fair"
key_concurrency = 0
key_weights = { acme = 3, "a b" = 2 }

[queues.low]
aging = "5m"
max_age = "10m"

[groups.front]
queues = ["high*6", "low"]
concurrency = 10

[groups.back]
queues = ["first", "second"]

[limits]
args = "2MiB"

[limits."queue:mail"]
concurrency = 3
rate = "100/1m burst 20"

[limits.global]
rate = "1000/1s"

[limits."type:crm.sync"]
breaker = "5 failures, open 30s"
window = "mon-fri 08:00-18:00 Europe/Berlin"

[worker]
labels = ["gpu", "eu-west"]
)toml",
                                       "errand.toml");
    ASSERT_EQ(config.groups.size(), 3U);
    EXPECT_EQ(config.groups[0], QueueGroup::parse("high*6,low*1:10"));
    EXPECT_EQ(config.groups[1], QueueGroup::parse("first,second:8"));
    EXPECT_EQ(config.groups[2], QueueGroup::parse("mail:4"));
    const auto& mail = config.settings.queues.at("mail");
    EXPECT_EQ(mail.order, QueueOrder::fair);
    EXPECT_EQ(mail.key_concurrency, 0U);
    EXPECT_EQ(mail.key_weights.at("a b"), 2U);
    EXPECT_EQ(config.settings.queues.at("low").aging, Duration{5min});
    EXPECT_EQ(config.limits.args_bytes, 2U << 20);
    EXPECT_EQ(config.settings.queues.at("low").max_age, Duration{10min});
    EXPECT_EQ(config.worker.labels, (std::vector<std::string>{"eu-west", "gpu"}));
    ASSERT_EQ(config.settings.limits.size(), 3U);
    Limit guarded{Scope::type("crm.sync")};
    guarded.breaker = Breaker{};
    guarded.window = TimeWindow::parse("mon-fri 08:00-18:00 Europe/Berlin");
    EXPECT_EQ(config.settings.limits[2], guarded);
    EXPECT_EQ(config.settings.limits[0],
              (Limit{Scope::queue("mail"), 3, Rate::parse("100/1m burst 20")}));
    EXPECT_EQ(config.settings.limits[1], (Limit{Scope::global(), {}, Rate::parse("1000/1s")}));
}

TEST(Config, RefusesBadGroupsOrdersAndLimits) {
    const auto refusal = [](const std::string& text) {
        return error_of([&] { (void)parse_config(text, "errand.toml"); });
    };
    EXPECT_THAT(refusal("[groups.x]\nconcurrency = 2"), HasSubstr("errand.toml:1: [groups.x]"));
    EXPECT_THAT(refusal("[groups.x]\nqueues = [\"a*0\"]"), HasSubstr("weight: 0"));
    EXPECT_THAT(refusal("[groups.x]\nqueues = [\"a\"]\n[queues.a]\nconcurrency = 2"),
                HasSubstr("errand.toml:4: `concurrency` in [queues.a]: is not possible"));
    EXPECT_THAT(refusal("[queues.a]\norder = \"lilo\""), HasSubstr("`order` in [queues.a]"));
    EXPECT_THAT(refusal("[queues.a]\norder = \"lifo\"\naging = \"1m\""), HasSubstr("aging"));
    EXPECT_THAT(refusal("[queues.a]\nkey_weights = { x = 0 }"), HasSubstr("at least 1"));
    EXPECT_THAT(refusal("[limits.\"quue:a\"]\nconcurrency = 1"), HasSubstr("queue:NAME"));
    EXPECT_THAT(refusal("[limits.\"queue:a\"]"), HasSubstr("needs concurrency"));
    EXPECT_THAT(refusal("[limits.\"queue:a\"]\nconcurrency = 0"), HasSubstr("from 1"));
    EXPECT_THAT(refusal("[limits.\"queue:a\"]\nrate = \"often\""), HasSubstr("100/1m"));
    EXPECT_THAT(refusal("[limits.\"queue:a\"]\nbreaker = \"often\""),
                HasSubstr("5 failures, open 30s"));
    EXPECT_THAT(refusal("[limits.\"queue:a\"]\nwindow = \"at night\""), HasSubstr("mon-fri"));
    EXPECT_THAT(refusal("[queues.a]\nmax_age = \"366d\""), HasSubstr("max_age"));
    EXPECT_THAT(refusal("[worker]\nlabels = [\"a b\"]"), HasSubstr("labels"));
    EXPECT_THAT(refusal("[limits.\"queue:a\"]\nrates = \"1/1s\""),
                HasSubstr("did you mean `rate`"));
}

TEST(Config, ReadsHandlers) {
    const Config config = parse_config(R"toml(
[handlers."report.build"]
exec = ["python3", "report.py"]
timeout = "10m"
retry = "exponential(1m, x2, max 1h)"
directory = "/srv"
environment = { LANG = "C" }
kill_after = "3s"
memory = "512MiB"
cpu = "60s"

[handlers."crm.sync"]
http = "https://crm.example/jobs"
secret_env = "CRM_SECRET"
headers = { "X-Team" = "sales" }
timeout = "5s"
)toml",
                                       "errand.toml");
    ASSERT_EQ(config.handlers.size(), 2U);
    const HandlerConfig& report = config.handlers[0];
    EXPECT_EQ(report.type, "report.build");
    EXPECT_EQ(report.place, "errand.toml:2");
    EXPECT_EQ(report.options.timeout, Duration{10min});
    EXPECT_EQ(report.options.retry, RetryPolicy::exponential(1min, 2).max(1h));
    const auto& exec = std::get<ExecOptions>(report.work);
    EXPECT_THAT(exec.command, testing::ElementsAre("python3", "report.py"));
    EXPECT_EQ(exec.directory, "/srv");
    EXPECT_EQ(exec.environment.at("LANG"), "C");
    EXPECT_EQ(exec.kill_after, Duration{3s});
    EXPECT_EQ(exec.memory_bytes, 512ULL << 20);
    EXPECT_EQ(exec.cpu_seconds, 60U);
    const HandlerConfig& crm = config.handlers[1];
    EXPECT_EQ(crm.secret_env, "CRM_SECRET");
    const auto& http = std::get<HttpOptions>(crm.work);
    EXPECT_EQ(http.url, "https://crm.example/jobs");
    EXPECT_EQ(http.headers.at("X-Team"), "sales");
    EXPECT_EQ(http.timeout, Duration{5s});
}

TEST(Config, UnknownKeyNamesFileLineSectionAndNearestKey) {
    EXPECT_EQ(refusal("\n[queues.default]\nconcurency = 8\n"),
              "errand.toml:3: unknown key `concurency` in [queues.default]; did you mean "
              "`concurrency`?");
}

struct BadConfig {
    const char* name;
    const char* text;
    const char* place;
    const char* reason;
};

class BadConfigTest : public testing::TestWithParam<BadConfig> {};

TEST_P(BadConfigTest, IsRefusedWithPlaceAndReason) {
    const std::string reason = refusal(GetParam().text);
    EXPECT_THAT(reason, StartsWith(GetParam().place));
    EXPECT_THAT(reason, HasSubstr(GetParam().reason));
    EXPECT_EQ(reason.find('\n'), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    All, BadConfigTest,
    testing::Values(
        BadConfig{"syntax", "store = \"x\"\nlisten = \n", "errand.toml:2: ", ""},
        BadConfig{"utf8", "store = \"\xff\"", "errand.toml: ", "UTF-8"},
        BadConfig{"top_key", "stroe = \"x\"", "errand.toml:1: ", "did you mean `store`?"},
        BadConfig{"far_key", "zzzzzzzzz = 1", "errand.toml:1: ", "known are store, listen"},
        BadConfig{"text", "store = 5", "errand.toml:1: ", "text in quotes"},
        BadConfig{"duration_kind", "[worker]\nlease = 15", "errand.toml:2: `lease` in [worker]",
                  "duration in quotes"},
        BadConfig{"duration", "[worker]\nlease = \"15 parsecs\"", "errand.toml:2: ", "15 parsecs"},
        BadConfig{"lease_range", "[worker]\nlease = \"2h\"",
                  "errand.toml:2: ", "between 1s and 1h"},
        BadConfig{"number", "[worker]\n\ncrash_budget = 0", "errand.toml:3: ", "from 1 to 100"},
        BadConfig{"number_kind", "[worker]\ncrash_budget = \"3\"",
                  "errand.toml:2: ", "whole number"},
        BadConfig{"size", "[limits]\nargs = \"1MB\"", "errand.toml:2: ", "KiB, MiB or GiB"},
        BadConfig{"size_zero", "[limits]\nargs = 0", "errand.toml:2: ", "between 1B and 1GiB"},
        BadConfig{"section", "worker = 3", "errand.toml:1: ", "section"},
        BadConfig{"queue_section", "[queues]\ndefault = 8", "errand.toml:2: ", "section"},
        BadConfig{"queue_name", "[queues.\"a b\"]", "errand.toml:1: ", "queue"},
        BadConfig{"concurrency", "[queues.q]\nconcurrency = 5000", "errand.toml:2: ", "1024"},
        BadConfig{"neither", "[handlers.x]\ntimeout = \"1s\"", "errand.toml:1: ", "either exec"},
        BadConfig{"both", "[handlers.x]\nexec = [\"a\"]\nhttp = \"http://b\"",
                  "errand.toml:1: ", "either exec"},
        BadConfig{"exec_empty", "[handlers.x]\nexec = []", "errand.toml:2: ", "program"},
        BadConfig{"exec_kind", "[handlers.x]\nexec = \"ls -l\"", "errand.toml:2: ", "list"},
        BadConfig{"exec_key", "[handlers.x]\nexec = [\"a\"]\nheaders = {}",
                  "errand.toml:3: ", "unknown key `headers` in [handlers.\"x\"]"},
        BadConfig{"retry", "[handlers.x]\nexec = [\"a\"]\nretry = \"sometimes\"",
                  "errand.toml:3: ", "retry"},
        BadConfig{"environment", "[handlers.x]\nexec = [\"a\"]\nenvironment = { A = 1 }",
                  "errand.toml:3: ", "`A` must be a text"},
        BadConfig{"cpu", "[handlers.x]\nexec = [\"a\"]\ncpu = \"1.5s\"",
                  "errand.toml:3: ", "whole seconds"},
        BadConfig{"secrets",
                  "[handlers.x]\nhttp = \"http://b\"\nsecret = \"s\"\nsecret_env = \"S\"",
                  "errand.toml:4: ", "keep one"}),
    [](const auto& info) { return info.param.name; });

TEST(Config, UnreadableFileIsNamed) {
    EXPECT_THAT(error_of([] { (void)load_config("/nonexistent/errand.toml"); }),
                StartsWith("/nonexistent/errand.toml: cannot be read"));
    EXPECT_THAT(error_of([] { (void)load_config("/"); }), HasSubstr("cannot be read"));
}

TEST(Config, ErrorsNeverShowASecret) {
    const std::string reason =
        refusal("[handlers.x]\nhttp = \"http://b\"\nsecret = \"hunter2\"\nsecrets = \"hunter3\"");
    EXPECT_THAT(reason, testing::Not(HasSubstr("hunter")));
}

TEST(Config, AnErrorIsOneLine) {
    try {
        static_cast<void>(parse_config("a = t\n0", "errand.toml"));
        ADD_FAILURE() << "nothing was thrown";
    } catch (const Error& error) {
        EXPECT_EQ(std::string_view{error.what()}.find('\n'), std::string_view::npos);
    }
}

TEST(Size, ReadsUnits) {
    EXPECT_EQ(parse_size("12"), 12U);
    EXPECT_EQ(parse_size("512B"), 512U);
    EXPECT_EQ(parse_size("1KiB"), 1024U);
    EXPECT_EQ(parse_size("3GiB"), 3ULL << 30);
}

TEST(Size, RefusesWhatIsNone) {
    for (const char* text : {"", "KiB", "-1", "1kb", "1.5MiB", "1 MiB", "99999999999999999GiB",
                             "99999999999999999999999"}) {
        EXPECT_THAT(error_of([&] { (void)parse_size(text); }), HasSubstr("is not a size")) << text;
    }
}

}  // namespace
}  // namespace errand::cli::test
