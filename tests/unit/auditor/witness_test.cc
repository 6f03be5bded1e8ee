#include "tools/auditor/witness.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/errors.h"
#include "services/ledger/tree/errors.h"
#include "services/ledger/tree/frontier.h"
#include "tests/support/matchers.h"

namespace seisaku::auditor {
namespace {

namespace fs = std::filesystem;
using ledger::Hash;
using ledger::KeyType;
using ledger::SigningKey;

const SigningKey& LogKey() {
  static const auto& key =
      *new SigningKey(*SigningKey::FromSeed("test.example/log", std::string(32, 'l'), KeyType::kLog));
  return key;
}

const SigningKey& AuditorKey() {
  static const auto& key =
      *new SigningKey(*SigningKey::FromSeed("auditor.example", std::string(32, 'a'), KeyType::kCosigner));
  return key;
}

// A log of texts that signs whatever it has.
class TextLog : public WitnessedLog, private ledger::HashReader {
 public:
  explicit TextLog(std::vector<std::string> entries = {}) : entries_(std::move(entries)) {}

  void Add(const std::string& entry) { entries_.push_back(entry); }
  // From now on it says that it is so long, unless asked for a size.
  void LagAt(uint64_t size) { newest_ = size; }
  // From now on it refuses cosignatures.
  void TakeNone() { takes_ = false; }
  const std::vector<std::string>& added() const { return added_; }

  Hash Root(uint64_t size) const {
    ledger::Frontier frontier;
    for (uint64_t i = 0; i < size; ++i) frontier.Append(ledger::LeafHash(entries_.at(i)));
    return frontier.Root();
  }

  absl::StatusOr<std::string> GetCheckpoint(uint64_t size) override {
    if (size == 0) size = std::min<uint64_t>(newest_, entries_.size());
    if (size > entries_.size()) return errors::PositionBeyondEnd(size, entries_.size());
    return ledger::SignCheckpoint({LogKey().name(), size, Root(size)}, LogKey());
  }
  absl::StatusOr<ledger::Proof> ProveConsistency(uint64_t first, uint64_t second) override {
    return ledger::ConsistencyProof(first, second, *this);
  }
  absl::Status AddCosignature(const std::string& note) override {
    if (!takes_) return errors::StorageUnavailable("away");
    added_.push_back(note);
    return absl::OkStatus();
  }

 private:
  absl::StatusOr<Hash> SubtreeHash(int level, uint64_t index) override {
    ledger::Frontier frontier;
    for (uint64_t i = index << level; i < (index + 1) << level; ++i) {
      frontier.Append(ledger::LeafHash(entries_.at(i)));
    }
    return frontier.Root();
  }

