// Whoever may write to the database, but has not the log's key, cannot extend the log, and is found.
#include <cstdlib>
#include <filesystem>

#include "seisaku/log/v1/log_event.pb.h"
#include "services/base/files.h"
#include "services/ledger/log_store.h"
#include "services/ledger/tree/checkpoint.h"
#include "tests/integration/ledger/log_fixture.h"

namespace seisaku::ledger {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsNull;
using testing::Pair;
using testing::SizeIs;

class SealedHeadTest : public LogTest {
 protected:
  void SetUp() override {
    LogTest::SetUp();
    std::string name = "/tmp/seisaku-sealed-XXXXXX";
    folder_ = mkdtemp(name.data());
    file_ = folder_ + "/kept";
  }
  void TearDown() override { fs::remove_all(folder_); }

  absl::StatusOr<std::unique_ptr<Replica>> OpenKeeping(std::optional<SigningKey> key = std::nullopt) {
    return Open({.key = std::move(key), .checkpoint_file = file_});
  }
  static Position SizeOf(Replica& replica) { return replica.ledger->WaitForSize(0, absl::InfinitePast()); }
  // Waits until the replica says why it does not go on.
  static absl::Status Illness(Replica& replica) {
    const absl::Time end = absl::Now() + absl::Seconds(20);
    while (replica.ledger->Health().ok() && absl::Now() < end) absl::SleepFor(absl::Milliseconds(5));
    return replica.ledger->Health();
  }
  absl::StatusOr<std::string> HeadSeal() {
    return cluster().Sql(database_, "SELECT encode(seal, 'hex') FROM log_head");
  }
  // What the key has to have made.
  static void ExpectOnlyTheFirstEntry(Replica& replica) {
    EXPECT_EQ(SizeOf(replica), 1u);
    EXPECT_THAT(replica.ledger->ReadEntries(1, 10, true), IsOkAndHolds(IsEmpty()));
    ASSERT_OK_AND_ASSIGN(Snapshot now, replica.ledger->Read({}));
    EXPECT_EQ(now.size(), 1u);
    EXPECT_THAT(replica.notebook.Find("mayor", now.size()), IsNull());
    EXPECT_THAT(replica.notebook.Find("a", now.size()), testing::Pointee(std::string("1")));
  }

