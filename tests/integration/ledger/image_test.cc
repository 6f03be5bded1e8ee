// What is folded of a log that was read, and what stays of a page in which an event is refused.
#include "services/ledger/image.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/status.h"
#include "tests/integration/ledger/notebook.h"
#include "tests/support/matchers.h"

namespace seisaku::ledger {
namespace {

using testing::Contains;
using testing::Eq;
using testing::IsNull;
using testing::NotNull;
using testing::Pair;
using testing::Pointee;

std::string Written(const std::string& key, const std::string& type = "test/written") {
  log::v1::Entry entry;
  entry.set_type(type);
  entry.set_resource(key);
  entry.set_payload("words");
  entry.set_command_size(1);
  return entry.SerializeAsString();
}

class ImageTest : public testing::Test {
 protected:
  absl::StatusOr<CommittedEntries> Parse(const std::vector<std::string>& bytes) {
    return CommittedEntries::Parse(notebook_, image_.next(), bytes);
  }

  Notebook notebook_;
  Image image_{notebook_};
};

TEST_F(ImageTest, ARefusedEventIsNamedByItsPositionAndNothingOfItsPageStays) {
  ASSERT_OK_AND_ASSIGN(CommittedEntries first, Parse({Written("a")}));
  ASSERT_THAT(image_.FoldCommitted(first), IsOk());
  ASSERT_OK_AND_ASSIGN(CommittedEntries page, Parse({Written("b"), Written("c", "test/new"), Written("d")}));
  const absl::Status refused = image_.FoldCommitted(page);
  EXPECT_THAT(refused, HasReason("LOG_CORRUPT"));
  EXPECT_THAT(GetErrorInfo(refused)->metadata(), Contains(Pair("position", "2")));
  EXPECT_EQ(image_.next(), 1u);
  EXPECT_THAT(notebook_.Find("b", 9), IsNull());
  EXPECT_THAT(notebook_.Find("a", 9), Pointee(Eq("words")));
}

TEST_F(ImageTest, WhatStandsBeforeARefusedEventCanBeFolded) {
  ASSERT_OK_AND_ASSIGN(CommittedEntries page, Parse({Written("a"), Written("b", "test/new"), Written("c")}));
  EXPECT_THAT(page.entries[0].event, NotNull());
  EXPECT_THAT(page.entries[1].event, IsNull());
  EXPECT_EQ(page.entries[2].leaf_hash, LeafHash(Written("c")));
  page.entries.resize(1);
  EXPECT_THAT(image_.FoldCommitted(page), IsOk());
  EXPECT_EQ(image_.published(), 1u);
}

TEST_F(ImageTest, BytesThatAreNoEntryAreNamedByTheirPosition) {
  const absl::Status refused = Parse({Written("a"), "\xff"}).status();
  EXPECT_THAT(refused, HasReason("LOG_CORRUPT"));
  EXPECT_THAT(GetErrorInfo(refused)->metadata(), Contains(Pair("position", "1")));
}

}  // namespace
}  // namespace seisaku::ledger
