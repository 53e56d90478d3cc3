#include "cli/doctor/handler_checks.hpp"
#include "cli/doctor/machine_checks.hpp"
#include "support/temp_dir.hpp"

#include <gmock/gmock.h>

#include <sys/resource.h>
#include <sys/stat.h>

#include <fstream>

namespace errand::cli::doctor {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr Timestamp some_time = std::chrono::sys_days{std::chrono::year{2026} / 1 / 31};

void make_program(const std::filesystem::path& file) {
    std::ofstream{file} << "#!/bin/sh\n";
    ::chmod(file.c_str(), 0755);
}

TEST(DoctorClock, AcceptsOnlySmallDifferences) {
    EXPECT_TRUE(check_clock(some_time, some_time).ok);
    EXPECT_TRUE(check_clock(some_time + 1s, some_time).ok);
    EXPECT_TRUE(check_clock(some_time - 1s, some_time).ok);
    EXPECT_FALSE(check_clock(some_time + 3s, some_time).ok);
    EXPECT_THAT(check_clock(some_time - 90s, some_time).detail, HasSubstr("1m30s apart"));
    EXPECT_FALSE(check_clock({}, {}).ok) << "1970";
}

TEST(DoctorOpenFiles, WantsAThousand) {
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    rlimit low = before;
    low.rlim_cur = 64;
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
    const auto finding = check_open_files();
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    EXPECT_FALSE(finding.ok);
    EXPECT_THAT(finding.detail, HasSubstr("only 64 allowed"));
    EXPECT_EQ(check_open_files().ok, before.rlim_cur >= 1'024);
}

TEST(DoctorFileSystem, NamesWhatItSees) {
    EXPECT_FALSE(check_file_system("/nowhere/at/all").ok);
    const auto finding = check_file_system("/proc");
    EXPECT_TRUE(finding.ok);
    EXPECT_THAT(finding.detail, HasSubstr("0x9fa0"));
}

TEST(FindProgram, LooksAlongThePath) {
    const test::TempDir folder;
    const auto first = folder.path() / "first";
    const auto second = folder.path() / "second";
    std::filesystem::create_directories(first);
    std::filesystem::create_directories(second / "tool");
    make_program(second / "work");
    std::ofstream{first / "work"} << "not executable";
    const auto path = first.string() + ":" + second.string();
    EXPECT_EQ(find_program("work", "", path), (second / "work").string());
    EXPECT_EQ(find_program("tool", "", path), std::nullopt) << "a directory";
    EXPECT_EQ(find_program("other", "", path), std::nullopt);
    EXPECT_EQ(find_program("", "", path), std::nullopt);
    EXPECT_EQ(find_program("./work", second, ""), (second / "./work").string());
    EXPECT_EQ(find_program(second / "work", first, ""), (second / "work").string());
    EXPECT_EQ(find_program("./work", first, path), std::nullopt);
}

TEST(DoctorHandlers, NameThePlaceAndTheRemedy) {
    HandlerConfig exec;
    exec.type = "report";
    exec.place = "errand.toml:3";
    exec.work = ExecOptions{.command = {"no-such-program-here"}};
    HandlerConfig http;
    http.type = "sync";
    http.place = "errand.toml:9";
    http.work = HttpOptions{.url = "http://localhost"};
    http.secret_env = "NO_SUCH_VARIABLE_HERE";
    HandlerConfig good;
    good.type = "good";
    good.work = ExecOptions{.command = {"sh"}};
    const auto findings = check_handlers({exec, http, good});
    ASSERT_EQ(findings.size(), 3U);
    EXPECT_FALSE(findings[0].ok);
    EXPECT_EQ(findings[0].what, "handler report");
    EXPECT_THAT(findings[0].detail, HasSubstr("errand.toml:3: program \"no-such-program-here\""));
    EXPECT_FALSE(findings[1].ok);
    EXPECT_THAT(findings[1].detail, HasSubstr("errand.toml:9: the environment has no NO_SUCH"));
    EXPECT_TRUE(findings[2].ok);
}

}  // namespace
}  // namespace errand::cli::doctor