  std::string folder_;
  std::string file_;
};

constexpr char kOldSeal[] = "seal";

// What a forger without the key can write as the seal of the head.
std::vector<std::string> SealsOfForgers(const Forgery& forged) {
  return {kOldSeal,
          "NULL",
          "''",
          "decode(repeat('5a', 68), 'hex')",
          "decode(repeat('5a', 64), 'hex')",
          forged.SealBy(LogKey("another.example/log")),
          forged.SealBy(LogKey(kOrigin, 'x'))};
}

TEST_F(SealedHeadTest, AForgedTailIsNeitherServedNorSignedByARunningReplica) {
  for (size_t i = 0; i < 7; ++i) {
    MakeDatabase(Schema());
    fs::remove_all(file_);
    fs::remove_all(file_ + ".sealed");
    ASSERT_OK_AND_ASSIGN(auto writer, OpenKeeping());
    ASSERT_OK_AND_ASSIGN(auto reader, Open({.poll_interval = absl::Milliseconds(20)}));
    ASSERT_THAT(Write(*writer->ledger, {"write a 1"}), IsOk());
    ASSERT_EQ(reader->ledger->WaitForSize(1, absl::Now() + absl::Seconds(20)), 1u);
    ASSERT_OK_AND_ASSIGN(const Frontier own, writer->ledger->FrontierAt(1));
    const Forgery forged(own, {});
    const std::string seal = SealsOfForgers(forged)[i];
    SCOPED_TRACE(seal);
    ASSERT_THAT(SqlAsService(forged.Sql(seal)), IsOk()) << "the service's role may do so";

    const absl::Status refused = Write(*writer->ledger, {"write a 2"}).status();
    EXPECT_THAT(refused, HasReason("LOG_CORRUPT"));
    EXPECT_THAT(refused.message(), HasSubstr("seal"));
    EXPECT_THAT(Illness(*reader), HasReason("LOG_CORRUPT"));
    for (Replica* replica : {writer.get(), reader.get()}) {
      ExpectOnlyTheFirstEntry(*replica);
      EXPECT_THAT(replica->ledger->Health(), HasReason("LOG_CORRUPT"));
      EXPECT_THAT(replica->ledger->FrontierAt(2), HasReason("POSITION_BEYOND_END"));
      EXPECT_THAT(replica->ledger->SignCheckpoint(forged.after), HasReason("POSITION_BEYOND_END"));
      EXPECT_THAT(replica->ledger->SignCheckpoint(own), HasReason("LOG_CORRUPT")) << "it is not the newest";
    }
    ASSERT_OK_AND_ASSIGN(const std::string kept, ReadFile(file_));
    EXPECT_LE(OpenCheckpoint(kept, kOrigin, LogKey().verifier())->size, 1u);
    EXPECT_THAT(cluster().Sql(database_, "SELECT count(*) FROM entry"), IsOkAndHolds("2"))
        << "nothing on top";
  }
}

TEST_F(SealedHeadTest, AForgedTailIsFoundAtStart) {
  for (size_t i = 0; i < 7; ++i) {
    MakeDatabase(Schema());
    Frontier own;
    {
      ASSERT_OK_AND_ASSIGN(auto replica, Open());
      ASSERT_THAT(Write(*replica->ledger, {"write a 1"}), IsOk());
      own = *replica->ledger->FrontierAt(1);
    }
    fs::remove_all(file_);
    fs::remove_all(file_ + ".sealed");
    ASSERT_THAT(OpenKeeping(), IsOk());
    const Forgery forged(own, {});
    const std::string seal = SealsOfForgers(forged)[i];
    SCOPED_TRACE(seal);
    ASSERT_THAT(SqlAsService(forged.Sql(seal)), IsOk());
    EXPECT_THAT(OpenKeeping(), HasReason("LOG_CORRUPT"));
    ASSERT_OK_AND_ASSIGN(const std::string kept, ReadFile(file_));
    EXPECT_EQ(OpenCheckpoint(kept, kOrigin, LogKey().verifier())->size, 1u);
    fs::remove(file_);
    fs::remove(file_ + ".sealed");
    const bool unsealed = seal == "NULL" || seal == "''";
    EXPECT_THAT(OpenKeeping(), HasReason(unsealed ? "LOG_UNSEALED" : "LOG_CORRUPT")) << "nothing was kept";
  }
}

// So the forgeries above lack nothing but the key.
TEST_F(SealedHeadTest, ATailThatTheKeySealedIsTaken) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open({.poll_interval = absl::Milliseconds(20)}));
  ASSERT_THAT(Write(*replica->ledger, {"write a 1"}), IsOk());
  const Forgery appended(*replica->ledger->FrontierAt(1), {});
  ASSERT_THAT(SqlAsService(appended.Sql(appended.SealBy(LogKey()))), IsOk());
  EXPECT_EQ(replica->ledger->WaitForSize(2, absl::Now() + absl::Seconds(20)), 2u);
  EXPECT_THAT(Write(*replica->ledger, {"write a 2"}), IsOk());
  EXPECT_THAT(Open(), IsOk());
}

