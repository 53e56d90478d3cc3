#include "core/schedule/definition.hpp"

#include "unit/expect_error.hpp"

namespace errand {
namespace {

using namespace std::chrono_literals;
using test::message_of_error;
using test::message_of_refusal;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

ScheduleDefinition nightly() {
    ScheduleDefinition definition{
        .name = "nightly", .spec = {.timing = CronExpression::parse("30 2 * * *")}, .job = {}};
    definition.job.type = "report.build";
    return definition;
}

ScheduleDefinition with_everything() {
    ScheduleDefinition definition = nightly();
    definition.spec.overlap = OverlapPolicy::skip;
    definition.spec.jitter = 30s;
    NewJob& job = definition.job;
    job.args = R"([{"scale":1.0000000000000000000001,"to":"ada"}])";
    job.queue = "reports";
    job.meta = R"({"team":"b\"i"})";
    job.tags = {"a", "b \"c\""};
    job.key = "ledger";
    job.weight = 3;
    job.needs = {"cpu", "gpu"};
    job.priority = -7;
    job.max_attempts = 4;
    job.retry = RetryPolicy::parse("fixed(30s)");
    job.timeout = 90s;
    definition.expires_in = 1h;
    definition.require_rehearsal = true;
    return definition;
}

std::string refusal(std::string_view json) {
    const auto message = message_of_refusal([&] { (void)parse_schedule_definition(json); });
    EXPECT_THAT(message, StartsWith("schedule: "));
    return message.substr(10);
}

/// The message with which the definition is refused.
template <class Change>
std::string refusal_after(Change change, ErrorCode code = ErrorCode::invalid_argument) {
    ScheduleDefinition definition = nightly();
    change(definition);
    return message_of_error(code, [&] { core::validate(definition, Limits{}); });
}

TEST(ScheduleDefinitionJson, HasWhatIsNeededAndWhatDiffersFromTheDefault) {
    EXPECT_EQ(to_json_text(nightly()),
              R"({"name":"nightly","cron":"30 2 * * *","timezone":"UTC","dst":"vixie",)"
              R"("misfire":"latest","misfire_after":"1m","catchup_window":"1w","overlap":"allow",)"
              R"("type":"report.build","args":[],"queue":"default"})");
}

TEST(ScheduleDefinitionJson, IsReadBackAsItWas) {
    for (const auto& definition : {nightly(), with_everything()}) {
        const std::string text = to_json_text(definition);
        EXPECT_EQ(parse_schedule_definition(text), definition) << text;
        EXPECT_EQ(to_json_text(parse_schedule_definition(text)), text);
    }
}

TEST(ScheduleDefinitionJson, IsOneLineWhateverTheArgs) {
    ScheduleDefinition definition = nightly();
    definition.job.args = "[\r\n  1,\n  \"a\\nb\"\n]";
    const std::string text = to_json_text(definition);
    EXPECT_EQ(text.find_first_of("\r\n"), text.npos) << text;
    EXPECT_THAT(text, HasSubstr(R"("a\nb")"));
    core::validate(definition, Limits{});
    EXPECT_EQ(to_json_text(definition), text);
    EXPECT_EQ(parse_schedule_definition(text), definition);
}

TEST(ScheduleDefinitionJson, FillsInDefaultsAndWrapsAnObject) {
    const auto definition = parse_schedule_definition(
        R"({"name":"clean","every":"15m","type":"sessions.clean","args":{"days":30},"key":null,)"
        R"("expires_in":null})");
    EXPECT_EQ(definition.job.args, R"([{"days":30}])");
    EXPECT_EQ(definition.job.queue, "default");
    EXPECT_EQ(definition.spec, ScheduleSpec{.timing = Interval{15min}});
    EXPECT_FALSE(definition.expires_in);
    EXPECT_FALSE(definition.require_rehearsal);
}

TEST(ScheduleDefinitionJson, KeepsLabelsInTheirForm) {
    const auto definition = parse_schedule_definition(
        R"({"name":"a","every":"1h","type":"t","needs":["gpu","cpu","gpu"]})");
    EXPECT_THAT(definition.job.needs, ElementsAre("cpu", "gpu"));
}

