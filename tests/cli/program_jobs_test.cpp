#include "program_fixture.hpp"

#include <csignal>

namespace errand::cli::test {
namespace {

using testing::HasSubstr;

class Jobs : public ProgramTest {};

TEST_F(Jobs, GoInAreRunAndCanBeLookedAt) {
    const std::string id = done({"enqueue", "errand.echo", R"({"to": "ada"})", "--tag", "t1"});
    EXPECT_EQ(id.size(), 36U);
    EXPECT_EQ(show(id).at("state"), "available");
    EXPECT_EQ(errand({"work", "--drain"}).exit_code, 0);
    EXPECT_EQ(done({"wait", id}), R"([{"to": "ada"}])");
    const auto job = show(id);
    EXPECT_EQ(job.at("state"), "completed");
    EXPECT_EQ(job.at("status"), "success");
    EXPECT_EQ(job.at("attempt"), 1);
    EXPECT_THAT(done({"show", id}), HasSubstr("completed"));
    EXPECT_THAT(done({"list", "--tag", "t1"}), HasSubstr(id));
    EXPECT_EQ(done({"list", "--tag", "other"}), "");
    EXPECT_EQ(done({"watch", id}), R"([{"to": "ada"}])");
}

TEST_F(Jobs, EnqueueTakesEveryOption) {
    const std::string id = done({"enqueue",  "a.b",     "[1]",        "--queue",   "q",
                                 "--delay",  "1h",      "--priority", "-5",        "--max-attempts",
                                 "3",        "--retry", "fixed(30s)", "--timeout", "10s",
                                 "--unique", "u",       "--tag",      "x",         "--tag",
                                 "y",        "--meta",  "k=v",        "--meta",    "l=[1,2]"});
    const auto job = show(id);
    EXPECT_EQ(job.at("state"), "scheduled");
    EXPECT_EQ(job.at("queue"), "q");
    EXPECT_EQ(job.at("priority"), -5);
    EXPECT_EQ(job.at("max_attempts"), 3);
    EXPECT_EQ(job.at("retry"), "fixed(30s)");
    EXPECT_EQ(job.at("timeout"), "10s");
    EXPECT_EQ(job.at("unique_key"), "u");
    EXPECT_EQ(job.at("tags"), boost::json::parse(R"(["x","y"])"));
    EXPECT_EQ(job.at("meta"), boost::json::parse(R"({"k":"v","l":"[1,2]"})"));
}

TEST_F(Jobs, RepeatableOptionsTakeOneValueEach) {
    const std::string id = done({"enqueue", "--tag", "[a,b]", "--tag", "c", "a.b", "[1]"});
    EXPECT_EQ(show(id).at("tags"), boost::json::parse(R"(["[a,b]","c"])"));
    EXPECT_EQ(show(id).at("args"), boost::json::parse("[1]"));
}

TEST_F(Jobs, ArgumentsComeFromTheCommandLineOrStandardInput) {
    EXPECT_EQ(show(done({"enqueue", "a", "{}"})).at("args"), boost::json::parse("[{}]"));
    EXPECT_EQ(show(done({"enqueue", "a", "[]"})).at("args"), boost::json::parse("[]"));
    EXPECT_EQ(show(done({"enqueue", "a"})).at("args"), boost::json::parse("[]"));
    EXPECT_EQ(show(done({"enqueue", "a", "-"}, "[7, \"x\"]\n")).at("args"),
              boost::json::parse(R"([7,"x"])"));
}

TEST_F(Jobs, DuplicatesNameTheHolder) {
    const std::string id = done({"enqueue", "a", "--unique", "k"});
    const auto again = errand({"enqueue", "a", "--unique", "k"});
    EXPECT_EQ(again.exit_code, 0);
    EXPECT_EQ(again.out, id + "\n");
    EXPECT_THAT(again.err, HasSubstr("unique key"));
    EXPECT_EQ(done({"enqueue", "a", "--unique", "k", "--json"}),
              R"({"id":")" + id + R"(","outcome":"duplicate"})");
    const std::string mine = "0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d";
    EXPECT_THAT(done({"enqueue", "a", "--id", mine, "--json"}), HasSubstr("inserted"));
    EXPECT_THAT(done({"enqueue", "a", "--id", mine, "--json"}), HasSubstr("already_there"));
}

TEST_F(Jobs, AHeldKeyMayRejectOrChangeTheHolder) {
    const std::string id = done({"enqueue", "a", "[1]", "--unique", "k", "--delay", "1h"});
    const auto rejected = errand({"enqueue", "a", "--unique", "k", "--on-conflict", "reject"});
    EXPECT_EQ(rejected.exit_code, 1);
    EXPECT_EQ(rejected.out, "");
    EXPECT_THAT(rejected.err, HasSubstr(id));
    const auto changed =
        errand({"enqueue", "a", "[2]", "--unique", "k", "--on-conflict", "replace"});
    EXPECT_EQ(changed.exit_code, 0);
    EXPECT_EQ(changed.out, id + "\n");
    EXPECT_THAT(changed.err, HasSubstr(id));
    EXPECT_EQ(show(id).at("args"), boost::json::parse("[2]"));
    EXPECT_EQ(show(id).at("state"), "available");
    EXPECT_EQ(show(id).at("suppressed"), 2);
    EXPECT_THAT(done({"show", id}), HasSubstr("k (until it ends)"));
    EXPECT_THAT(done({"show", id}), HasSubstr("2 enqueues"));
    EXPECT_THAT(done({"stats"}), HasSubstr("2 enqueues added nothing"));
    EXPECT_THAT(done({"suppressed"}), HasSubstr(id));
    const auto view = boost::json::parse(done({"suppressed", "--json"}));
    EXPECT_EQ(view.at("job").as_string(), id);
    EXPECT_EQ(view.at("unique_key"), "k");
    EXPECT_EQ(view.at("count"), 2);
}

TEST_F(Jobs, UniqueKeysCanBeMadeOfTheArguments) {
    const std::string page = R"({"id":7,"text":"a"})";
    const std::string id = done({"enqueue", "page", page, "--unique-by", "id", "--debounce", "1h"});
    EXPECT_EQ(done({"enqueue", "page", R"({"text":"b","id":7})", "--unique-by", "id", "--debounce",
                    "2h", "--json"}),
              R"({"id":")" + id + R"(","outcome":"replaced"})");
    EXPECT_EQ(show(id).at("args").at(0).at("text"), "b");
    EXPECT_EQ(show(id).at("unique_for"), "waiting");
    const std::string alert = done({"enqueue", "alert", "[1]", "--throttle", "10m"});
    EXPECT_EQ(done({"enqueue", "alert", "[ 1 ]", "--throttle", "10m"}), alert);
    EXPECT_NE(done({"enqueue", "alert", "[2]", "--throttle", "10m"}), alert);
    EXPECT_EQ(done({"enqueue", "alert", "[1]", "--unique-args", "--unique-for", "waiting"}), alert);
    EXPECT_EQ(errand({"enqueue", "a", "--unique-args", "--unique-by", "x"}).exit_code, 2);
    EXPECT_EQ(errand({"enqueue", "a", "--unique-for", "ever", "--unique", "k"}).exit_code, 2);
    EXPECT_EQ(errand({"enqueue", "a", "--on-conflict", "reject"}).exit_code, 2);
}

TEST_F(Jobs, FilesAreEnqueuedWholeOrNotAtAll) {
    std::string lines;
    for (int i = 0; i < 2'500; ++i) {
        lines += R"({"type":"errand.noop","args":[)" + std::to_string(i) + "]}\n";
    }
    write_file("jobs.jsonl", lines + "{\"type\":\"errand.noop\",\"quue\":\"q\"}\n");
    const std::string reason = refusal(2, {"enqueue", "--file", "jobs.jsonl"});
    EXPECT_THAT(reason, HasSubstr("jobs.jsonl:2501: "));
    EXPECT_THAT(reason, HasSubstr("did you mean \"queue\"?"));
    EXPECT_FALSE(exists("errand.db"));

    write_file("jobs.jsonl", lines);
    const auto result = errand({"enqueue", "--file", "jobs.jsonl"});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, HasSubstr("enqueued 2500 jobs in "));
    EXPECT_EQ(errand({"work", "--drain"}).exit_code, 0);
    const auto stats = boost::json::parse(done({"stats", "--json"}));
    EXPECT_EQ(stats.at("states").at("completed"), 2'500);

    const std::string ids = done({"enqueue", "--file", "-", "--print-ids"}, "{\"type\":\"x\"}\n");
    EXPECT_EQ(ids.size(), 36U);
    EXPECT_THAT(done({"enqueue", "--file", "-", "--json"}, "{\"type\":\"x\"}\n"),
                HasSubstr(R"("inserted":1)"));
}

TEST_F(Jobs, WaitTellsEndsApart) {
    const std::string slow = done({"enqueue", "errand.sleep", R"(["1h"])"});
    EXPECT_THAT(refusal(3, {"wait", slow, "--timeout", "20ms"}),
                HasSubstr("has not ended within 20ms"));
    EXPECT_EQ(errand({"watch", slow, "--timeout", "20ms"}).exit_code, 3);
    const std::string bad = done({"enqueue", "errand.sleep", R"(["soon"])"});
    EXPECT_EQ(done({"cancel", slow}), slow + "  cancelled");
    EXPECT_EQ(errand({"work", "--drain"}).exit_code, 0);
    EXPECT_THAT(refusal(1, {"wait", slow}), HasSubstr("cancelled"));
    EXPECT_THAT(refusal(1, {"wait", bad}), HasSubstr("discarded: bad arguments: "));
    const auto watched = errand({"watch", bad});
    EXPECT_EQ(watched.exit_code, 1);
    EXPECT_THAT(watched.err, HasSubstr("discarded"));
    EXPECT_THAT(done({"show", bad}), HasSubstr("error of attempt 1 (error, "));
}

TEST_F(Jobs, ControlByIds) {
    const std::string first = done({"enqueue", "a"});
    const std::string second = done({"enqueue", "a"});
    const std::string unknown = "0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d";
    EXPECT_EQ(done({"cancel", first, "--json"}), R"({"id":")" + first + R"(","result":"done"})");
    EXPECT_EQ(done({"retry", first}), first + "  available again");
    const auto mixed = errand({"retry", second, unknown});
    EXPECT_EQ(mixed.exit_code, 1);
    EXPECT_THAT(mixed.out, HasSubstr(second + "  refused: "));
    EXPECT_THAT(mixed.out, HasSubstr(unknown + "  unknown id"));
    EXPECT_THAT(mixed.err, HasSubstr("1 refused, 1 unknown"));
    EXPECT_EQ(done({"delete", first, second}), first + "  deleted\n" + second + "  deleted");
    EXPECT_THAT(refusal(1, {"show", first}), HasSubstr("no job has the id " + first));
}

TEST_F(Jobs, ControlByFilterMeetsAllPages) {
    std::string lines;
    for (int i = 0; i < 1'200; ++i)
        lines += "{\"type\":\"a\",\"queue\":\"many\"}\n";
    (void)errand({"enqueue", "--file", "-"}, lines);
    const std::string other = done({"enqueue", "a"});
    const auto dry = errand({"cancel", "--where", "queue=many", "--dry-run"});
    EXPECT_THAT(dry.err, HasSubstr("1200 would be cancelled"));
    EXPECT_THAT(errand({"delete", "--where", "state=cancelled"}).err, HasSubstr("0 deleted"));
    EXPECT_THAT(errand({"cancel", "--where", "queue=many"}).err, HasSubstr("1200 cancelled"));
    EXPECT_THAT(errand({"retry", "--where", "state=cancelled,type=a"}).err,
                HasSubstr("1200 available again"));
    EXPECT_EQ(show(other).at("state"), "available");
}

TEST_F(Jobs, ListPages) {
    for (int i = 0; i < 3; ++i)
        (void)done({"enqueue", "a"});
    const auto page = errand({"list", "--limit", "2", "--json"});
    EXPECT_EQ(std::count(page.out.begin(), page.out.end(), '\n'), 2);
    const auto text = errand({"list", "--limit", "2"});
    const std::string mark = "more with --cursor ";
    ASSERT_THAT(text.err, HasSubstr(mark));
    std::string cursor = text.err.substr(text.err.find(mark) + mark.size());
    cursor.pop_back();
    const auto rest = errand({"list", "--json", "--cursor", cursor});
    EXPECT_EQ(std::count(rest.out.begin(), rest.out.end(), '\n'), 1);
}

TEST_F(Jobs, QueuesPauseAndResume) {
    const std::string id = done({"enqueue", "errand.noop", "--queue", "mail"});
    (void)done({"pause", "mail"});
    const auto paused = boost::json::parse(done({"queues", "--json"}));
    EXPECT_EQ(paused.at("queue"), "mail");
    EXPECT_EQ(paused.at("available"), 1);
    EXPECT_EQ(paused.at("paused"), true);
    EXPECT_THAT(done({"queues"}), HasSubstr("paused"));
    (void)done({"resume", "mail"});
    EXPECT_EQ(errand({"work", "--drain", "--queue", "mail:2"}).exit_code, 0);
    EXPECT_EQ(show(id).at("state"), "completed");
    EXPECT_EQ(done({"queues"}), "");
    EXPECT_THAT(done({"stats"}), HasSubstr("success rate 100.0 %"));
}

TEST_F(Jobs, HandlersOfTheConfigurationRun) {
    write_file("errand.toml", R"(
store = "sqlite:other.db"
[queues.scripts]
concurrency = 2
[handlers."count.bytes"]
exec = ["/bin/sh", "-c", "printf '::result %s\n' \"$(wc -c)\"; echo counted"]
[handlers."fails"]
exec = ["/bin/sh", "-c", "echo no such luck >&2; exit 3"]
)");
    const std::string good = done({"enqueue", "count.bytes", "[1,2]", "--queue", "scripts"});
    const std::string bad = done({"enqueue", "fails", "--queue", "scripts", "--max-attempts", "1"});
    EXPECT_TRUE(exists("other.db"));
    const auto worker = errand({"work", "--drain"});
    EXPECT_EQ(worker.exit_code, 0) << worker.err;
    EXPECT_THAT(worker.err, HasSubstr("queues scripts:2"));
    EXPECT_THAT(worker.err, HasSubstr("1 completed"));
    EXPECT_EQ(done({"wait", good}), "5");
    EXPECT_THAT(done({"show", good, "--logs"}), HasSubstr("counted"));
    EXPECT_THAT(refusal(1, {"wait", bad}), HasSubstr("no such luck"));
    const auto logs = boost::json::parse(done({"show", bad, "--logs", "--json"})).at("logs");
    EXPECT_THAT(std::string{logs.at(0).at("text").as_string()}, HasSubstr("no such luck"));
}

TEST_F(Jobs, UpServesHealthAndStopsGracefully) {
    const std::string id = done({"enqueue", "errand.sleep", R"(["1h"])"});
    Program up{command({"up", "--listen", "127.0.0.1:0", "--grace", "0s"}), options()};
    Program watch{command({"watch", id}), options()};
    while (watch.err().find("active") == std::string::npos) {
        ASSERT_EQ(errand({"wait", id, "--timeout", "20ms"}).exit_code, 3) << up.err();
    }
    EXPECT_THAT(up.err(), HasSubstr("http://127.0.0.1:"));
    EXPECT_THAT(done({"workers"}), HasSubstr("alive"));
    up.send(SIGTERM);
    const auto end = up.wait();
    EXPECT_EQ(end.exit_code, 0) << end.err;
    EXPECT_THAT(end.err, HasSubstr("errand up: stopped; 0 completed"));
    const auto job = show(id);
    EXPECT_EQ(job.at("state"), "available");
    EXPECT_EQ(job.at("attempt"), 0);  // an interruption uses no attempt
}

}  // namespace
}  // namespace errand::cli::test