TEST_F(SealedHeadTest, AnEntryThatTheSealedHeadDoesNotHaveIsNotServed) {
  for (bool writes : {true, false}) {
    MakeDatabase(Schema());
    ASSERT_OK_AND_ASSIGN(auto replica, Open({.poll_interval = absl::Milliseconds(20)}));
    ASSERT_THAT(Write(*replica->ledger, {"write a 1"}), IsOk());
    Forgery changed(*replica->ledger->FrontierAt(1), {});
    const std::string seal = changed.SealBy(LogKey());
    log::v1::Entry entry;
    ASSERT_TRUE(entry.ParseFromString(changed.bytes));
    entry.set_payload("another");
    changed.bytes = entry.SerializeAsString();
    ASSERT_THAT(SqlAsService(changed.Sql(seal)), IsOk());
    if (writes) {
      EXPECT_THAT(Write(*replica->ledger, {"write a 2"}), HasReason("LOG_CORRUPT"));
    }
    EXPECT_THAT(Illness(*replica), HasReason("LOG_CORRUPT"));
    ExpectOnlyTheFirstEntry(*replica);
  }
}

TEST_F(SealedHeadTest, AHeadThatLostItsSealIsNotTakenForOneOfBefore) {
  ASSERT_OK_AND_ASSIGN(auto replica, OpenKeeping());
  ASSERT_THAT(Write(*replica->ledger, {"write a 1"}), IsOk());
  ASSERT_THAT(SqlAsService("UPDATE log_head SET seal = NULL"), IsOk());
  EXPECT_THAT(Write(*replica->ledger, {"write a 2"}), HasReason("LOG_CORRUPT"));
  replica.reset();
  const absl::Status refused = OpenKeeping().status();
  EXPECT_THAT(refused, HasReason("LOG_CORRUPT"));
  EXPECT_THAT(refused.message(), HasSubstr("sealed at size 0"));
  EXPECT_THAT(HeadSeal(), IsOkAndHolds(""));
}

TEST_F(SealedHeadTest, AnOldLogIsSealedAtStartWhereWhatWasKeptHasAllOfIt) {
  std::string as_it_was;
  {
    ASSERT_OK_AND_ASSIGN(auto replica, OpenKeeping());
    ASSERT_THAT(Write(*replica->ledger, {"write a 1", "write b 1"}), IsOk());
    as_it_was = *HeadSeal();
  }
  ASSERT_THAT(cluster().Sql(database_, "UPDATE log_head SET seal = NULL"), IsOk());
  fs::remove(file_ + ".sealed");
  {
    ASSERT_OK_AND_ASSIGN(auto replica, OpenKeeping());
    EXPECT_EQ(SizeOf(*replica), 2u) << "without an entry";
    EXPECT_THAT(HeadSeal(), IsOkAndHolds(as_it_was));
    ASSERT_OK_AND_ASSIGN(const std::string since, ReadFile(file_ + ".sealed"));
    EXPECT_THAT(since, HasSubstr("\n2\n"));
    EXPECT_THAT(Write(*replica->ledger, {"write a 2"}), IsOk());
  }
  EXPECT_THAT(Open(), IsOk()) << "a replica that kept nothing meets a sealed head";
}

TEST_F(SealedHeadTest, AnOldLogWithALongerTailWaitsForSomebodyToSealIt) {
  {
    ASSERT_OK_AND_ASSIGN(auto replica, OpenKeeping());
    ASSERT_THAT(Write(*replica->ledger, {"write a 1"}), IsOk());
  }
  {
    ASSERT_OK_AND_ASSIGN(auto another, Open());
    ASSERT_THAT(Write(*another->ledger, {"write a 2"}), IsOk());
  }
  ASSERT_THAT(cluster().Sql(database_, "UPDATE log_head SET seal = NULL"), IsOk());
  fs::remove(file_ + ".sealed");
  const absl::Status longer = OpenKeeping().status();
  EXPECT_THAT(longer, HasReason("LOG_UNSEALED"));
  EXPECT_THAT(
      GetErrorInfo(longer)->metadata(),
      AllOf(Contains(Pair("kept", "1")), Contains(Pair("size", "2")), Contains(Pair("origin", kOrigin))));
  const absl::Status without = Open().status();
  EXPECT_THAT(without, HasReason("LOG_UNSEALED"));
  EXPECT_THAT(GetErrorInfo(without)->metadata(), Contains(Pair("kept", "0")));
  EXPECT_THAT(HeadSeal(), IsOkAndHolds(""));
}