TEST(ScheduleDefinitionJson, NamesWhatIsWrong) {
    EXPECT_THAT(refusal("[]"), HasSubstr("write for example"));
    EXPECT_THAT(refusal(R"({"name":"a","type":"t"})"), HasSubstr("cron, every and at"));
    EXPECT_THAT(refusal(R"({"name":"a","every":"1h"})"), StartsWith("type is empty"));
    EXPECT_THAT(refusal(R"({"every":"1h","type":"t"})"), StartsWith("name "));
    EXPECT_THAT(refusal(R"({"name":"a b","every":"1h","type":"t"})"), StartsWith("name \"a b\""));
    EXPECT_THAT(refusal(R"({"name":1,"every":"1h","type":"t"})"), StartsWith("name: must be"));
    EXPECT_THAT(refusal(R"({"name":"a","every":"1h","type":"t","args":7})"),
                StartsWith("args is neither"));
    EXPECT_THAT(refusal(R"({"name":"a","every":"1h","type":"t","tags":"x"})"),
                StartsWith("tags: must be a list"));
    EXPECT_THAT(refusal(R"({"name":"a","every":"1h","type":"t","weight":-1})"),
                StartsWith("weight: must be a whole number"));
    EXPECT_THAT(refusal(R"({"name":"a","every":"1h","type":"t","require_rehearsal":"yes"})"),
                StartsWith("require_rehearsal: must be true or false"));
    EXPECT_THAT(refusal(R"({"name":"a","every":"1h","type":"t","expires_in":"0s"})"),
                StartsWith("expires_in 0s must lie between"));
    EXPECT_THAT(refusal(R"({"name":"a","every":"1h","every":"2h","type":"t"})"),
                HasSubstr("given twice"));
}

TEST(ScheduleDefinitionJson, SuggestsTheNearestMember) {
    EXPECT_EQ(refusal(R"({"name":"a","every":"1h","type":"t","require_rehersal":true})"),
              R"(unknown member "require_rehersal"; did you mean "require_rehearsal"?)");
    EXPECT_EQ(refusal(R"({"name":"a","evry":"1h","type":"t"})"),
              R"(unknown member "evry"; did you mean "every"?)");
    EXPECT_EQ(refusal(R"({"name":"a","every":"1h","type":"t","prioriti":1})"),
              R"(unknown member "prioriti"; did you mean "priority"?)");
}

TEST(ScheduleDefinitionJson, RefusesWhatBelongsToASingleJob) {
    const auto refused_with = [](std::string_view member) {
        return refusal(R"({"name":"a","every":"1h","type":"t",)" + std::string{member} + "}");
    };
    EXPECT_THAT(refused_with(R"("id":"0190a0b0-0000-7000-8000-000000000001")"), StartsWith("id "));
    EXPECT_THAT(refused_with(R"("delay":"5m")"), StartsWith("delay "));
    EXPECT_THAT(refused_with(R"("scheduled_at":"2026-01-31T08:00:00Z")"),
                StartsWith("scheduled_at "));
    EXPECT_THAT(refused_with(R"("expires_at":"2026-01-31T08:00:00Z")"), HasSubstr("expires_in"));
    EXPECT_THAT(refused_with(R"("unique_key":"u")"), StartsWith("unique_key "));
}

TEST(ScheduleDefinition, LeavesTheKeyToOverlapQueue) {
    const auto queued = [](ScheduleDefinition& definition) {
        definition.spec.overlap = OverlapPolicy::queue;
        definition.job.key = "k";
    };
    EXPECT_THAT(refusal_after(queued), StartsWith("key cannot be chosen"));

    ScheduleDefinition longest = nightly();
    longest.spec.overlap = OverlapPolicy::queue;
    longest.name = std::string(118, 'n');
    EXPECT_NO_THROW(core::validate(longest, Limits{}));
    longest.name += 'n';
    EXPECT_THAT(message_of_refusal([&] { core::validate(longest, Limits{}); }),
                HasSubstr("use at most 118"));
    longest.spec.overlap = OverlapPolicy::allow;
    EXPECT_NO_THROW(core::validate(longest, Limits{}));
}

TEST(ScheduleDefinition, KeepsItsMemberOfTheMeta) {
    EXPECT_THAT(refusal_after([](ScheduleDefinition& definition) {
                    definition.job.meta = R"({"errand":{}})";
                }),
                HasSubstr("rename it"));
}

TEST(ScheduleDefinition, LeavesRoomInTheMeta) {
    const auto meta_of = [](std::size_t bytes) {
        return R"({"a":")" + std::string(bytes - 8, 'x') + R"("})";
    };
    const Limits limits;
    EXPECT_THAT(refusal_after(
                    [&](ScheduleDefinition& definition) {
                        definition.job.meta = meta_of(limits.meta_bytes);
                    },
                    ErrorCode::limit_exceeded),
                HasSubstr("meta has"));
    ScheduleDefinition definition = nightly();
    definition.job.meta = meta_of(limits.meta_bytes - 200);
    EXPECT_NO_THROW(core::validate(definition, limits));
}

TEST(ScheduleDefinition, HasNamesForStatesAndKinds) {
    EXPECT_EQ(to_string(ScheduleState::draft), "draft");
    EXPECT_EQ(to_string(ScheduleState::rehearsed), "rehearsed");
    EXPECT_EQ(to_string(ScheduleState::armed), "armed");
    EXPECT_EQ(to_string(ScheduleState::paused), "paused");
    EXPECT_EQ(to_string(FireKind::tick), "tick");
    EXPECT_EQ(to_string(FireKind::run_now), "run_now");
    EXPECT_EQ(to_string(FireKind::rehearsal), "rehearsal");
    EXPECT_EQ(to_string(FireKind::backfill), "backfill");
}

}  // namespace
}  // namespace errand
