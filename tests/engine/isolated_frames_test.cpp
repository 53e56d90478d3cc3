#include "engine/isolated/crash_report.hpp"
#include "engine/isolated/elf_symbols.hpp"
#include "engine/isolated/frames.hpp"
#include "engine/isolated/messages.hpp"
#include "engine/isolated/workflow_messages.hpp"
#include "support/fake_context.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>

namespace errand::engine {
namespace {

using ::testing::HasSubstr;

TEST(IsolatedFrames, ComeOutAsTheyWentInHoweverTheyAreCut) {
    std::string bytes;
    FrameWriter{bytes, FrameKind::log}.number(7).text("a line");
    FrameWriter{bytes, FrameKind::progress}.number(8).text("");
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
        FrameBuffer buffer;
        std::vector<std::string> seen;
        for (std::size_t at = 0; at < bytes.size(); at += piece) {
            const auto part = std::string_view{bytes}.substr(at, piece);
            buffer.add(part.data(), part.size());
            while (auto frame = buffer.next()) {
                const auto number = frame->number();
                seen.push_back(std::to_string(number) + std::string{frame->text()});
                EXPECT_FALSE(frame->damaged());
            }
        }
        EXPECT_THAT(seen, ::testing::ElementsAre("7a line", "8")) << "pieces of " << piece;
    }
}

TEST(IsolatedFrames, WhatIsNotThereIsDamage) {
    std::string bytes;
    FrameWriter{bytes, FrameKind::outcome}.number(1);
    FrameBuffer buffer;
    buffer.add(bytes.data(), bytes.size());
    auto frame = buffer.next();
    ASSERT_TRUE(frame);
    EXPECT_FALSE(read_outcome(*frame));

    std::string lies;
    FrameWriter{lies, FrameKind::log}.number(1).number(1'000'000);  // a text that is not there
    buffer.add(lies.data(), lies.size());
    frame = buffer.next();
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->number(), 1U);
    EXPECT_EQ(frame->text(), "");
    EXPECT_TRUE(frame->damaged());
}

TEST(IsolatedFrames, ALengthBeyondAllBoundsIsTheEnd) {
    for (const std::string& bytes :
         {std::string(5, '\xff'), std::string("\x01\x00\x00\x00\x01", 5)}) {
        FrameBuffer buffer;
        buffer.add(bytes.data(), bytes.size());
        EXPECT_FALSE(buffer.next());
        EXPECT_TRUE(buffer.broken());
        EXPECT_FALSE(buffer.next());
    }
}

TEST(IsolatedMessages, AJobKeepsAllItHas) {
    errand::testing::FakeContext context;
    context.job_args = std::string("[\"\x01\xc3\xa4\"]");
    context.job_meta = R"({"a":1})";
    context.job_attempt = 3;
    context.job_lease_seq = 1ULL << 60;
    context.job_deadline = Timestamp{Duration{1'234'567}};
    std::string bytes;
    write_job(bytes, 42, context);
    FrameBuffer buffer;
    buffer.add(bytes.data(), bytes.size());
    auto frame = buffer.next();
    ASSERT_TRUE(frame);
    const auto job = read_job(*frame);
    EXPECT_FALSE(frame->damaged());
    EXPECT_EQ(job.number, 42U);
    EXPECT_EQ(job.id, context.job_id);
    EXPECT_EQ(job.args, context.job_args);
    EXPECT_EQ(job.meta, context.job_meta);
    EXPECT_EQ(job.attempt, 3U);
    EXPECT_EQ(job.lease_seq, 1ULL << 60);
    EXPECT_EQ(job.deadline, context.job_deadline);
}

TEST(IsolatedCrashes, TheEndOfAProcessIsTold) {
    const int exit_with_3 = 3 << 8;
    EXPECT_EQ(describe_end(exit_with_3, nullptr, 0).type, "exit 3");
    EXPECT_EQ(describe_end(SIGFPE, nullptr, 0).type, "SIGFPE");
    EXPECT_THAT(describe_end(SIGXCPU, nullptr, 5).message, HasSubstr("5 s of processor time"));
    EXPECT_THAT(describe_end(SIGKILL, nullptr, 0).message, HasSubstr("out of memory"));
    CrashReport report;
    report.address = 0x10;
    EXPECT_THAT(describe_end(SIGSEGV, &report, 0).message, HasSubstr("at address 0x10"));
}

TEST(IsolatedCrashes, AnAddressThatIsNobodysIsShownAsItIs) {
    CrashReport report;
    report.stack = {0x10};
    EXPECT_EQ(backtrace_text(report), "#0 0x10");
    EXPECT_EQ(find_elf_symbol("/proc/self/exe", 1).name, "");
    EXPECT_EQ(find_elf_symbol("/nowhere", 1).name, "");
    EXPECT_EQ(find_elf_symbol("/proc/self/status", 1).name, "");
}

WorkflowJob full_workflow_job() {
    WorkflowJob part;
    part.name = "thumbs";
    part.after = {{"encode", OnFailure::go_on}, {"probe", OnFailure::ignore}};
    auto& job = part.job;
    job.id = new_job_id();
    job.type = "thumb";
    job.args = R"(["a",{"b":1}])";
    job.queue = "media";
    job.meta = R"({"k":"v"})";
    job.tags = {"one", "two"};
    job.priority = -3;
    job.max_attempts = 7;
    job.retry = RetryPolicy::fixed(std::chrono::seconds{2});
    job.timeout = std::chrono::seconds{30};
    job.key = "customer-1";
    job.weight = 5;
    job.needs = {"gpu"};
    job.expires_at = Timestamp{std::chrono::seconds{2'000'000'000}};
    job.delay = std::chrono::seconds{4};
    job.run_at = Timestamp{std::chrono::seconds{-1}};
    return part;
}

TEST(IsolatedWorkflowMessages, JobsComeOutAsTheyWentIn) {
    const std::vector<WorkflowJob> jobs{full_workflow_job(), {"plain", {}, {}}};
    EXPECT_EQ(read_workflow_jobs(write_workflow_jobs(jobs)), jobs);
}

// Whatever is cut off: no part of it is taken for the whole.
TEST(IsolatedWorkflowMessages, CutOffJobsAreDamage) {
    const std::vector<WorkflowJob> jobs{full_workflow_job()};
    const auto text = write_workflow_jobs(jobs);
    for (std::size_t length = 0; length < text.size(); ++length)
        EXPECT_FALSE(read_workflow_jobs(std::string_view{text}.substr(0, length))) << length;
}

TEST(IsolatedWorkflowMessages, ResultsComeOutAsTheyWentIn) {
    const std::vector<ParentResult> results{
        {"encode", new_job_id(), JobState::completed, R"({"file":"a.mp4"})"},
        {"probe", new_job_id(), JobState::discarded, ""},
    };
    const auto read = read_parent_results(write_parent_results(results));
    ASSERT_TRUE(read);
    ASSERT_EQ(read->size(), 2U);
    for (std::size_t i = 0; i < results.size(); ++i) {
        EXPECT_EQ((*read)[i].name, results[i].name);
        EXPECT_EQ((*read)[i].id, results[i].id);
        EXPECT_EQ((*read)[i].state, results[i].state);
        EXPECT_EQ((*read)[i].result, results[i].result);
    }
    const std::vector added{AddResult::added, AddResult::already_there};
    EXPECT_EQ(read_add_results(write_add_results(added)), added);
}

}  // namespace
}  // namespace errand::engine