TEST_F(SealedHeadTest, ABuildThatKnowsNoSealsCannotAppend) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  ASSERT_THAT(Write(*replica->ledger, {"write a 1"}), IsOk());
  const absl::Status refused =
      SqlAsService("UPDATE log_head SET size = 2, frontier = frontier, recorded_at = recorded_at + 1")
          .status();
  EXPECT_THAT(refused.message(), HasSubstr("violates check constraint \"sealed\""));
  EXPECT_THAT(Write(*replica->ledger, {"write a 2"}), IsOk());
}

TEST_F(SealedHeadTest, ReplicasThatAppendInTurnSealForEachOther) {
  ASSERT_OK_AND_ASSIGN(auto one, Open());
  ASSERT_OK_AND_ASSIGN(auto two, Open());
  Position size = 0;
  for (int i = 0; i < 24; ++i) {
    // One now and then; large batches are in flight while the next is decided.
    Ledger& ledger = i % 3 == 1 ? *two->ledger : *one->ledger;
    std::vector<std::string> steps;
    for (int step = 0; step < (i % 5 == 2 ? 400 : 1); ++step) {
      steps.push_back(absl::StrCat("write a ", i, ".", step));
    }
    size += steps.size();
    ASSERT_THAT(Write(ledger, steps), IsOk());
  }
  ASSERT_OK_AND_ASSIGN(auto again, Open());
  EXPECT_EQ(SizeOf(*again), size);
}

TEST_F(SealedHeadTest, OnlyTheTreeThatWasFoldedIsSigned) {
  ASSERT_OK_AND_ASSIGN(auto replica, OpenKeeping());
  std::vector<std::string> steps;
  for (int i = 0; i < 600; ++i) steps.push_back(absl::StrCat("write a ", i));
  ASSERT_THAT(Write(*replica->ledger, steps), IsOk());
  Frontier another;
  for (Position size : {1, 300, 600}) {
    while (another.size() < size) another.Append(LeafHash(absl::StrCat("forged ", another.size())));
    EXPECT_THAT(replica->ledger->SignCheckpoint(another), HasReason("LOG_CORRUPT")) << size;
  }
  ASSERT_OK_AND_ASSIGN(const Frontier own, replica->ledger->FrontierAt(300));
  ASSERT_OK_AND_ASSIGN(const std::string note, replica->ledger->SignCheckpoint(own));

  // One bit of one stored tile.
  ASSERT_THAT(SqlUnprotected("tile",
                             "UPDATE tile SET hashes = set_bit(hashes, 400, 1 - get_bit(hashes, 400)) "
                             "WHERE level = 0 AND index = 1"),
              IsOk());
  EXPECT_THAT(replica->ledger->FrontierAt(300), HasReason("LOG_CORRUPT"));
  const auto newest = replica->ledger->FrontierAt(600);
  ASSERT_THAT(newest, IsOk()) << "the edge is in memory";
  EXPECT_THAT(replica->ledger->SignCheckpoint(*newest), IsOk());
}

TEST_F(SealedHeadTest, AnOldHeadWithAnotherTimeIsNotSealed) {
  {
    ASSERT_OK_AND_ASSIGN(auto replica, OpenKeeping());
    ASSERT_THAT(Write(*replica->ledger, {"write a 1"}), IsOk());
  }
  ASSERT_THAT(cluster().Sql(database_, "UPDATE log_head SET seal = NULL, recorded_at = recorded_at + 1"),
              IsOk());
  fs::remove(file_ + ".sealed");
  EXPECT_THAT(OpenKeeping(), HasReason("LOG_CORRUPT"));
  EXPECT_THAT(HeadSeal(), IsOkAndHolds(""));
}

class RotationTest : public SealedHeadTest {
 protected:
  static inline const SigningKey kBefore = LogKey(), kNext = LogKey(kOrigin, 'n');

