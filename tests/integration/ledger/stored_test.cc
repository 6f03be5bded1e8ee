// What is stored may have been changed since it was folded: a replica compares it before it uses it.
#include "services/ledger/ledger.h"
#include "tests/integration/ledger/log_fixture.h"

namespace seisaku::ledger {
namespace {

constexpr int kLines = 600;  // two whole tiles and a part of one

class StoredTest : public LogTest {
 protected:
  void SetUp() override {
    LogTest::SetUp();
    ASSERT_OK_AND_ASSIGN(replica_, Open());
    std::vector<std::string> steps;
    for (int i = 0; i < kLines; ++i) steps.push_back(absl::StrCat("write a", i, " 1|text"));
    first_ = MakeCommand(steps);
    ASSERT_THAT(Append(*replica_->ledger, first_), IsOk());
  }

  // The entry with another text, which fits it, as a superuser can put it there.
  void Forge(Position position) {
    ASSERT_OK_AND_ASSIGN(const auto stored, replica_->ledger->ReadEntries(position, 1, true));
    log::v1::Entry entry;
    ASSERT_TRUE(entry.ParseFromString(stored[0].bytes));
    entry.set_actor("seisaku://test/planner/mayor");
    entry.mutable_texts(0)->set_salted_sha256(ToBytes(Sha256(stored[0].texts[0]->salt + "forged")));
    forged_ = entry.SerializeAsString();
    const std::string where = absl::StrCat(" WHERE position = ", position);
    ASSERT_THAT(SqlUnprotected("entry", absl::StrCat("UPDATE entry SET bytes = ", Hex(forged_), where)),
                IsOk());
    ASSERT_THAT(SqlUnprotected("entry_text", absl::StrCat("UPDATE entry_text SET text = 'forged'", where)),
                IsOk());
  }

  void ExpectNotUsed(Position position) {
    EXPECT_THAT(replica_->ledger->ReadEntry(position), HasReason("LOG_CORRUPT")) << position;
    EXPECT_THAT(replica_->ledger->ReadTexts({{position, 0}}), HasReason("LOG_CORRUPT")) << position;
    EXPECT_THAT(ToRedaction(*replica_->ledger, position, 0, "why"), HasReason("LOG_CORRUPT")) << position;
  }

  std::unique_ptr<Replica> replica_;
  Command first_;
  std::string forged_;
};

TEST_F(StoredTest, WhatWasNotChangedIsUsed) {
  for (Position position : {0, 255, 256, kLines - 1}) {
    ASSERT_OK_AND_ASSIGN(const log::v1::Entry entry, replica_->ledger->ReadEntry(position));
    EXPECT_EQ(entry.command_index(), position);
  }
  std::vector<Ledger::TextKey> keys;
  for (Position position = kLines; position-- > 0;) keys.push_back({position, 0});
  ASSERT_OK_AND_ASSIGN(const auto texts, replica_->ledger->ReadTexts(keys));
  for (const auto& text : texts) EXPECT_EQ(text, "text");
  EXPECT_THAT(replica_->ledger->ReadEntry(kLines), HasReason("LOG_CORRUPT")) << "there is none";
}

TEST_F(StoredTest, AnEntryThatWasChangedWithItsTextIsNotUsed) {
  for (Position position : {Position{0}, Position{300}, Position{kLines - 1}}) {
    Forge(position);
    ExpectNotUsed(position);
    EXPECT_THAT(replica_->ledger->ReadTexts({{position - 1 + 2 * (position == 0), 0}}), IsOk());
  }
}

TEST_F(StoredTest, NorWhereItsTileWasChangedToo) {
  Forge(0);
  ASSERT_THAT(SqlUnprotected("tile", absl::StrCat("UPDATE tile SET hashes = overlay(hashes PLACING ",
                                                  Hex(ToBytes(LeafHash(forged_))),
                                                  "::bytea FROM 1) WHERE level = 0 AND index = 0")),
              IsOk());
  ExpectNotUsed(0);
  EXPECT_THAT(replica_->ledger->ReadTexts({{0, 0}, {0, 0}}), HasReason("LOG_CORRUPT"));
  EXPECT_THAT(replica_->ledger->ReadEntry(1), HasReason("LOG_CORRUPT")) << "nothing shows that this one fits";
}

TEST_F(StoredTest, ARepetitionIsNotAnsweredFromAChangedEntry) {
  ASSERT_OK_AND_ASSIGN(const Outcome repeated, Append(*replica_->ledger, first_));
  EXPECT_TRUE(repeated.repeated);
  Forge(299);
  EXPECT_THAT(Append(*replica_->ledger, first_), HasReason("LOG_CORRUPT"));
}

// The service's own role may add rows: with the caller and id of a request that is yet to come, too.
TEST_F(StoredTest, ARequestThatSomebodyPutBehindTheEndIsNoAnswer) {
  Position at = 1'000'000;
  for (const bool validate_only : {false, true}) {
    for (const uint32_t command_size : {1U, 0xffffffffU}) {
      ASSERT_OK_AND_ASSIGN(auto replica, Open());
      Command command = MakeCommand({"write mayor 1"});
      command.validate_only = validate_only;
      log::v1::Entry entry;
      entry.set_type("test/written");
      entry.set_resource("mayor");
      entry.set_actor(command.caller.subject);
      entry.set_request_id(command.request_id);
      entry.set_request_digest(ToBytes(command.request_digest));
      entry.set_command_size(command_size);
      ASSERT_THAT(
          SqlAsService(absl::StrCat("INSERT INTO entry VALUES (", at++, ", ", Hex(entry.SerializeAsString()),
                                    ", '", command.caller.subject, "', '", command.request_id, "')")),
          IsOk());
      EXPECT_THAT(Append(*replica->ledger, std::move(command)), HasReason("LOG_CORRUPT"));
      EXPECT_EQ(replica->ledger->WaitForSize(0, absl::InfinitePast()), Position{kLines});
    }
  }
}

// Else no change could be made, and nobody would be told that something is wrong.
TEST_F(StoredTest, RowsWhereTheLogGoesOnStopTheReplica) {
  const std::string row = absl::StrCat("INSERT INTO entry VALUES (", kLines, ", 'x')");
  ASSERT_THAT(SqlAsService(row), IsOk());
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(Write(*replica_->ledger, {"write mayor 1"}), HasReason("LOG_CORRUPT"));
  }
  EXPECT_THAT(replica_->ledger->Health(), HasReason("LOG_CORRUPT"));
  EXPECT_EQ(replica_->ledger->WaitForSize(0, absl::InfinitePast()), Position{kLines});
}

}  // namespace
}  // namespace seisaku::ledger
