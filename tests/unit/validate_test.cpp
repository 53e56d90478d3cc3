#include "core/validate.hpp"

#include "unit/expect_error.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <errand/steps.hpp>

#include <boost/json.hpp>

#include <functional>

namespace errand::core {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

NewJob sound_job() {
    NewJob job;
    job.type = "email.send";
    return job;
}

using Change = std::function<void(NewJob&)>;

NewJob validated(const Change& change, const Limits& limits = {}) {
    auto job = sound_job();
    change(job);
    validate(job, limits);
    return job;
}

std::string refusal(const Change& change, ErrorCode code = ErrorCode::invalid_argument) {
    return test::message_of_error(code, [&] { (void)validated(change); });
}

std::string too_much(const Change& change) {
    return refusal(change, ErrorCode::limit_exceeded);
}

TEST(Validate, LetsASoundJobThrough) {
    const auto job = validated([](NewJob& job) {
        job.type = std::string(255, 't');
        job.args = R"([{"to": "h\u00e9"}, 1.5e3, null])";
        job.queue = "A" + std::string(127, '-');
        job.meta = R"({"a": {}})";
        job.tags = {"one", "tw\xC3\xB6"};
        job.priority = max_priority;
        job.max_attempts = 1000;
        job.timeout = 1ms;
        job.unique_key = "k\x1fk";
        job.run_at = min_timestamp;
    });
    EXPECT_EQ(job.args, R"([{"to": "h\u00e9"}, 1.5e3, null])");
    EXPECT_NO_THROW((void)validated([](NewJob& job) { job.delay = max_duration; }));
}

TEST(Validate, MakesArgsAnArray) {
    const auto args_after = [](const std::string& args) {
        return validated([&](NewJob& job) { job.args = args; }).args;
    };
    EXPECT_EQ(args_after(""), "[]");
    EXPECT_EQ(args_after(" \n"), "[]");
    EXPECT_EQ(args_after(R"({"a": 1})"), R"([{"a": 1}])");
    EXPECT_EQ(args_after(R"( {"a": 1} )"), R"([ {"a": 1} ])");
    EXPECT_EQ(args_after(" [ 1 ] "), " [ 1 ] ");
}

TEST(Validate, TheArrayAroundALoneObjectCountsTowardsTheDepth) {
    std::string deep = "{\"a\":1}";
    bool refused = false;
    for (int depth = 1; depth < 2'000 && !refused; ++depth) {
        NewJob job;
        job.type = "t";
        job.args = deep;
        try {
            validate(job, Limits{});
        } catch (const Error&) {
            refused = true;
            continue;
        }
        EXPECT_EQ(json_error(job.args), "");
        deep = "{\"a\":" + deep + "}";
    }
    EXPECT_TRUE(refused) << "then there is no bound to test";
}

TEST(Validate, RefusesArgsThatAreNoJsonArrayOrObject) {
    const auto refused = [](const std::string& args) {
        return refusal([&](NewJob& job) { job.args = args; });
    };
    for (const std::string text :
         {"[", "[1,]", "{\"a\"}", "[1] x", "[1][2]", "[01]", "[nul]", "['a']", "[NaN]", "[\"\n\"]",
          "[\"\\ud800\"]", "[\"\\x\"]", "// c\n[]"}) {
        EXPECT_THAT(refused(text), StartsWith("args is not valid JSON: ")) << text;
    }
    EXPECT_THAT(refused("\"secret\""), StartsWith("args is neither a JSON array nor an object"));
    EXPECT_THAT(refused("1"), StartsWith("args is neither"));
    EXPECT_THAT(refused("\xEF\xBB\xBF[]"), StartsWith("args is not valid JSON"));
    EXPECT_THAT(refused("[\"\xFF\"]"), StartsWith("args is not valid JSON"));
    EXPECT_THAT(refused("[\"\xED\xA0\x80\"]"), StartsWith("args is not valid JSON"));
    EXPECT_THAT(refused(std::string("[\"\0\"]", 5)), StartsWith("args is not valid JSON"));
    EXPECT_THAT(refused(std::string("[]\0", 3)), StartsWith("args is not valid JSON"));
}

TEST(Validate, NeverQuotesArgsOrMeta) {
    EXPECT_THAT(refusal([](NewJob& job) { job.args = "[\"secret"; }), Not(HasSubstr("secret")));
    EXPECT_THAT(refusal([](NewJob& job) { job.meta = "{\"secret"; }), Not(HasSubstr("secret")));
}

TEST(Validate, RefusesArgsAboveTheLimit) {
    const Limits small{.args_bytes = 8};
    const auto check = [&](const std::string& args) {
        (void)validated([&](NewJob& job) { job.args = args; }, small);
    };
    EXPECT_NO_THROW(check("[123456]"));
    EXPECT_THROW(check("[1234567]"), Error);
    EXPECT_NO_THROW(check(R"({"":1})"));
    EXPECT_THROW(check(R"({"":12})"), Error) << "7 bytes, but 9 as an array";
    EXPECT_THAT(too_much([](NewJob& job) { job.args = '[' + std::string(2U << 20, ' ') + ']'; }),
                HasSubstr("args has 2097154 bytes, more than the 1048576 allowed"));
}

TEST(Validate, RefusesBadTypes) {
    const auto refused = [](const std::string& type) {
        return refusal([&](NewJob& job) { job.type = type; });
    };
    EXPECT_THAT(refused(""), HasSubstr("type is empty"));
    EXPECT_THAT(refused(std::string(256, 't')), HasSubstr("has 256 bytes; use at most 255"));
    EXPECT_THAT(refused("a\nb"), HasSubstr(R"(type "a\nb" contains a control character)"));
    EXPECT_THAT(refused("a\x7F"), HasSubstr("control character"));
    EXPECT_THAT(refused("a\xC2\x85"), HasSubstr("control character"));
    EXPECT_THAT(refused("a\xFF"), HasSubstr("not valid UTF-8"));
    EXPECT_THAT(refused(std::string("a\0b", 3)), HasSubstr("NUL"));
    EXPECT_NO_THROW(validate_type("b\xC3\xA4r"));
}

TEST(Validate, RefusesBadQueues) {
    const auto refused = [](const std::string& queue) {
        return refusal([&](NewJob& job) { job.queue = queue; });
    };
    EXPECT_THAT(refused(""), HasSubstr("has 0 bytes; give it 1 to 128"));
    EXPECT_THAT(refused(std::string(129, 'q')), HasSubstr("has 129 bytes"));
    EXPECT_THAT(refused("-a"), HasSubstr("must begin with a letter or digit"));
    EXPECT_THAT(refused("a b"), HasSubstr("may hold only"));
    EXPECT_THAT(refused("m\xC3\xA4il"), HasSubstr("may hold only"));
    EXPECT_THAT(refused(std::string("a\0", 2)), HasSubstr("may hold only"));
    EXPECT_NO_THROW(validate_queue("A.b_c:d-9"));
}

TEST(Validate, RefusesMetaThatIsNoObject) {
    const auto refused = [](const std::string& meta) {
        return refusal([&](NewJob& job) { job.meta = meta; });
    };
    EXPECT_THAT(refused("[]"), HasSubstr("meta is no JSON object"));
    EXPECT_THAT(refused("{"), HasSubstr("meta is not valid JSON"));
    EXPECT_THAT(refused("{\"\xFF\":1}"), HasSubstr("meta is not valid JSON"));
    EXPECT_THAT(too_much([](NewJob& job) { job.meta = '{' + std::string(16U << 10, ' ') + '}'; }),
                HasSubstr("raise Limits::meta_bytes"));
}

TEST(Validate, RefusesBadTags) {
    const auto refused = [](const std::string& tag) {
        return refusal([&](NewJob& job) { job.tags = {"good", tag}; });
    };
    EXPECT_THAT(refused(""), HasSubstr("tag is empty"));
    EXPECT_THAT(refused(std::string(129, 't')), HasSubstr("has 129 bytes; use at most 128"));
    EXPECT_THAT(refused("a\xFF"), HasSubstr("not valid UTF-8"));
    EXPECT_THAT(refused(std::string("a\0", 2)), HasSubstr("NUL"));
    EXPECT_THAT(too_much([](NewJob& job) { job.tags.resize(17, "t"); }),
                HasSubstr("tags holds 17 tags, more than the 16 allowed"));
}

TEST(Validate, KeepsEachTagOnce) {
    const auto job = validated([](NewJob& job) { job.tags = {"b", "a", "b", "b", "c", "a"}; });
    EXPECT_THAT(job.tags, ElementsAre("b", "a", "c"));
}

TEST(Validate, RefusesBadUniqueKeys) {
    const auto refused = [](const std::string& key) {
        return refusal([&](NewJob& job) { job.unique_key = key; });
    };
    EXPECT_THAT(refused(std::string(256, 'k')), HasSubstr("use at most 255"));
    EXPECT_THAT(refused("\xC0\x80"), HasSubstr("unique_key \"\\xc0\\x80\" is not valid UTF-8"));
    EXPECT_THAT(refused(std::string("a\0b", 3)), HasSubstr("NUL"));
}

TEST(Validate, RefusesNumbersOutOfBounds) {
    EXPECT_THAT(refusal([](NewJob& job) { job.priority = max_priority + 1; }),
                HasSubstr("priority 1000001 must lie between -1000000 and 1000000"));
    EXPECT_THAT(refusal([](NewJob& job) { job.priority = min_priority - 1; }),
                HasSubstr("priority"));
    EXPECT_THAT(refusal([](NewJob& job) { job.max_attempts = 0; }),
                HasSubstr("max_attempts 0 must lie between 1 and 1000"));
    EXPECT_THAT(refusal([](NewJob& job) { job.max_attempts = 1001; }),
                HasSubstr("max_attempts 1001"));
    EXPECT_THAT(refusal([](NewJob& job) { job.timeout = 0s; }), HasSubstr("timeout 0s"));
    EXPECT_THAT(refusal([](NewJob& job) { job.timeout = -1s; }), HasSubstr("timeout -1s"));
    EXPECT_THAT(refusal([](NewJob& job) { job.timeout = max_duration + 1us; }),
                HasSubstr("timeout"));
}

TEST(Validate, RefusesBadTimes) {
    EXPECT_THAT(refusal([](NewJob& job) { job.delay = -1s; }), HasSubstr("delay -1s must lie"));
    EXPECT_THAT(refusal([](NewJob& job) { job.delay = max_duration + 1us; }), HasSubstr("delay"));
    EXPECT_THAT(refusal([](NewJob& job) {
                    job.delay = 1s;
                    job.run_at = min_timestamp;
                }),
                HasSubstr("delay 1s is given together with run_at; give only one"));
    EXPECT_THAT(refusal([](NewJob& job) { job.run_at = max_timestamp + 1us; }),
                HasSubstr("run_at"));
    EXPECT_THAT(refusal([](NewJob& job) { job.run_at = Timestamp::min(); }), HasSubstr("run_at"));
}

TEST(Validate, SignalsHaveNamesOfQueuesAndBoundedJson) {
    validate_signal("approve", "null");
    validate_signal(std::string(128, 'a'), '"' + std::string(max_signal_bytes - 2, 'x') + '"');
    const auto refused = [](std::string_view name, std::string_view value) {
        return test::message_of_error(ErrorCode::invalid_argument,
                                      [&] { validate_signal(name, value); });
    };
    EXPECT_THAT(refused("a b", "1"), StartsWith(R"(signal "a b")"));
    EXPECT_THAT(refused("", "1"), StartsWith("signal"));
    EXPECT_THAT(refused("a", "{"), StartsWith("signal value is not valid JSON"));
    EXPECT_THAT(refused("a", ""), StartsWith("signal value is not valid JSON"));
    const auto large = std::string(max_signal_bytes + 1, '1');
    EXPECT_THAT(
        test::message_of_error(ErrorCode::limit_exceeded, [&] { validate_signal("a", large); }),
        HasSubstr("65537 bytes, more than the 65536 allowed"));
}

TEST(Validate, NamesOfStepsAreShortTexts) {
    validate_step_name("step", "pay the bill: n\u00ba 7");
    validate_step_name("step", std::string(max_step_name_bytes, 'x'));
    for (const std::string& name :
         {std::string{}, std::string(max_step_name_bytes + 1, 'x'), std::string{"a\nb"},
          std::string{"\xff"}, std::string("a\0b", 3)}) {
        EXPECT_THAT(test::message_of_error(ErrorCode::invalid_argument,
                                           [&] { validate_step_name("step", name); }),
                    StartsWith("step "));
    }
}

TEST(JsonError, IsEmptyForValidJson) {
    for (const std::string_view text :
         {"null", " true ", "-0.5e-3", "\"\"", "\"\\u0000\\ud83d\\ude00\"", "[]", "{\"a\":[1,{}]}",
          "18446744073709551616", "1e300", "\t[\r\n1 ,2 ]"}) {
        EXPECT_EQ(json_error(text), "") << text;
    }
}

TEST(JsonError, SaysWhatIsWrong) {
    EXPECT_NE(json_error(""), "");
    EXPECT_NE(json_error("   "), "");
    EXPECT_EQ(json_error("1 2"), "something follows the value at byte 2");
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    EXPECT_EQ(json_error(nested(64)), "");
    EXPECT_EQ(json_error(nested(65)), "nested deeper than 64 levels");
    EXPECT_EQ(json_error(nested(1'000'000)), "nested deeper than 64 levels");
}

/// Texts near to JSON, so that both answers are frequent; a full parser is the judge.
RC_GTEST_PROP(JsonError, AgreesWithAParserThatBuildsTheValue, ()) {
    const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
        "[", "]", "{", "}", ",", ":", "\"a\"", "1", "-2.5e1", "null", "true", " ", "\"", "\\"));
    std::string text;
    for (const auto& piece : pieces)
        text += piece;
    boost::json::error_code error;
    (void)boost::json::parse(text, error);
    RC_ASSERT(json_error(text).empty() == !error);
}

}  // namespace
}  // namespace errand::core