  // Appends, sealed with `seals`, that `next` is the key from now on, as `seisaku-admin rotate-key` does.
  absl::Status Rotate(const SigningKey& seals, const SigningKey& next) {
    auto database = *postgres::Database::Create({.dsn = ServiceDsn()});
    return database->Run("rotate", [&](postgres::Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(const LockedHead locked, LockHead(transaction, {}));
      ASSIGN_OR_RETURN(const auto bytes, ReadBytes(transaction, 0, locked.head.size));
      TileBuilder edge;
      std::vector<Tile> tiles;
      for (const std::string& leaf : bytes) edge.Append(LeafHash(leaf), &tiles);
      log::v1::LogEvent event;
      event.mutable_key_rotated()->set_previous_key(seals.verifier().ToString());
      event.mutable_key_rotated()->set_next_key(next.verifier().ToString());
      log::v1::Entry entry;
      entry.set_type("seisaku.log.v1.LogEvent/key_rotated");
      entry.mutable_recorded_at()->set_seconds(absl::ToUnixSeconds(absl::Now()));
      entry.set_command_size(1);
      entry.set_actor("seisaku-admin");
      entry.set_request_id(NewUuid());
      entry.set_payload(event.SerializeAsString());
      WriteBatch addition(std::move(edge));
      addition.Append(entry, entry.SerializeAsString());
      addition.Seal(seals);
      return AppendEntries(transaction, addition, locked.head.identity(), {}, AfterAppend::kContinue)
          .status();
    });
  }
  absl::StatusOr<std::unique_ptr<Replica>> OpenBoth() {
    return Open({.key = kNext, .previous_key = kBefore, .checkpoint_file = file_});
  }
  absl::Status WriteFirst() {
    auto replica = OpenKeeping(kBefore);
    return replica.ok() ? Write(*(*replica)->ledger, {"write a 1"}).status() : replica.status();
  }
};

TEST_F(RotationTest, BothKeysSignUntilOnlyTheNextOneIsGiven) {
  ASSERT_THAT(WriteFirst(), IsOk());
  ASSERT_THAT(Rotate(kBefore, kNext), IsOk());
  {
    ASSERT_OK_AND_ASSIGN(auto replica, OpenBoth());
    ASSERT_OK_AND_ASSIGN(const Frontier frontier, replica->ledger->FrontierAt(2));
    ASSERT_OK_AND_ASSIGN(const std::string note, replica->ledger->SignCheckpoint(frontier));
    for (const SigningKey& key : {kBefore, kNext}) {
      EXPECT_THAT(OpenCheckpoint(note, kOrigin, key.verifier()), IsOk());
    }
    EXPECT_THAT(OpenNote(note, {kNext.verifier(), kBefore.verifier()})->signatures, SizeIs(2));
    for (const char* file : {"", ".sealed"}) {
      ASSERT_OK_AND_ASSIGN(const std::string kept, ReadFile(file_ + file));
      EXPECT_THAT(OpenNote(kept, {kNext.verifier(), kBefore.verifier()})->signatures, SizeIs(2)) << file;
    }
    ASSERT_OK_AND_ASSIGN(const std::string seal, HeadSeal());
    EXPECT_EQ(seal.substr(0, 8), absl::StrCat(absl::Hex(kNext.verifier().id(), absl::kZeroPad8)))
        << "sealed anew, though nothing was appended";
    EXPECT_THAT(OpenKeeping(kNext), HasReason("CHECKPOINT_FILE_UNUSABLE")) << "the other process has it";
  }
  ASSERT_OK_AND_ASSIGN(auto replica, OpenKeeping(kNext));
  ASSERT_THAT(Write(*replica->ledger, {"write a 2"}), IsOk());
  ASSERT_OK_AND_ASSIGN(const std::string note,
                       replica->ledger->SignCheckpoint(*replica->ledger->FrontierAt(3)));
  EXPECT_THAT(OpenCheckpoint(note, kOrigin, kNext.verifier()), IsOk());
  EXPECT_THAT(OpenCheckpoint(note, kOrigin, kBefore.verifier()), HasReason("SIGNATURE_MISSING"));
}

