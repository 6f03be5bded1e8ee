#include "tools/policyctl/whole_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/status.h"

namespace seisaku::policyctl {
namespace {

namespace fs = std::filesystem;

class WholeFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "/whole-file-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  static std::string Content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  size_t FilesThere() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(folder_), {}));
  }

  fs::path folder_;
};

TEST_F(WholeFileTest, ReplacesAFileAndKeepsItsPermissions) {
  const std::string path = Path("sheet.txt");
  ASSERT_TRUE(WriteWholeFile(path, "one").ok());
  ASSERT_EQ(chmod(path.c_str(), 0640), 0);
  ASSERT_TRUE(WriteWholeFile(path, "two").ok());
  EXPECT_EQ(Content(path), "two");
  EXPECT_EQ(fs::status(path).permissions(), fs::perms(0640));
  EXPECT_EQ(FilesThere(), 1U);
}

TEST_F(WholeFileTest, WritesThroughALinkAndToADevice) {
  ASSERT_TRUE(WriteWholeFile(Path("target"), "one").ok());
  fs::create_symlink("target", folder_ / "link");
  ASSERT_TRUE(WriteWholeFile(Path("link"), "two").ok());
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_EQ(Content(Path("target")), "two");
  EXPECT_TRUE(WriteWholeFile("/dev/null", "three").ok());
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(WholeFileTest, ReadsAFileAndNeitherAFolderNorWhatIsNotThere) {
  ASSERT_TRUE(WriteWholeFile(Path("plan.toml"), "title = \"計画\"\n").ok());
  EXPECT_EQ(ReadWholeFile(Path("plan.toml")).value_or("none"), "title = \"計画\"\n");
  EXPECT_EQ(ReasonOf(ReadWholeFile(folder_).status()), "FILE_UNREADABLE");
  EXPECT_EQ(ReasonOf(ReadWholeFile(Path("none")).status()), "FILE_UNREADABLE");
}

TEST_F(WholeFileTest, SaysWhyItCannotBeWrittenAndLeavesNothing) {
  const absl::Status error = WriteWholeFile(Path("nowhere/sheet.txt"), "one");
  EXPECT_EQ(ReasonOf(error), "OUTPUT_UNWRITABLE");
  EXPECT_THAT(GetErrorInfo(error)->metadata().at("why"), testing::HasSubstr("No such file"));
  EXPECT_EQ(FilesThere(), 0U);
  EXPECT_THAT(std::string(WriteWholeFile("/dev/full", "one").message()), testing::HasSubstr("No space left"));
}

}  // namespace
}  // namespace seisaku::policyctl
