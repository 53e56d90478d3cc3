#include "cli/jobs_file.hpp"

#include "expect_error.hpp"

#include <gmock/gmock.h>

#include <sstream>

namespace errand::cli::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

std::string refusal(std::string_view line, const Limits& limits = {}) {
    return error_of([&] { (void)parse_job_line(line, limits); });
}

std::vector<JobLine> read(const std::string& text) {
    std::istringstream input(text);
    return parse_jobs(input, "jobs.jsonl", {});
}

TEST(JobsFile, ReadsEveryMember) {
    const NewJob job =
        parse_job_line(
            R"({"type":"a.b","args":[1,{"x":12345678901234567890123}],"queue":"q","meta":{"k":"v"},)"
            R"("tags":["t1","t2"],"id":"0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d","unique_key":"u",)"
            R"json("priority":-5,"max_attempts":3,"retry":"fixed(30s)","timeout":"10s","delay":"5m",)json"
            R"("key":"acme","weight":3,"expires_at":"2026-01-31T08:00:00Z"})",
            {})
            .job;
    EXPECT_EQ(job.type, "a.b");
    EXPECT_EQ(job.args, R"([1,{"x":12345678901234567890123}])");  // every digit stays
    EXPECT_EQ(job.queue, "q");
    EXPECT_EQ(job.meta, R"({"k":"v"})");
    EXPECT_THAT(job.tags, testing::ElementsAre("t1", "t2"));
    EXPECT_EQ(to_string(job.id), "0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d");
    EXPECT_EQ(job.unique_key, "u");
    EXPECT_EQ(job.key, "acme");
    EXPECT_EQ(job.weight, 3U);
    EXPECT_EQ(job.expires_at, parse_timestamp("2026-01-31T08:00:00Z"));
    EXPECT_EQ(job.priority, -5);
    EXPECT_EQ(job.max_attempts, 3U);
    EXPECT_EQ(job.retry, RetryPolicy::fixed(30s));
    EXPECT_EQ(job.timeout, Duration{10s});
    EXPECT_EQ(job.delay, Duration{5min});
}

TEST(JobsFile, NullMeansNotGivenAndALoneObjectIsWrapped) {
    const NewJob job =
        parse_job_line(R"({"type":"a","retry":null,"meta":null,"args":{"to":"x"}})", {}).job;
    EXPECT_FALSE(job.retry);
    EXPECT_TRUE(job.meta.empty());
    EXPECT_EQ(job.args, R"([{"to":"x"}])");
}

TEST(JobsFile, ReadsWhatMakesAJobUnique) {
    const auto read_one = [](std::string_view line) { return parse_job_line(line, {}).job; };
    const NewJob by = read_one(
        R"({"type":"a","unique_by":["id"],"args":{"id":7,"x":1},"unique_for":"10m","on_conflict":"reject"})");
    EXPECT_EQ(by.unique_key, unique_key_of("a", R"([{"id":7}])", std::vector<std::string>{"id"}));
    EXPECT_EQ(by.unique, (UniquePolicy{UniqueFor::period, 10min, OnConflict::reject}));
    const NewJob all = read_one(R"({"type":"a","unique_by":[],"args":[7]})");
    EXPECT_EQ(all.unique_key, unique_key_of("a", "[7]"));
    const NewJob last = read_one(R"({"type":"a","debounce":"5s","unique_key":"k"})");
    EXPECT_EQ(last.unique_key, "k");
    EXPECT_EQ(last.delay, Duration{5s});
    EXPECT_EQ(last.unique, (UniquePolicy{UniqueFor::waiting, {}, OnConflict::replace}));
    const NewJob first = read_one(R"({"type":"a","throttle":"5m","args":[7]})");
    EXPECT_EQ(first.unique_key, all.unique_key);
    EXPECT_EQ(first.unique, (UniquePolicy{UniqueFor::period, 5min, OnConflict::existing}));
    EXPECT_THAT(refusal(R"({"type":"a","unique_by":["id"],"unique_key":"k","args":{"id":1}})"),
                StartsWith("unique_by: "));
    EXPECT_THAT(refusal(R"({"type":"a","unique_by":["id"]})"), StartsWith("unique_by: "));
    EXPECT_THAT(refusal(R"({"type":"a","unique_for":"waiting"})"), StartsWith("unique_for: "));
    EXPECT_THAT(refusal(R"({"type":"a","debounce":"5s","throttle":"5s"})"),
                StartsWith("debounce: "));
    EXPECT_THAT(refusal(R"({"type":"a","debounce":"5s","delay":"5s"})"), StartsWith("debounce: "));
    EXPECT_THAT(refusal(R"({"type":"a","throttle":"0s"})"), HasSubstr("1ms and 365d"));
    EXPECT_THAT(refusal(R"({"type":"a","unique_key":"k","on_conflict":"explode"})"),
                HasSubstr("none of existing"));
}

