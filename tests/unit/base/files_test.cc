#include "services/base/files.h"

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
