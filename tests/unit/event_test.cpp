#include "core/event_data.hpp"
#include "core/event_filter.hpp"
#include "core/validate.hpp"
#include "core/webhook_job.hpp"

#include <errand/cloud_event.hpp>
#include <errand/limits.hpp>

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <set>

namespace errand::test {
namespace {

constexpr std::string_view trace = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";

Event sample() {
    Event event;
    event.seq = 7;
    event.kind = EventKind::job_completed;
    event.at = parse_timestamp("2026-03-01T10:00:00.5Z");
    event.subject = "0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d";
    event.type = "mail.send";
    event.queue = "mail";
    event.data = R"({"state":"completed","attempt":2})";
    return event;
}

boost::json::object parsed(const std::string& text) {
    return boost::json::parse(text).as_object();
}

Subscription with(EventFilter filter, std::string url = {}) {
    Subscription subscription;
    subscription.name = "s";
    subscription.filter = std::move(filter);
    subscription.url = std::move(url);
    return subscription;
}

TEST(EventKind, EveryKindHasANameOfItsOwn) {
    std::set<std::string_view> names;
    for (const auto kind : core::all_event_kinds) {
        EXPECT_EQ(parse_event_kind(to_string(kind)), kind);
        names.insert(to_string(kind));
    }
    EXPECT_EQ(names.size(), core::all_event_kinds.size());
    EXPECT_EQ(to_string(EventKind::job_completed), "job.completed");
    EXPECT_FALSE(parse_event_kind("job.finished").has_value());
    EXPECT_FALSE(parse_event_kind("").has_value());
}

TEST(EventKinds, ASetHoldsWhatItWasMadeOf) {
    const std::vector given{EventKind::worker_died, EventKind::job_enqueued};
    EXPECT_EQ(core::kinds_in(core::set_of(given)),
              (std::vector{EventKind::job_enqueued, EventKind::worker_died}));
    EXPECT_EQ(core::kinds_in(core::every_event_kind).size(), core::all_event_kinds.size());
    EXPECT_TRUE(core::kinds_in(0).empty());
    EXPECT_TRUE(core::kinds_in(~core::every_event_kind).empty());
}

TEST(CloudEvent, HasWhatTheSpecificationAsksFor) {
    const auto json = parsed(to_cloud_event(sample(), "/errand/test"));
    EXPECT_EQ(json.at("specversion"), "1.0");
    EXPECT_EQ(json.at("source"), "/errand/test");
    EXPECT_EQ(json.at("type"), "dev.errand.job.completed");
    EXPECT_EQ(json.at("subject"), "0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d");
    EXPECT_EQ(json.at("time"), "2026-03-01T10:00:00.500000Z");
    EXPECT_EQ(json.at("datacontenttype"), "application/json");
    const auto& data = json.at("data").as_object();
    EXPECT_EQ(data.at("state"), "completed");
    EXPECT_EQ(data.at("attempt"), 2);
    EXPECT_EQ(data.at("job_type"), "mail.send");
    EXPECT_EQ(data.at("queue"), "mail");
    EXPECT_FALSE(json.contains("traceparent"));
    EXPECT_EQ(to_cloud_event(sample()).find('\n'), std::string::npos);
}

TEST(CloudEvent, IdsTellEventsApart) {
    auto other = sample();
    other.seq = 8;
    auto elsewhere = sample();  // the same number in another store
    elsewhere.at += Duration{1};
    auto shown = sample();
    shown.seq = 0;
    std::set<std::string> ids;
    for (const auto& event : {sample(), other, elsewhere, shown})
        ids.insert(boost::json::serialize(parsed(to_cloud_event(event)).at("id")));
    EXPECT_EQ(ids.size(), 4U);
    EXPECT_EQ(to_cloud_event(sample()), to_cloud_event(sample()));
}

TEST(CloudEvent, TheTraceIsAnExtension) {
    auto event = sample();
    event.data = R"({"traceparent":")" + std::string{trace} + R"(","attempt":1})";
    const auto json = parsed(to_cloud_event(event));
    EXPECT_EQ(boost::json::value_to<std::string>(json.at("traceparent")), trace);
    EXPECT_FALSE(json.at("data").as_object().contains("traceparent"));
}

TEST(CloudEvent, IsSoundWhateverAStoreGives) {
    auto event = sample();
    event.subject = "\xff\"\n";
    event.type = std::string("a\0b", 3);
    for (const std::string_view data : {"", "[1]", "{", "{\"a\":}", "\xff"}) {
        event.data = data;
        const auto json = parsed(to_cloud_event(event));
        EXPECT_EQ(json.at("data").as_object().size(), 2U);
    }
}

TEST(EventFilter, AllConditionsMustHold) {
    const auto event = sample();
    const auto id = *JobId::parse(event.subject);
    EXPECT_TRUE(core::matches({}, event));
    EXPECT_TRUE(core::matches({{EventKind::job_completed}, id, "mail.send", "mail"}, event));
    EXPECT_FALSE(core::matches({{EventKind::job_started}}, event));
    EXPECT_FALSE(core::matches({.job = new_job_id()}, event));
    EXPECT_FALSE(core::matches({.type = "other"}, event));
    EXPECT_FALSE(core::matches({.queue = "other"}, event));
}

TEST(EventFilter, ConditionsOnJobsLeaveOutWhatIsOfNone) {
    Event paused;
    paused.kind = EventKind::queue_paused;
    paused.subject = "queue:mail";
    EXPECT_TRUE(core::matches({}, paused));
    EXPECT_FALSE(core::matches({.queue = "mail"}, paused));
    EXPECT_FALSE(core::matches({.type = "t"}, paused));
}

TEST(EventInterest, MayWantWhatSomebodyWants) {
    const auto id = new_job_id();
    const core::EventInterest none;
    EXPECT_TRUE(none.empty());
    EXPECT_FALSE(none.may_want(core::every_event_kind));
    const core::EventInterest interest{
        {with({.job = id}), with({.kinds = {EventKind::job_started}})}};
    const auto completed = core::bit_of(EventKind::job_completed);
    EXPECT_TRUE(interest.may_want(completed));
    EXPECT_TRUE(interest.may_want(completed, id));
    EXPECT_FALSE(interest.may_want(completed, new_job_id()));
    EXPECT_TRUE(interest.may_want(core::bit_of(EventKind::job_started), new_job_id()));
    EXPECT_FALSE(interest.may_want(core::bit_of(EventKind::worker_left)));
}

TEST(WebhookJob, IsTheSameForTheSameEvent) {
    const auto hook = with({}, "https://example.org/hook");
    const auto job = core::make_webhook_job(hook, sample(), "/errand", "default");
    EXPECT_EQ(job, core::make_webhook_job(hook, sample(), "/errand", "default"));
    auto other_hook = hook;
    other_hook.name = "t";
    auto other_event = sample();
    other_event.seq = 8;
    EXPECT_NE(job.id, core::make_webhook_job(other_hook, sample(), "/errand", "default").id);
    EXPECT_NE(job.id, core::make_webhook_job(hook, other_event, "/errand", "default").id);
    EXPECT_EQ(job.id.bytes[6] & 0xF0, 0x70);
    EXPECT_EQ(job.id.bytes[8] & 0xC0, 0x80);
}

TEST(WebhookJob, SaysWhereWhatGoes) {
    auto hook = with({}, "https://example.org/a?b=\"");
    hook.secret_name = "crm";
    auto event = sample();
    event.data = R"({"traceparent":")" + std::string{trace} + "\"}";
    auto job = core::make_webhook_job(hook, event, "/errand", "hooks");
    core::validate(job, Limits{});
    EXPECT_EQ(job.type, "errand.webhook");
    EXPECT_EQ(job.queue, "hooks");
    EXPECT_EQ(job.meta, R"({"traceparent":")" + std::string{trace} + "\"}");
    const auto args = boost::json::parse(job.args).as_array().at(0).as_object();
    EXPECT_EQ(boost::json::value_to<std::string>(args.at("url")), hook.url);
    EXPECT_EQ(args.at("secret_name"), "crm");
    EXPECT_EQ(boost::json::serialize(args.at("event")),
              boost::json::serialize(parsed(to_cloud_event(event))));
    hook.secret_name.clear();
    job = core::make_webhook_job(hook, event, "/errand", "hooks");
    EXPECT_EQ(job.args.find("secret_name"), std::string::npos);
}

TEST(EventData, LongMessagesAreCut) {
    NewJob job;
    job.id = new_job_id();
    Settlement item;
    item.error =
        JobError{FailureKind::error, 1, {}, "E", std::string(100'000, 'x'), "", "", "", ""};
    const auto event = core::settled(core::event_job(job), item, JobState::discarded, {});
    EXPECT_LT(event.data.size(), 2'000U);
    EXPECT_EQ(parsed(event.data).at("error").at("kind"), "error");
}

}  // namespace
}  // namespace errand::test