  std::vector<std::string> entries_;
  uint64_t newest_ = UINT64_MAX;
  bool takes_ = true;
  std::vector<std::string> added_;
};

std::string Content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class WitnessTest : public testing::Test {
 protected:
  WitnessTest() {
    std::string name = (fs::temp_directory_path() / "witness-XXXXXX").string();
    directory_ = mkdtemp(name.data());
  }
  ~WitnessTest() override { fs::remove_all(directory_); }

  absl::StatusOr<Accepted> Accept(WitnessedLog& log) {
    auto folder = NoteFolder::Open(directory_ / "log");
    if (!folder.ok()) return folder.status();
    now_ += absl::Minutes(1);
    return AcceptNewest(witness_, log, *folder, now_);
  }

  std::string Kept() { return Content(directory_ / "log" / "accepted.note"); }
  // The notes of all sizes by name, and accepted.note.
  std::vector<std::string> Names() {
    std::vector<std::string> names;
    for (const auto& file : fs::directory_iterator(directory_ / "log"))
      names.push_back(file.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }
  int FileCount() {
    return static_cast<int>(
        std::distance(fs::directory_iterator(directory_ / "log"), fs::directory_iterator()));
  }

  // Refused for `reason`; the evidence are the notes of these two checkpoints, and what was accepted stays.
  void ExpectRefused(WitnessedLog& log, const std::string& reason, const ledger::Checkpoint& accepted,
                     const ledger::Checkpoint& found) {
    const std::string kept = Kept();
    for (int attempt = 0; attempt < 2; ++attempt) {
      const absl::Status status = Accept(log).status();
      ASSERT_THAT(status, HasReason(reason));
      EXPECT_TRUE(IsContradiction(status));
      const auto metadata = GetErrorInfo(status)->metadata();
      const std::vector<std::string> files = absl::StrSplit(metadata.at("evidence"), ' ');
      ASSERT_EQ(files.size(), 2u);
      EXPECT_EQ(Content(files[0]), kept);
      for (const auto& [file, checkpoint] : {std::pair(files[0], accepted), std::pair(files[1], found)}) {
        auto opened = ledger::OpenCheckpoint(Content(file), LogKey().name(), LogKey().verifier());
        ASSERT_THAT(opened, IsOk()) << file;
        EXPECT_EQ(*opened, checkpoint);
      }
    }
    EXPECT_EQ(Kept(), kept);
    EXPECT_EQ(FileCount(), 4) << "the same evidence once, beside accepted.note and the note of its size";
  }

  static ledger::Checkpoint Of(const TextLog& log, uint64_t size) {
    return {LogKey().name(), size, log.Root(size)};
  }

  fs::path directory_;
  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  Witness witness_{{LogKey().verifier()}, AuditorKey()};
};

TEST_F(WitnessTest, TheFirstCheckpointIsCosignedAndKept) {
  TextLog log({"a", "b", "c"});
  ASSERT_OK_AND_ASSIGN(const Accepted accepted, Accept(log));
  EXPECT_EQ(accepted.checkpoint, Of(log, 3));
  EXPECT_FALSE(accepted.previous_size.has_value());
  auto cosigned = ledger::OpenCosignedCheckpoint(accepted.note, LogKey().name(), LogKey().verifier(),
                                                 {AuditorKey().verifier()});
  ASSERT_THAT(cosigned, IsOk());
  EXPECT_EQ(cosigned->cosignatures.at(0).cosigned_at, now_);
  EXPECT_EQ(Kept(), accepted.note);
  EXPECT_THAT(log.added(), testing::ElementsAre(accepted.note));
}

TEST_F(WitnessTest, ALogThatGrewOrStayedIsAcceptedAgain) {
  TextLog log;
  uint64_t previous = 0;
  for (uint64_t size = 0; size <= 9; ++size) {
    for (int again = 0; again < 2; ++again) {
      ASSERT_OK_AND_ASSIGN(const Accepted accepted, Accept(log));
      EXPECT_EQ(accepted.checkpoint, Of(log, size));
      EXPECT_EQ(accepted.previous_size.value_or(0), previous);
      EXPECT_EQ(accepted.previous_size.has_value(), size > 0 || again > 0);
      previous = size;
    }
    log.Add(std::to_string(size));
  }
}

TEST_F(WitnessTest, OfEachSizeTheFirstCosignatureIsKept) {
  TextLog log({"a", "b"});
  ASSERT_OK_AND_ASSIGN(const Accepted first, Accept(log));
  ASSERT_OK_AND_ASSIGN(const Accepted again, Accept(log));
  ASSERT_NE(again.note, first.note);
  log.Add("c");
  ASSERT_OK_AND_ASSIGN(const Accepted grown, Accept(log));
  EXPECT_THAT(Names(), testing::ElementsAre("accepted-2-20270115T080100Z.note",
                                            "accepted-3-20270115T080300Z.note", "accepted.note"));
  EXPECT_EQ(Content(directory_ / "log" / "accepted-2-20270115T080100Z.note"), first.note);
  EXPECT_EQ(Content(directory_ / "log" / "accepted-3-20270115T080300Z.note"), grown.note);
  EXPECT_EQ(Kept(), grown.note);
}

TEST_F(WitnessTest, AnOlderFolderLosesNothing) {
  TextLog log({"a", "b"});
  ASSERT_OK_AND_ASSIGN(const Accepted first, Accept(log));
  fs::remove(directory_ / "log" / "accepted-2-20270115T080100Z.note");
  log.Add("c");
  ASSERT_THAT(Accept(log), IsOk());
  EXPECT_EQ(Content(directory_ / "log" / "accepted-2-20270115T080100Z.note"), first.note);
}

TEST_F(WitnessTest, ReadsAllThatWereAccepted) {
  TextLog log({"a"});
  ASSERT_OK_AND_ASSIGN(const Accepted first, Accept(log));
  log.Add("b");
  ASSERT_OK_AND_ASSIGN(const Accepted second, Accept(log));
  TextLog forked({"x", "y", "z"});
  ASSERT_THAT(Accept(forked), HasReason("LOG_FORK"));  // whose evidence was not accepted
  ASSERT_OK_AND_ASSIGN(const std::vector<KeptNote> kept, ReadAllAccepted(directory_ / "log"));
  std::vector<std::string> notes;
  for (const KeptNote& note : kept) notes.push_back(note.note);
  EXPECT_THAT(notes, testing::ElementsAre(first.note, second.note, second.note));
  EXPECT_THAT(ReadAllAccepted(directory_ / "nowhere"), HasReason("WITNESS_FOLDER_UNUSABLE"));
}

TEST_F(WitnessTest, WhileTheKeyChangesEitherSignatureIsEnough) {
  const auto next = *SigningKey::FromSeed(LogKey().name(), std::string(32, 'n'), KeyType::kLog);
  TextLog log({"a", "b"});
  ASSERT_THAT(Accept(log), IsOk());
  log.Add("c");
  const ledger::Checkpoint grown = Of(log, 3);
  const std::string old_line = *log.GetCheckpoint(3);
  const std::string new_note = *ledger::SignCheckpoint(grown, next);
  // Whoever knows one key only, and the other one has signed.
  class Rotated final : public TextLog {
   public:
    Rotated(std::string note) : TextLog({"a", "b", "c"}), note_(std::move(note)) {}
    absl::StatusOr<std::string> GetCheckpoint(uint64_t) override { return note_; }

   private:
    const std::string note_;
  };
  Rotated by_next(new_note), by_both(old_line + new_note.substr(new_note.find("\n\n") + 2));
  EXPECT_THAT(Accept(by_next), HasReason("SIGNATURE_MISSING"));
  witness_.log.push_back(next.verifier());
  ASSERT_THAT(Accept(by_both), IsOk());
  EXPECT_THAT(ledger::OpenCheckpoint(Kept(), LogKey().name(), LogKey().verifier()), IsOk());
  EXPECT_THAT(ledger::OpenCheckpoint(Kept(), LogKey().name(), next.verifier()), IsOk());
  ASSERT_THAT(Accept(by_next), IsOk());
  // The old key is not needed any more for what both have signed or the next one alone.
  witness_.log = {next.verifier()};
  EXPECT_THAT(Accept(by_next), IsOk());
}

TEST_F(WitnessTest, AnotherPastIsAFork) {
  TextLog log({"a", "b", "c"});
  ASSERT_THAT(Accept(log), IsOk());
  TextLog forked({"a", "x", "c", "d", "e"});
  ExpectRefused(forked, "LOG_FORK", Of(log, 3), Of(forked, 3));
  EXPECT_THAT(forked.added(), testing::IsEmpty());
  const absl::Status status = Accept(forked).status();
  ASSERT_THAT(status, HasReason("LOG_FORK"));
  const auto facts = GetErrorInfo(status)->metadata();
  EXPECT_EQ(facts.at("size"), "3");
  EXPECT_EQ(facts.at("expected"), ledger::ToBase64(ledger::ToBytes(log.Root(3))));
  EXPECT_EQ(facts.at("actual"), ledger::ToBase64(ledger::ToBytes(forked.Root(3))));
  EXPECT_THAT(Accept(log), IsOk()) << "the log itself goes on";
}

TEST_F(WitnessTest, AnotherLastEntryIsAFork) {
  TextLog log({"a", "b", "c"});
  ASSERT_THAT(Accept(log), IsOk());
  TextLog forked({"a", "b", "x"});
  ExpectRefused(forked, "LOG_FORK", Of(log, 3), Of(forked, 3));
}

TEST_F(WitnessTest, ALogThatEndsEarlierHasShrunk) {
  TextLog log({"a", "b", "c"});
  ASSERT_THAT(Accept(log), IsOk());
  TextLog shrunken({"a", "b"});
  ExpectRefused(shrunken, "LOG_SHRUNKEN", Of(log, 3), Of(shrunken, 2));
}

TEST_F(WitnessTest, AReplicaThatIsBehindIsAskedForWhatItWillHave) {
  TextLog log({"a", "b", "c"});
  ASSERT_THAT(Accept(log), IsOk());
  log.LagAt(2);
  ASSERT_OK_AND_ASSIGN(const Accepted accepted, Accept(log));
  EXPECT_EQ(accepted.checkpoint, Of(log, 3));
}

// Extends what it was, but does not say how.
class SilentLog final : public TextLog {
 public:
  using TextLog::TextLog;
  absl::StatusOr<ledger::Proof> ProveConsistency(uint64_t, uint64_t) override {
    return ledger::Proof{ledger::Sha256("nothing")};
  }
};

TEST_F(WitnessTest, WithoutAProofNothingIsCosigned) {
  TextLog log({"a", "b", "c"});
  ASSERT_THAT(Accept(log), IsOk());
  SilentLog silent({"a", "b", "c", "d"});
  ExpectRefused(silent, "PROOF_INVALID", Of(log, 3), Of(silent, 4));
}

// Hands out somebody else's words.
class ForeignLog final : public TextLog {
 public:
  explicit ForeignLog(std::string note) : note_(std::move(note)) {}
  absl::StatusOr<std::string> GetCheckpoint(uint64_t) override { return note_; }

 private:
  const std::string note_;
};

TEST_F(WitnessTest, WhatTheLogDidNotSignIsNotCosigned) {
  const Hash root = ledger::Sha256("root");
  const auto stranger = *SigningKey::FromSeed(LogKey().name(), std::string(32, 'x'), KeyType::kLog);
  ForeignLog unsigned_log(*ledger::SignCheckpoint({stranger.name(), 3, root}, stranger));
  EXPECT_THAT(Accept(unsigned_log), HasReason("SIGNATURE_MISSING"));
  std::string changed = *ledger::SignCheckpoint({LogKey().name(), 3, root}, LogKey());
  changed.replace(changed.find("\n3\n"), 3, "\n4\n");
  ForeignLog changed_log(changed);
  EXPECT_THAT(Accept(changed_log), HasReason("SIGNATURE_INVALID"));
  ForeignLog other_log(
      *ledger::SignNote("other.example/log\n3\n" + ledger::ToBase64(ledger::ToBytes(root)) + "\n", LogKey()));
  EXPECT_THAT(Accept(other_log), HasReason("ORIGIN_MISMATCH"));
  EXPECT_EQ(FileCount(), 0);
}

TEST_F(WitnessTest, WhatIsCosignedWasKeptBefore) {
  TextLog log({"a", "b"});
  log.TakeNone();
  const absl::Status status = Accept(log).status();
  EXPECT_THAT(status, HasReason("STORAGE_UNAVAILABLE"));
  EXPECT_FALSE(IsContradiction(status));
  EXPECT_NE(Kept(), "");
  TextLog forked({"a", "x"});
  EXPECT_THAT(Accept(forked), HasReason("LOG_FORK"));
}

TEST_F(WitnessTest, OtherCosignaturesAreLeftOut) {
  TextLog log({"a"});
  ForeignLog busy(Accept(log)->note);
  ASSERT_OK_AND_ASSIGN(const Accepted accepted, Accept(busy));
  const std::vector<std::string> lines = absl::StrSplit(accepted.note, '\n');
  EXPECT_EQ(std::count_if(lines.begin(), lines.end(), [](const auto& l) { return l.starts_with("\u2014 "); }),
            2);
}

TEST_F(WitnessTest, SpoiltMemoryIsNotTakenForNone) {
  TextLog log({"a"});
  ASSERT_THAT(Accept(log), IsOk());
  std::ofstream(directory_ / "log" / "accepted.note") << "gone";
  EXPECT_THAT(Accept(log), HasReason("WITNESS_FOLDER_UNUSABLE"));
  fs::remove(directory_ / "log" / "accepted.note");
  EXPECT_THAT(Accept(log), HasReason("WITNESS_FOLDER_UNUSABLE")) << "older notes say that there was one";
  fs::create_directory(directory_ / "log" / "accepted.note");
  EXPECT_THAT(Accept(log), HasReason("WITNESS_FOLDER_UNUSABLE"));
}

}  // namespace
}  // namespace seisaku::auditor
