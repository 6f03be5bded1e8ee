// What a replica signed lies outside the database, and a log that does not extend it is refused.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/numbers.h"
#include "services/base/files.h"
#include "services/ledger/signing.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/note.h"
#include "tests/integration/ledger/log_fixture.h"

namespace seisaku::ledger {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr char kUnprotect[] =
    "ALTER TABLE entry DISABLE TRIGGER append_only; ALTER TABLE tile DISABLE TRIGGER append_only;";
constexpr char kProtect[] =
    "; ALTER TABLE entry ENABLE ALWAYS TRIGGER append_only; ALTER TABLE tile ENABLE ALWAYS TRIGGER "
    "append_only";
constexpr char kForget[] =
    "DELETE FROM entry; DELETE FROM tile;"
    "UPDATE log_head SET size = 0, sealed_size = 0, frontier = '', recorded_at = 0, seal = NULL";

class CheckpointFileTest : public LogTest {
 protected:
  void SetUp() override {
    LogTest::SetUp();
    std::string name = "/tmp/seisaku-checkpoint-XXXXXX";
    folder_ = mkdtemp(name.data());
    file_ = folder_ + "/kept";
  }
  void TearDown() override { fs::remove_all(folder_); }

  absl::StatusOr<std::unique_ptr<Replica>> OpenKeeping(absl::Duration poll_interval = absl::Hours(1)) {
    return Open({.key = key_, .checkpoint_file = file_, .poll_interval = poll_interval});
  }

  // One command of `count` entries.
  absl::Status WriteMany(Replica& replica, int count) {
    std::vector<std::string> steps;
    while (count-- > 0) steps.push_back(absl::StrCat("write a ", written_++));
    return Write(*replica.ledger, steps).status();
  }

  absl::StatusOr<std::string> SignNewest(Replica& replica) {
    const Position size = replica.ledger->WaitForSize(0, absl::InfinitePast());
    auto frontier = replica.ledger->FrontierAt(size);
    if (!frontier.ok()) return frontier.status();
    return replica.ledger->SignCheckpoint(*frontier);
  }

  std::string Content() {
    std::ostringstream content;
    content << std::ifstream(file_).rdbuf();
    return std::move(content).str();
  }
  // The kept size, of a checkpoint with a valid signature.
  absl::StatusOr<uint64_t> KeptSize() {
    auto kept = OpenCheckpoint(Content(), kOrigin, key_.verifier());
    if (!kept.ok()) return kept.status();
    return kept->size;
  }

