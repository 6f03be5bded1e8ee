#include "services/base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"

namespace seisaku {
namespace {

using absl::StatusCode;
using testing::HasSubstr;
namespace fs = std::filesystem;

class FilesTest : public testing::Test {
 protected:
  FilesTest() { fs::create_directory(folder_); }
  ~FilesTest() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ / name; }

  const fs::path folder_ =
      fs::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(FilesTest, WhatWasWrittenIsReadByteForByte) {
  const std::string long_one(100'000, 'x');
  for (const std::string& content : {std::string("\0\r\n\xff", 4), long_one, std::string()}) {
    ASSERT_THAT(WriteDurably(Path("durable"), content), IsOk());
    ASSERT_THAT(WriteFileAtomically(Path("atomic"), content), IsOk());
    EXPECT_THAT(ReadFile(Path("durable")), IsOkAndHolds(content));
    EXPECT_THAT(ReadFile(Path("atomic")), IsOkAndHolds(content));
  }
}

TEST_F(FilesTest, AFileThatIsMissingOrAFolderCannotBeReadAndTheMessageSaysWhy) {
  const absl::Status missing = ReadFile(Path("none")).status();
  EXPECT_THAT(missing, StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_THAT(std::string(missing.message()), HasSubstr("none: No such file or directory"));
  EXPECT_THAT(std::string(ReadFile(folder_).status().message()), HasSubstr("Is a directory"));
}

TEST_F(FilesTest, OnlyRegularFilesAreReadWhereSomebodyElseMadeThem) {
  const auto why = [&](const std::string& name, Links links) {
    return std::string(ReadRegularFile(Path(name), 100, links).status().message());
  };
  ASSERT_THAT(WriteDurably(Path("file"), "content"), IsOk());
  fs::create_symlink("file", Path("link"));
  fs::create_symlink("fifo", Path("link to fifo"));
  ASSERT_EQ(mkfifo(Path("fifo").c_str(), 0600), 0);
  fs::create_symlink("/dev/zero", Path("device"));
  EXPECT_THAT(ReadRegularFile(Path("file"), 7, Links::kRefuse), IsOkAndHolds("content"));
  EXPECT_THAT(ReadRegularFile(Path("link"), 7, Links::kFollow), IsOkAndHolds("content"));
  EXPECT_THAT(why("link", Links::kRefuse), HasSubstr("it is a link"));
  EXPECT_THAT(why("fifo", Links::kRefuse), HasSubstr("it is no regular file"));
  EXPECT_THAT(why("link to fifo", Links::kFollow), HasSubstr("it is no regular file"));
  EXPECT_THAT(why("device", Links::kFollow), HasSubstr("it is no regular file"));
  EXPECT_THAT(why(".", Links::kRefuse), HasSubstr("Is a directory"));
  EXPECT_THAT(why("none", Links::kRefuse), HasSubstr("No such file"));
}

TEST_F(FilesTest, AFileThatIsLongerThanItMayBeIsNotRead) {
  ASSERT_THAT(WriteDurably(Path("sparse"), ""), IsOk());
  fs::resize_file(Path("sparse"), uintmax_t{40} << 30);
  const auto refused = ReadRegularFile(Path("sparse"), 1000, Links::kRefuse);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("it is longer than 1000 bytes"));
  // Of no size, as it says, and yet it has content.
  EXPECT_THAT(ReadRegularFile("/proc/self/status", 10, Links::kRefuse).status(),
              StatusIs(StatusCode::kFailedPrecondition));
  fs::resize_file(Path("sparse"), 1000);
  EXPECT_THAT(ReadRegularFile(Path("sparse"), 1000, Links::kRefuse), IsOkAndHolds(std::string(1000, '\0')));
  fs::resize_file(Path("sparse"), 1001);
  EXPECT_THAT(ReadRegularFile(Path("sparse"), 1000, Links::kRefuse).status(),
              StatusIs(StatusCode::kFailedPrecondition));
}

TEST_F(FilesTest, WhereNothingCanBeWrittenWhatWasThereStays) {
  ASSERT_THAT(WriteDurably(Path("kept"), "old"), IsOk());
  ASSERT_TRUE(fs::create_directory(Path("kept.new")));
  EXPECT_THAT(WriteDurably(Path("kept"), "new"), StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_THAT(WriteFileAtomically(Path("kept"), "new"), StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_THAT(ReadFile(Path("kept")), IsOkAndHolds("old"));
}

TEST_F(FilesTest, NothingElseIsLeftBeside) {
  ASSERT_THAT(WriteDurably(Path("one"), "1"), IsOk());
  ASSERT_THAT(WriteFileAtomically(Path("two"), "2"), IsOk());
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 2);
}

}  // namespace
}  // namespace seisaku