TEST(JobsFile, ReadsHowLongAJobMayWait) {
    EXPECT_EQ(parse_job_line(R"({"type":"a","expires_in":"1h"})", {}).expires_in, Duration{1h});
    EXPECT_EQ(parse_job_line(R"({"type":"a"})", {}).expires_in, std::nullopt);
    EXPECT_THAT(refusal(R"({"type":"a","expires_in":"5s","delay":"5s"})"), HasSubstr("is over"));
    EXPECT_THAT(refusal(R"({"type":"a","expires_in":"5s","expires_at":"2026-01-31T08:00:00Z"})"),
                HasSubstr("not both"));
}

TEST(JobsFile, RefusesBadLines) {
    EXPECT_THAT(refusal("{"), StartsWith("not valid JSON"));
    EXPECT_THAT(refusal("[1]"), HasSubstr("not a JSON object"));
    EXPECT_THAT(refusal(R"({"type":"a","quue":"x"})"), HasSubstr("did you mean \"queue\"?"));
    EXPECT_THAT(refusal(R"({"type":"a","zzzzzzzzzz":1})"), HasSubstr("known are type, args"));
    EXPECT_THAT(refusal(R"({"type":"a","type":"b"})"), HasSubstr("twice"));
    EXPECT_THAT(refusal(R"({"args":[]})"), HasSubstr("type"));
    EXPECT_THAT(refusal(R"({"type":5})"), StartsWith("type: "));
    EXPECT_THAT(refusal(R"({"type":"a","priority":"high"})"), StartsWith("priority: "));
    EXPECT_THAT(refusal(R"({"type":"a","priority":1.5})"), StartsWith("priority: "));
    EXPECT_THAT(refusal(R"({"type":"a","priority":99999999999})"), StartsWith("priority: "));
    EXPECT_THAT(refusal(R"({"type":"a","max_attempts":-1})"), StartsWith("max_attempts: "));
    EXPECT_THAT(refusal(R"({"type":"a","tags":"x"})"), StartsWith("tags: "));
    EXPECT_THAT(refusal(R"({"type":"a","tags":[1]})"), StartsWith("tags: "));
    EXPECT_THAT(refusal(R"({"type":"a","id":"7"})"), StartsWith("id: "));
    EXPECT_THAT(refusal(R"({"type":"a","retry":"often"})"), StartsWith("retry"));
    EXPECT_THAT(refusal(R"({"type":"a","timeout":"soon"})"), StartsWith("timeout: "));
    EXPECT_THAT(refusal(R"({"type":"a","scheduled_at":"later"})"), StartsWith("scheduled_at: "));
    EXPECT_THAT(refusal("{\"type\":\"a\xff\"}"), HasSubstr("JSON"));
    EXPECT_THAT(refusal(R"({"type":"a\u0000b"})"), HasSubstr("type"));
    EXPECT_THAT(refusal(R"({"type":"a","args":5})"), HasSubstr("args"));
}

TEST(JobsFile, RefusesLinesAboveTheLimits) {
    Limits limits;
    limits.args_bytes = 100;
    EXPECT_THAT(refusal(R"({"type":"a","args":[")" + std::string(200, 'x') + "\"]}", limits),
                HasSubstr("args"));
    limits.meta_bytes = 100;
    EXPECT_THAT(refusal(std::string(100'000, ' '), limits), HasSubstr("at most"));
}

TEST(JobsFile, SkipsBlankLinesAndGivesIds) {
    const auto jobs = read("{\"type\":\"a\"}\n\n  \r\n{\"type\":\"b\"}");
    ASSERT_EQ(jobs.size(), 2U);
    EXPECT_FALSE(jobs[0].job.id.is_nil());
    EXPECT_LT(jobs[0].job.id, jobs[1].job.id);
    EXPECT_TRUE(read("").empty());
}

TEST(JobsFile, ErrorsNameFileAndLine) {
    EXPECT_THAT(error_of([] { (void)read("{\"type\":\"a\"}\n\n{\"tipe\":\"b\"}\n"); }),
                StartsWith("jobs.jsonl:3: "));
}

}  // namespace
}  // namespace errand::cli::test