  const SigningKey key_ = *SigningKey::Generate(kOrigin, KeyType::kLog);
  std::string folder_;
  std::string file_;
  int written_ = 0;
};

TEST_F(CheckpointFileTest, AnEmptyLogIsKeptTooAndTheSameLogIsOpenedAgain) {
  {
    ASSERT_OK_AND_ASSIGN(auto replica, OpenKeeping());
    EXPECT_THAT(KeptSize(), IsOkAndHolds(0u));
    ASSERT_THAT(WriteMany(*replica, 3), IsOk());
  }
  EXPECT_THAT(OpenKeeping(), IsOk());
}

TEST_F(CheckpointFileTest, WhatIsSignedIsInTheFileFirst) {
  ASSERT_OK_AND_ASSIGN(auto replica, OpenKeeping());
  ASSERT_THAT(WriteMany(*replica, 3), IsOk());
  ASSERT_OK_AND_ASSIGN(std::string note, SignNewest(*replica));
  EXPECT_EQ(Content(), note);
  ASSERT_THAT(WriteMany(*replica, 1), IsOk());
  ASSERT_TRUE(fs::create_directory(file_ + ".new")) << "so that nothing can be written";
  EXPECT_THAT(SignNewest(*replica), HasReason("CHECKPOINT_FILE_UNUSABLE"));
  EXPECT_THAT(replica->ledger->Health(), HasReason("CHECKPOINT_FILE_UNUSABLE"));
  EXPECT_EQ(Content(), note);
  fs::remove(file_ + ".new");
  EXPECT_THAT(SignNewest(*replica), IsOk());
  EXPECT_THAT(replica->ledger->Health(), IsOk());
  EXPECT_THAT(KeptSize(), IsOkAndHolds(4u));
}

TEST_F(CheckpointFileTest, AnEarlierCheckpointWritesNothing) {
  ASSERT_OK_AND_ASSIGN(auto replica, OpenKeeping());
  for (int i = 0; i < 3; ++i) ASSERT_THAT(WriteMany(*replica, 1), IsOk());
  ASSERT_OK_AND_ASSIGN(std::string newest, SignNewest(*replica));
  ASSERT_OK_AND_ASSIGN(Frontier earlier, replica->ledger->FrontierAt(2));
  EXPECT_THAT(replica->ledger->SignCheckpoint(earlier), IsOk());
  EXPECT_EQ(Content(), newest);
}

TEST_F(CheckpointFileTest, WhereNobodyAsksItIsKeptNevertheless) {
  ASSERT_OK_AND_ASSIGN(auto replica, OpenKeeping(absl::Milliseconds(20)));
  ASSERT_THAT(WriteMany(*replica, 5), IsOk());
  const absl::Time end = absl::Now() + absl::Seconds(20);
  while (KeptSize().value_or(0) < 5 && absl::Now() < end) absl::SleepFor(absl::Milliseconds(5));
  EXPECT_THAT(KeptSize(), IsOkAndHolds(5u));
}

TEST_F(CheckpointFileTest, StoppingKeepsTheNewest) {
  {
    ASSERT_OK_AND_ASSIGN(auto replica, OpenKeeping());
    ASSERT_THAT(WriteMany(*replica, 7), IsOk());
  }
  EXPECT_THAT(KeptSize(), IsOkAndHolds(7u));
}

TEST_F(CheckpointFileTest, AnOlderCopyOfTheLogIsRefused) {
  ASSERT_THAT(cluster().Sql(database_, "CREATE TABLE older AS TABLE log_head WITH NO DATA"), IsOk());
  {
    ASSERT_OK_AND_ASSIGN(auto replica, OpenKeeping());
    ASSERT_THAT(WriteMany(*replica, 300), IsOk());
    ASSERT_THAT(cluster().Sql(database_, "INSERT INTO older TABLE log_head"), IsOk());
    ASSERT_THAT(WriteMany(*replica, 2), IsOk());
  }
  ASSERT_THAT(
      cluster().Sql(database_,
                    absl::StrCat(kUnprotect, "DELETE FROM entry WHERE position >= 300;",
                                 "UPDATE log_head SET (size, sealed_size, frontier, recorded_at, seal) ="
                                 " (SELECT size, sealed_size, frontier, recorded_at, seal FROM older)",
                                 kProtect)),
      IsOk());
  EXPECT_THAT(Open({.key = key_}), IsOk()) << "it is a sound log, but for what was signed";
  const absl::Status refused = OpenKeeping().status();
  EXPECT_THAT(refused, HasReason("LOG_ROLLED_BACK"));
  EXPECT_THAT(refused.message(), testing::AllOf(HasSubstr("300 entries"), HasSubstr("302 with")));
  EXPECT_THAT(KeptSize(), IsOkAndHolds(302u));
}

TEST_F(CheckpointFileTest, AnotherHistoryIsRefusedWhereverItBranchesOff) {
  {
    ASSERT_OK_AND_ASSIGN(auto replica, OpenKeeping());
    ASSERT_THAT(WriteMany(*replica, 300), IsOk());
  }
  // As long, longer, and with a command across the place that was signed; with the tiles left as they were.
  for (int entries : {300, 299, 600}) {
    ASSERT_THAT(cluster().Sql(database_, absl::StrCat("CREATE TABLE IF NOT EXISTS old_tile AS TABLE tile;",
                                                      kUnprotect, kForget, kProtect)),
                IsOk());
    {
      ASSERT_OK_AND_ASSIGN(auto replica, Open({.key = key_}));
      ASSERT_THAT(WriteMany(*replica, entries), IsOk());
      ASSERT_THAT(WriteMany(*replica, 5), IsOk());
    }
    ASSERT_THAT(
        cluster().Sql(
            database_,
            absl::StrCat(kUnprotect,
                         "DELETE FROM tile WHERE level = 0 AND index = 0; INSERT INTO tile TABLE old_tile",
                         kProtect)),
        IsOk());
    EXPECT_THAT(OpenKeeping(), HasReason("LOG_FORK")) << entries;
    EXPECT_THAT(KeptSize(), IsOkAndHolds(300u));
  }
}

TEST_F(CheckpointFileTest, AFileThatIsNoCheckpointOfThisLogIsAnErrorThatNamesIt) {
  ASSERT_THAT(OpenKeeping(), IsOk());
  const std::string kept = Content();
  const SigningKey other = *SigningKey::Generate(kOrigin, KeyType::kLog);
  ASSERT_OK_AND_ASSIGN(std::string of_other_key, SignCheckpoint({kOrigin, 0, EmptyRoot()}, other));
  for (const std::string& content : {std::string(), kept.substr(0, kept.size() / 2), of_other_key}) {
    ASSERT_THAT(WriteDurably(file_, content), IsOk());
    const absl::Status refused = OpenKeeping().status();
    EXPECT_THAT(refused, HasReason("CHECKPOINT_FILE_UNUSABLE")) << content;
    EXPECT_THAT(refused.message(), HasSubstr(file_));
    EXPECT_EQ(Content(), content) << "what it was stays to be seen";
  }
}

TEST_F(CheckpointFileTest, AnotherRootOfTheKeptSizeIsRefusedAndNotKept) {
  const SigningKeys keys(key_);
  ASSERT_OK_AND_ASSIGN(auto keeper, CheckpointKeeper::Open(file_, keys));
  ASSERT_THAT(keeper->Keep({kOrigin, 2, Sha256("two")}), IsOk());
  const std::string kept = Content();
  EXPECT_THAT(keeper->Keep({kOrigin, 2, Sha256("another two")}), HasReason("LOG_FORK"));
  EXPECT_THAT(keeper->Keep({kOrigin, 2, Sha256("two")}), IsOk());
  EXPECT_EQ(Content(), kept);
}

TEST_F(CheckpointFileTest, SinceWhenTheLogIsSealedStandsBesideItAndIsWrittenOnce) {
  const std::string beside = file_ + ".sealed";
  ASSERT_THAT(OpenKeeping(), IsOk());
  const absl::StatusOr<std::string> since = ReadFile(beside);
  ASSERT_THAT(since, IsOk());
  EXPECT_THAT(OpenNote(*since, {key_.verifier()}), IsOk());
  EXPECT_THAT(*since, testing::StartsWith(absl::StrCat("seisaku sealed log\n", kOrigin, "\n0\n\n")));
  EXPECT_FALSE(OpenCheckpoint(*since, kOrigin, key_.verifier()).ok()) << "it is no checkpoint";
  {
    ASSERT_OK_AND_ASSIGN(auto replica, OpenKeeping());
    ASSERT_THAT(WriteMany(*replica, 3), IsOk());
  }
  ASSERT_THAT(OpenKeeping(), IsOk());
  EXPECT_EQ(*ReadFile(beside), *since);
  ASSERT_OK_AND_ASSIGN(const std::string of_another,
                       SignNote(absl::StrCat("seisaku sealed log\nanother\n0\n"), key_));
  ASSERT_OK_AND_ASSIGN(const std::string a_checkpoint, SignCheckpoint({kOrigin, 0, EmptyRoot()}, key_));
  for (const std::string& content : {std::string(), of_another, a_checkpoint}) {
    ASSERT_THAT(WriteDurably(beside, content), IsOk());
    const absl::Status refused = OpenKeeping().status();
    EXPECT_THAT(refused, HasReason("CHECKPOINT_FILE_UNUSABLE")) << content;
    EXPECT_THAT(refused.message(), HasSubstr(beside));
  }
}

TEST_F(CheckpointFileTest, TwoReplicasDoNotShareAFile) {
  ASSERT_OK_AND_ASSIGN(auto first, OpenKeeping());
  EXPECT_THAT(OpenKeeping(), HasReason("CHECKPOINT_FILE_UNUSABLE"));
  first.reset();
  EXPECT_THAT(OpenKeeping(), IsOk());
}

}  // namespace
}  // namespace seisaku::ledger
