#include "services/ledger/tree/free_text.h"

#include <gtest/gtest.h>

#include "tests/support/matchers.h"

namespace seisaku::ledger {
namespace {

const std::string kSalt = "0123456789abcdef";

TEST(FreeTextTest, ATextThatFitsIsReturnedByteForByte) {
  const std::string committed = ToBytes(TextCommitment(kSalt, "再集計"));
  const auto opened = OpenText(committed, kSalt, "再集計");
  ASSERT_THAT(opened, IsOk());
  EXPECT_EQ(*opened, "再集計");
  const auto empty = OpenText(ToBytes(TextCommitment(kSalt, "")), kSalt, "");
  ASSERT_THAT(empty, IsOk());
  EXPECT_EQ(*empty, "");
}

TEST(FreeTextTest, WithoutSaltAndWordsItIsWithdrawn) {
  const auto opened = OpenText(ToBytes(TextCommitment(kSalt, "再集計")), "", "");
  ASSERT_THAT(opened, IsOk());
  EXPECT_EQ(*opened, std::nullopt);
}

TEST(FreeTextTest, AnythingElseIsRefusedAndNotRepeated) {
  const std::string committed = ToBytes(TextCommitment(kSalt, "再集計"));
  const std::pair<std::string, std::string> wrong[] = {
      {kSalt, "再計算"},
      {kSalt, ""},
      {"", "再集計"},
      // Words moved into the salt: the hashed bytes are the same.
      {kSalt + "再", "集計"},
      {kSalt.substr(0, 15), "f再集計"},
  };
  for (const auto& [salt, text] : wrong) {
    const auto opened = OpenText(committed, salt, text);
    EXPECT_THAT(opened.status(), HasReason("TEXT_DIFFERS")) << salt << " " << text;
    EXPECT_EQ(opened.status().ToString().find("集計"), std::string::npos);
  }
}

}  // namespace
}  // namespace seisaku::ledger
