#include "handlers/attachment_folders.hpp"

#include "support/temp_dir.hpp"

#include <errand/error.hpp>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>
#include <optional>

namespace errand::handlers {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr std::uint64_t plenty = 1U << 20;

/// A folder "open" whose files may be attached, and a folder "shut" beside it.
class Attachments : public ::testing::Test {
protected:
    Attachments() {
        fs::create_directories(root_ / "open/deep");
        fs::create_directory(root_ / "shut");
        fs::create_directory(root_ / "open-not");
        write("open/report.txt", "report");
        write("open/deep/report.txt", "deep");
        write("shut/secret", "secret");
        write("open-not/secret", "secret");
    }
    void write(const std::string& name, std::string_view content) const {
        std::ofstream(root_ / name, std::ios::binary) << content;
    }
    [[nodiscard]] std::string path(const std::string& name) const {
        return (root_ / name).string();
    }
    [[nodiscard]] std::string read(const std::string& path, std::uint64_t most = plenty) const {
        return AttachmentFolders{{(root_ / "open").string()}}.read(path, most);
    }
    /// The code of the Error; none: the file was read.
    [[nodiscard]] std::optional<ErrorCode> refusal(const std::string& path,
                                                   std::uint64_t most = plenty) const {
        try {
            static_cast<void>(read(path, most));
        } catch (const Error& error) {
            return error.code();
        }
        return std::nullopt;
    }

    errand::test::TempDir folder_;
    fs::path root_ = folder_.path();
};

TEST_F(Attachments, FilesBeneathAFolderAreRead) {
    EXPECT_EQ(read(path("open/report.txt")), "report");
    EXPECT_EQ(read(path("open/deep/report.txt")), "deep");
    EXPECT_EQ(read(path("open/deep/../report.txt")), "report");
    EXPECT_EQ(read("report.txt"), "report");
    EXPECT_EQ(read("deep/report.txt"), "deep");
    const std::string large(300'000, 'x');
    write("open/large", large);
    EXPECT_EQ(read("large"), large);
}

TEST_F(Attachments, OtherFilesAreRefused) {
    for (const auto& file :
         {path("shut/secret"), path("open/../shut/secret"), path("open-not/secret"), path("open"),
          std::string{"../shut/secret"}, std::string{"deep/../../shut/secret"},
          std::string{"/etc/passwd"}, std::string{"/proc/self/environ"}, std::string{""},
          std::string{"."}, std::string{"deep"}, std::string{"a\0b", 3}}) {
        EXPECT_EQ(refusal(file), ErrorCode::invalid_argument) << file;
    }
}

TEST_F(Attachments, WhetherAFileElsewhereExistsIsNotTold) {
    const auto message = [&](const std::string& file) -> std::string {
        try {
            static_cast<void>(read(file));
        } catch (const Error& error) {
            return error.what();
        }
        return {};
    };
    const auto reason = [](std::string text) { return text.substr(text.rfind('"')); };
    EXPECT_EQ(reason(message("/etc/passwd")), reason(message("/etc/no-such-file")));
    EXPECT_EQ(refusal(path("open/missing")), ErrorCode::not_found);
    EXPECT_EQ(refusal("missing"), ErrorCode::not_found);
}

TEST_F(Attachments, LinksAreFollowedOnlyToFilesBeneath) {
    fs::create_symlink(root_ / "open/report.txt", root_ / "open/deep/inside");
    fs::create_symlink("../report.txt", root_ / "open/deep/relative");
    fs::create_symlink(root_ / "shut/secret", root_ / "open/outside");
    fs::create_symlink("../shut", root_ / "open/door");
    fs::create_symlink(root_ / "open", root_ / "alias");
    EXPECT_EQ(read("deep/inside"), "report");
    EXPECT_EQ(read("deep/relative"), "report");
    EXPECT_EQ(refusal("outside"), ErrorCode::invalid_argument);
    EXPECT_EQ(refusal("door/secret"), ErrorCode::invalid_argument);
    EXPECT_EQ(refusal(path("open/outside")), ErrorCode::invalid_argument);
    EXPECT_EQ(refusal(path("alias/report.txt")), ErrorCode::invalid_argument);
    // The folder itself may be named through a link.
    const AttachmentFolders aliased{{path("alias") + "/"}};
    EXPECT_EQ(aliased.read(path("alias/report.txt"), plenty), "report");
    EXPECT_EQ(aliased.read(path("open/report.txt"), plenty), "report");
}

TEST_F(Attachments, WhatIsNoRegularFileIsNotOpened) {
    ASSERT_EQ(::mkfifo(path("open/pipe").c_str(), 0600), 0);
    EXPECT_EQ(refusal("pipe"), ErrorCode::invalid_argument);  // and does not wait for a writer
}

TEST_F(Attachments, SizesAreBounded) {
    EXPECT_EQ(refusal("report.txt", 6), std::nullopt);
    EXPECT_EQ(refusal("report.txt", 5), ErrorCode::limit_exceeded);
}

TEST_F(Attachments, SeveralFoldersAreLookedThrough) {
    const AttachmentFolders folders{{path("open"), path("shut")}};
    EXPECT_EQ(folders.read("secret", plenty), "secret");
    EXPECT_EQ(folders.read("report.txt", plenty), "report");
    EXPECT_EQ(folders.read(path("shut/secret"), plenty), "secret");
}

TEST_F(Attachments, NoFolderMeansNoFile) {
    EXPECT_THROW(static_cast<void>(AttachmentFolders{{}}.read(path("open/report.txt"), plenty)),
                 Error);
    EXPECT_THROW(static_cast<void>(AttachmentFolders{{}}.read("report.txt", plenty)), Error);
    EXPECT_THROW(AttachmentFolders{{path("nowhere")}}, Error);
    EXPECT_THROW(AttachmentFolders{{path("open/report.txt")}}, Error);
}

}  // namespace
}  // namespace errand::handlers
