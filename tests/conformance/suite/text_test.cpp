#include "conformance/suite/fixture.hpp"

// Text and numbers go through byte by byte (hazards J1, J3).

namespace errand::test {

namespace {

/// JSON strings, without their quotes.
const std::vector<std::string>& corpus() {
    static const std::vector<std::string> texts{
        "plain",
        "",
        " leading and trailing ",
        "gr\u00fc\u00df dich",
        "\u65e5\u672c\u8a9e",
        "\U0001F600\U0001F468\u200d\U0001F469\u200d\U0001F467",
        "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
        "\u202eright to left\u202c",
        R"(\u0000)",
        R"(a\u0000b\ud83d\ude00)",
        R"(\ud800 lone)",
        R"(\" \\ \/ \b \f \n \r \t)",
        "'; DROP TABLE jobs; --",
        "%s %n {} ${x} $1 ?",
        "\x7f\u0085\u2028\u2029\ufeff",
        std::string(100'000, 'x'),
    };
    return texts;
}

const std::vector<std::string>& numbers() {
    static const std::vector<std::string> texts{"9007199254740993",
                                                "-9007199254740993",
                                                "9223372036854775807",
                                                "-9223372036854775808",
                                                "18446744073709551615",
                                                "123456789012345678901234567890",
                                                "0.1",
                                                "1.10",
                                                "1e400",
                                                "-0",
                                                "-0.0",
                                                "3.141592653589793238462643383279"};
    return texts;
}

}  // namespace

TEST_P(StoreContract, JsonTextIsKeptByteByByte) {
    for (const std::string& text : corpus()) {
        NewJob wanted = job();
        wanted.args = "[ \"" + text + "\" ]";
        wanted.meta = "{\"k\" :\"" + text + "\"}";
        const JobId id = add(wanted);
        EXPECT_EQ(get(id).args, wanted.args);
        EXPECT_EQ(get(id).meta, wanted.meta);
        const Lease lease = claim_one();
        EXPECT_EQ(lease.args, wanted.args);
        EXPECT_EQ(lease.meta, wanted.meta);
        EXPECT_TRUE(
            store_->record_effect(lease.ref, text, "\"" + text + "\"", EffectWrite::first_stays));
        EXPECT_EQ(store_->find_effect(id, text), "\"" + text + "\"");
        Settlement item = to(lease, JobState::completed);
        item.result = "\"" + text + "\"";
        ASSERT_EQ(settle(item), SettleResult::ok);
        EXPECT_EQ(get(id).result, item.result);
    }
}

TEST_P(StoreContract, NumbersAreKeptDigitByDigit) {
    for (const std::string& number : numbers()) {
        NewJob wanted = job();
        wanted.args = "[" + number + "]";
        const JobId id = add(wanted);
        Settlement item = to(claim_one(), JobState::completed);
        item.result = number;
        ASSERT_EQ(settle(item), SettleResult::ok);
        EXPECT_EQ(get(id).args, wanted.args);
        EXPECT_EQ(get(id).result, number);
    }
}

TEST_P(StoreContract, NamesAreKeptByteByByte) {
    for (const std::string& text : corpus()) {
        if (text.empty() || text.size() > 255 || text.find('\x7f') != std::string::npos) continue;
        NewJob wanted = job(text);
        wanted.tags = {text, "second"};
        wanted.unique_key = text;
        const JobId id = add(wanted);
        const Job kept = get(id);
        EXPECT_EQ(kept.type, text);
        EXPECT_EQ(kept.tags, wanted.tags);
        EXPECT_EQ(kept.unique_key, text);
        EXPECT_EQ(ids_of(store_->list({.type = text, .tag = text}, 10, "").jobs), std::vector{id});
        const auto leases = store_->claim({worker(), {{"default", 1}}, {text}, 15s});
        EXPECT_EQ(ids_of(leases), std::vector{id});
    }
}

TEST_P(StoreContract, ErrorsLogsAndProgressAreKeptByteByByte) {
    for (const std::string& text : corpus()) {
        const JobId id = add();
        const Lease lease = claim_one();
        const Progress progress{1, 2, text.substr(0, 255)};
        ASSERT_EQ(beat({lease.ref, std::nullopt, progress, text}), HeartbeatResult::ok);
        Settlement item = to(lease, JobState::discarded);
        item.error.emplace();
        for (std::string JobError::*field :
             {&JobError::type, &JobError::message, &JobError::worker, &JobError::host,
              &JobError::backtrace, &JobError::log_tail}) {
            (*item.error).*field = text;
        }
        ASSERT_EQ(settle(item), SettleResult::ok);
        const Job kept = get(id);
        EXPECT_EQ(kept.progress, progress);
        ASSERT_EQ(kept.errors.size(), 1U);
        EXPECT_EQ(kept.errors[0].type, text);
        EXPECT_EQ(kept.errors[0].message, text);
        EXPECT_EQ(kept.errors[0].worker, text);
        EXPECT_EQ(kept.errors[0].host, text);
        EXPECT_EQ(kept.errors[0].backtrace, text);
        EXPECT_EQ(kept.errors[0].log_tail, text);
        ASSERT_EQ(store_->logs(id).size(), 1U);
        EXPECT_EQ(store_->logs(id)[0].text, text);
    }
}

TEST_P(StoreContract, WorkerNamesAreKeptByteByByte) {
    std::vector<std::unique_ptr<WorkerSession>> sessions;
    for (const std::string& text : corpus()) {
        if (text.empty() || text.size() > 255) continue;
        sessions.push_back(join(text));
        add();
        const auto leases = store_->claim({sessions.back()->id(), {{"default", 1}}, {"t"}, 15s});
        ASSERT_EQ(leases.size(), 1U);
        EXPECT_EQ(get(leases[0].ref.id).worker, text);
        EXPECT_EQ(store_->workers().back().info.name, text);
    }
}

TEST_P(StoreContract, ArgumentsOfAMegabyteFit) {
    NewJob wanted = job();
    wanted.args = "[\"" + std::string((1U << 20) - 4, 'a') + "\"]";
    const JobId id = add(wanted);
    EXPECT_EQ(get(id).args, wanted.args);
    EXPECT_EQ(claim_one().args, wanted.args);
}

TEST_P(StoreContract, ExtremeNumbersOfAJobAreKept) {
    NewJob wanted = job();
    wanted.priority = min_priority;
    wanted.max_attempts = max_max_attempts;
    wanted.timeout = max_duration;
    wanted.delay = max_duration;
    const Job kept = get(add(wanted));
    EXPECT_EQ(kept.priority, min_priority);
    EXPECT_EQ(kept.max_attempts, max_max_attempts);
    EXPECT_EQ(kept.timeout, max_duration);
    EXPECT_EQ(kept.scheduled_at, kept.created_at + max_duration);
}

}  // namespace errand::test