TEST_F(RotationTest, TheKeyOfBeforeAloneDoesNotGoOn) {
  ASSERT_THAT(WriteFirst(), IsOk());
  ASSERT_OK_AND_ASSIGN(auto running, Open({.key = kBefore, .poll_interval = absl::Milliseconds(20)}));
  ASSERT_THAT(Rotate(kBefore, kNext), IsOk());
  EXPECT_THAT(Illness(*running), HasReason("LOG_KEY_NOT_CURRENT"));
  EXPECT_THAT(Write(*running->ledger, {"write a 2"}), HasReason("LOG_KEY_NOT_CURRENT"));
  const absl::Status refused = Open({.key = kBefore}).status();
  EXPECT_THAT(refused, HasReason("LOG_KEY_NOT_CURRENT"));
  EXPECT_THAT(GetErrorInfo(refused)->metadata(),
              AllOf(Contains(Pair("expected", kNext.verifier().ToString())),
                    Contains(Pair("actual", kBefore.verifier().ToString()))));
  ASSERT_THAT(OpenBoth(), IsOk());
  EXPECT_THAT(Open({.key = kBefore}), HasReason("LOG_KEY_NOT_CURRENT"))
      << "also where the next one has sealed";
}

TEST_F(RotationTest, AKeyThatTheLogDoesNotNameIsNotTaken) {
  ASSERT_THAT(WriteFirst(), IsOk());
  EXPECT_THAT(OpenBoth(), HasReason("LOG_KEY_NOT_CURRENT"));
  EXPECT_THAT(Open({.key = kNext}), HasReason("LOG_CORRUPT"));
  ASSERT_THAT(Rotate(kBefore, LogKey(kOrigin, 'o')), IsOk());
  EXPECT_THAT(OpenBoth(), HasReason("LOG_KEY_NOT_CURRENT"));
}

// It may have been stolen: that is why keys are changed.
TEST_F(RotationTest, TheKeyOfBeforeSealsNothingBehindTheRotation) {
  ASSERT_THAT(WriteFirst(), IsOk());
  ASSERT_THAT(Rotate(kBefore, kNext), IsOk());
  const Ledger::Options both = {
      .key = kNext, .previous_key = kBefore, .poll_interval = absl::Milliseconds(20)};
  ASSERT_OK_AND_ASSIGN(auto running, Open(both));
  const Forgery forged(*running->ledger->FrontierAt(2), {});
  ASSERT_THAT(SqlAsService(forged.Sql(forged.SealBy(kBefore))), IsOk());
  EXPECT_THAT(Illness(*running), HasReason("LOG_CORRUPT"));
  EXPECT_EQ(SizeOf(*running), 2u);
  EXPECT_THAT(Open(both), HasReason("LOG_CORRUPT"));
}

TEST_F(RotationTest, AForgedRotationIsAForgedTail) {
  ASSERT_THAT(WriteFirst(), IsOk());
  const SigningKey forger = LogKey(kOrigin, 'f');
  ASSERT_OK_AND_ASSIGN(auto running, Open({.key = kBefore, .poll_interval = absl::Milliseconds(20)}));
  ASSERT_THAT(Rotate(forger, kNext), IsOk());
  EXPECT_THAT(Illness(*running), HasReason("LOG_CORRUPT"));
  ExpectOnlyTheFirstEntry(*running);
  EXPECT_THAT(OpenBoth(), HasReason("LOG_CORRUPT"));
}

TEST_F(RotationTest, AKeyOfAnotherOriginIsNoNextKey) {
  ASSERT_THAT(WriteFirst(), IsOk());
  ASSERT_THAT(Rotate(kBefore, LogKey("another.example/log")), IsOk());
  EXPECT_THAT(OpenKeeping(kBefore), IsOk()) << "a log of a new origin holds its predecessor's rotations";
}

}  // namespace
}  // namespace seisaku::ledger
