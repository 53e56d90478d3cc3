#include "program_fixture.hpp"

#include <csignal>

namespace errand::cli::test {
namespace {

using testing::HasSubstr;

/// Limits, orders, keys, pauses and explanations, as they are used from a shell.
class Control : public ProgramTest {};

TEST_F(Control, JobsHaveAKeyAWeightAndAnExpiry) {
    const auto first = done(
        {"enqueue", "a", "--key", "acme", "--weight", "3", "--expires-at", "2999-01-01T00:00:00Z"});
    const auto job = show(first);
    EXPECT_EQ(job.at("key"), "acme");
    EXPECT_EQ(job.at("weight"), 3);
    EXPECT_EQ(job.at("expires_at"), "2999-01-01T00:00:00.000000Z");
    EXPECT_EQ(job.at("blocked"), false);
    const auto second = done({"enqueue", "a", "--key", "acme", "--expires-in", "1h"});
    EXPECT_EQ(show(second).at("blocked"), true);
    EXPECT_TRUE(show(second).at("expires_at").is_string());
    EXPECT_THAT(done({"show", second}), HasSubstr("acme (waits for its turn)"));
    EXPECT_THAT(done({"list"}), HasSubstr("waits for its key acme"));
    (void)errand({"enqueue", "--file", "-"}, R"({"type":"b","key":"k","weight":2})");
    EXPECT_THAT(done({"list", "--type", "b", "--json"}), HasSubstr(R"("key":"k","weight":2)"));
}

TEST_F(Control, BadJobsAreRefusedBeforeTheStoreIsMade) {
    EXPECT_THAT(refusal(2, {"enqueue", "a", "--weight", "0"}), HasSubstr("weight"));
    EXPECT_THAT(refusal(2, {"enqueue", "a", "--expires-in", "5m", "--delay", "5m"}),
                HasSubstr("--expires-in: 5m is over before"));
    EXPECT_THAT(
        refusal(2, {"enqueue", "a", "--expires-in", "5m", "--expires-at", "2999-01-01T00:00:00Z"}),
        HasSubstr("not both"));
    EXPECT_THAT(refusal(2, {"enqueue", "a", "--expires-at", "soon"}), HasSubstr("--expires-at"));
    EXPECT_FALSE(exists("errand.db"));
}

TEST_F(Control, WhatExpiredIsDiscardedAndSaysSo) {
    const auto id = done({"enqueue", "errand.noop", "--expires-in", "1us"});
    EXPECT_THAT(reasons(id), testing::Contains("expired"));
    const auto worker = errand({"work", "--drain"});
    EXPECT_EQ(worker.exit_code, 0) << worker.err;
    EXPECT_THAT(worker.err, HasSubstr("0 completed, 0 failed, 0 discarded, 1 expired"));
    const auto job = show(id);
    EXPECT_EQ(job.at("state"), "discarded");
    EXPECT_EQ(job.at("attempt"), 0);
    EXPECT_EQ(job.at("errors").at(0).at("type"), "expired");
    EXPECT_THAT(refusal(1, {"wait", id}), HasSubstr("before its turn came"));
}

TEST_F(Control, ExplainTellsEverythingThatHoldsAJob) {
    const auto holder = done({"enqueue", "a", "--queue", "mail", "--key", "acme"});
    const auto id = done({"enqueue", "a", "--queue", "mail", "--key", "acme"});
    (void)done({"pause", "mail", "--by", "ada"});
    (void)done({"pause", "key:acme"});
    EXPECT_THAT(reasons(id), testing::ElementsAre("paused", "paused", "key_blocked", "no_worker"));
    const auto all = json({"explain", id});
    EXPECT_EQ(all.at("id"), boost::json::string{id});
    EXPECT_EQ(all.at("state"), "available");
    EXPECT_EQ(all.at("reasons").at(0).at("scope"), "queue:mail");
    EXPECT_EQ(all.at("reasons").at(0).at("who"), "ada");
    EXPECT_FALSE(all.at("reasons").at(1).at("who").as_string().empty());  // the login name
    const auto& blocked = all.at("reasons").at(2);
    EXPECT_EQ(blocked.at("jobs").at(0), boost::json::string{holder});
    EXPECT_EQ(blocked.at("because").at(0).at("code"), "paused");

    const auto text = done({"explain", id});
    EXPECT_THAT(text, testing::StartsWith("available\n  paused            queue:mail is paused by "
                                          "ada since "));
    EXPECT_THAT(text, HasSubstr("\n  key_blocked       its key \"acme\" is held by job " + holder));
    EXPECT_THAT(refusal(1, {"explain", "0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d"}),
                HasSubstr("no job has the id"));
    EXPECT_THAT(refusal(2, {"explain", "7"}), HasSubstr("not a job id"));
}

TEST_F(Control, LimitsAreSetListedAndRemoved) {
    (void)done({"enqueue", "errand.noop"});
    EXPECT_EQ(done({"limits"}), "");
    const auto set = json({"limits", "set", "mail", "--concurrency", "3", "--rate", "100/1m"});
    EXPECT_EQ(set.at("scope"), "queue:mail");
    EXPECT_EQ(set.at("concurrency"), 3);
    EXPECT_EQ(set.at("rate"), "100/1m");
    EXPECT_EQ(set.at("available"), 100);
    const auto list = done({"limits", "list"});
    EXPECT_THAT(list, HasSubstr("queue:mail"));
    EXPECT_THAT(list, HasSubstr("0 of 3"));
    EXPECT_EQ(done({"limits"}), list);
    EXPECT_THAT(done({"queues"}), HasSubstr("3 at once, 100/1m"));
    (void)done({"limits", "remove", "queue:mail"});
    EXPECT_EQ(done({"limits", "--json"}), "");
    EXPECT_THAT(refusal(1, {"limits", "remove", "mail"}), HasSubstr("has no limit"));
    EXPECT_THAT(refusal(2, {"limits", "set", "mail"}), HasSubstr("--concurrency N"));
    EXPECT_THAT(refusal(2, {"limits", "set", "mail", "--rate", "often"}), HasSubstr("100/1m"));
    EXPECT_THAT(refusal(2, {"limits", "set", "no queue", "--concurrency", "1"}),
                HasSubstr("queue"));
    EXPECT_THAT(refusal(2, {"limits", "sett"}), HasSubstr("did you mean set?"));
}

TEST_F(Control, ALimitHoldsAndItsRateOpensAgain) {
    for (int i = 0; i < 4; ++i)
        (void)done({"enqueue", "errand.noop"});
    (void)done({"limits", "set", "type:errand.noop", "--rate", "2/100ms"});
    EXPECT_EQ(errand({"work", "--drain"}).exit_code, 0);
    EXPECT_EQ(json({"stats"}).at("states").at("completed"), 4);
}

TEST_F(Control, PausesTakeAnyScope) {
    const auto id = done({"enqueue", "errand.noop"});
    EXPECT_EQ(json({"pause", "global", "--by", "ada"}).at("scope"), "global");
    EXPECT_THAT(errand({"queues"}).err, HasSubstr("everything is paused"));
    EXPECT_EQ(json({"pause"}).at("by"), "ada");
    EXPECT_THAT(done({"pause"}), testing::ContainsRegex("global +.* +ada"));
    EXPECT_EQ(json({"pause", "type:errand.noop"}).at("paused"), true);
    EXPECT_EQ(json({"pause", "queue:mail"}).at("queue"), "mail");
    (void)done({"resume", "global"});
    EXPECT_THAT(reasons(id), testing::Contains("paused"));
    (void)done({"resume", "type:errand.noop"});
    EXPECT_THAT(reasons(id), testing::Not(testing::Contains("paused")));
    EXPECT_THAT(done({"queues"}), testing::ContainsRegex("mail.*paused .* ago by "));
    EXPECT_THAT(refusal(2, {"pause", "type:"}), HasSubstr("type"));
}

TEST_F(Control, QueuesAreSetAndShown) {
    (void)done({"enqueue", "errand.noop"});
    const auto set = json({"queues", "set", "undo", "--order", "lifo", "--key-concurrency", "2"});
    EXPECT_EQ(set.at("order"), "lifo");
    EXPECT_EQ(set.at("key_concurrency"), 2);
    const auto fair = json({"queues", "set", "undo", "--order", "fair", "--key-weight", "a=b=3",
                            "--key-weight", "c=2"});
    EXPECT_EQ(fair.at("key_concurrency"), 2);  // what is not named stays
    EXPECT_EQ(fair.at("key_weights").at("a=b"), 3);
    EXPECT_EQ(json({"queues", "set", "undo", "--key-weight", "c=0"}).at("key_weights"),
              boost::json::parse(R"({"a=b":3})"));
    EXPECT_THAT(done({"queues"}), HasSubstr("fair, 2 at once per key, 1 key weight"));
    EXPECT_EQ(json({"queues", "set", "undo", "--defaults", "--aging", "5m"}).at("aging"), "5m");
    EXPECT_EQ(json({"queues", "set", "undo", "--order", "lifo"}).at("aging"), "0s");
    EXPECT_THAT(refusal(2, {"queues", "set", "undo"}), HasSubstr("--order"));
    EXPECT_THAT(refusal(2, {"queues", "set", "undo", "--order", "lilo"}), HasSubstr("lifo"));
    EXPECT_THAT(refusal(2, {"queues", "set", "undo", "--aging", "5m"}), HasSubstr("fifo"));
    EXPECT_THAT(refusal(2, {"queues", "set", "undo", "--key-weight", "acme"}), HasSubstr("acme=3"));
}

TEST_F(Control, AStackRunsWhatCameLastFirst) {
    (void)done({"enqueue", "errand.noop", "--queue", "other"});
    (void)done({"queues", "set", "undo", "--order", "lifo"});
    std::vector<std::string> ids;
    for (int i = 0; i < 3; ++i)
        ids.push_back(done({"enqueue", "errand.noop", "--queue", "undo"}));
    EXPECT_EQ(errand({"work", "--drain", "--queue", "undo:1"}).exit_code, 0);
    EXPECT_GT(show(ids[0]).at("started_at").as_string(), show(ids[2]).at("started_at").as_string());
}

TEST_F(Control, ABlockedKeyIsShownAndGivenFree) {
    write_file("errand.toml", R"toml(
[handlers.fails]
exec = ["/bin/sh", "-c", "exit 3"]
retry = "fixed(1h)"
)toml");
    const auto holder = done({"enqueue", "fails", "--key", "acme"});
    const auto behind = done({"enqueue", "errand.noop", "--key", "acme"});
    EXPECT_THAT(errand({"keys", "unblock", "default", "acme"}).err,
                HasSubstr("nothing to unblock"));
    Program worker{command({"work"}), options()};
    while (show(holder).at("state") != "retryable")
        ASSERT_EQ(errand({"wait", holder, "--timeout", "20ms"}).exit_code, 3) << worker.err();
    const auto key = json({"keys"});
    EXPECT_EQ(key.at("key"), "acme");
    EXPECT_EQ(key.at("blocked"), 1);
    EXPECT_EQ(key.at("holders").at(0), boost::json::string{holder});
    EXPECT_THAT(done({"keys"}), HasSubstr(holder + " (retryable)"));
    EXPECT_EQ(json({"explain", behind}).at("reasons").at(0).at("because").at(0).at("code"),
              "retry_wait");
    EXPECT_EQ(done({"keys", "unblock", "default", "acme", "--json"}), R"({"unblocked":1})");
    EXPECT_EQ(errand({"wait", behind, "--timeout", "30s"}).exit_code, 0);
    EXPECT_EQ(done({"keys"}), "");
    worker.send(SIGTERM);
    EXPECT_EQ(worker.wait().exit_code, 0);
}

TEST_F(Control, TheFileWinsWhenAWorkerStarts) {
    write_file("errand.toml", R"(
[queues.default]
order = "lifo"
[limits."type:errand.noop"]
concurrency = 2
)");
    EXPECT_EQ(errand({"work", "--drain"}).exit_code, 0);
    EXPECT_EQ(json({"limits"}).at("concurrency"), 2);
    EXPECT_THAT(done({"queues"}), HasSubstr("lifo"));
    (void)done({"limits", "set", "type:errand.noop", "--concurrency", "7"});
    EXPECT_EQ(json({"limits"}).at("concurrency"), 7);
    (void)done({"limits", "set", "type:other", "--concurrency", "1"});
    EXPECT_EQ(errand({"work", "--drain"}).exit_code, 0);
    const auto limits = done({"limits", "--json"});
    EXPECT_THAT(limits, HasSubstr(R"("scope":"type:errand.noop","concurrency":2)"));
    EXPECT_THAT(limits, HasSubstr(R"("scope":"type:other","concurrency":1)"));
}

TEST_F(Control, QueuesShareThreads) {
    for (const auto* queue : {"high", "low", "low"})
        (void)done({"enqueue", "errand.noop", "--queue", queue});
    const auto worker = errand({"work", "--drain", "--queue", "high*6,low:2"});
    EXPECT_EQ(worker.exit_code, 0) << worker.err;
    EXPECT_THAT(worker.err, HasSubstr("queues high*6,low*1:2"));
    EXPECT_THAT(worker.err, HasSubstr("3 completed"));
    EXPECT_THAT(refusal(2, {"work", "--queue", "a,a"}), HasSubstr("twice"));
}

}  // namespace
}  // namespace errand::cli::test
