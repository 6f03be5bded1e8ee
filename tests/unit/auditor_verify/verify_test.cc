#include "tools/auditor/verify/verify.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "seisaku/log/v1/log_event.pb.h"
#include "services/base/timestamp.h"
#include "services/ledger/tree/key.h"
#include "services/ledger/tree/note.h"
#include "tests/support/matchers.h"
#include "tools/auditor/verify/report.h"
#include "tools/auditor/verify/since.h"

namespace seisaku::auditor {
namespace {

namespace fs = std::filesystem;
using ledger::KeyType;
using ledger::SigningKey;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kOrigin[] = "city.example/catalog";
constexpr int64_t kFirst = 1'800'000'000;  // when the first entry was recorded; a second later the next
constexpr uint64_t kSize = 10;

SigningKey Key(const std::string& name, char seed, KeyType type) {
  return *SigningKey::FromSeed(name, std::string(32, seed), type);
}

// Entries in memory, as an export or as the log that is there now.
class MemoryLog final : public LogSource {
 public:
  LogKind kind() const override { return LogKind::kCatalog; }
  const std::string& origin() const override { return origin_; }
  const std::string& place() const override { return origin_; }
  std::optional<uint64_t> exported_size() const override {
    return is_export ? std::make_optional<uint64_t>(entries.size()) : std::nullopt;
  }
  std::vector<Evidence> ReadEvidences(LogVerifier&) override { return evidences; }
  absl::Status Feed(LogVerifier& verifier, std::vector<Evidence>&) override {
    for (const log::v1::StoredEntry& entry : entries) verifier.Take(entry);
    return absl::OkStatus();
  }
  void Check(LogVerifier&, Findings& findings) override { findings.unfit = unfit; }

  std::vector<log::v1::StoredEntry> entries;
  std::vector<Evidence> evidences;
  std::vector<UnfitCosignature> unfit;
  bool is_export = true;

 private:
  const std::string origin_ = kOrigin;
};

class VerifyTest : public testing::Test {
 protected:
  VerifyTest() {
    std::string name = (fs::temp_directory_path() / "verify-XXXXXX").string();
    directory_ = mkdtemp(name.data());
    for (uint64_t i = 0; i < kSize; ++i) Append("seisaku.catalog.v1.Event/written", "");
    Trust({log_, alice_, bob_});
  }
  ~VerifyTest() override { fs::remove_all(directory_); }

  void Trust(const std::vector<SigningKey>& keys) {
    const std::string file = (directory_ / "trust.vkeys").string();
    std::ofstream out(file);
    for (const SigningKey& key : keys) out << key.verifier().ToString() << "\n";
    out.close();
    trust_ = *bundle::Trust::Read({file});
  }

  void Append(const std::string& type, const std::string& payload) {
    log::v1::Entry entry;
    entry.set_type(type);
    entry.set_payload(payload);
    entry.set_actor("seisaku://city/planner/p");
    entry.set_request_id(absl::StrCat("request ", log_source_.entries.size()));
    SetMicros((kFirst + static_cast<int64_t>(log_source_.entries.size())) * 1'000'000,
              *entry.mutable_recorded_at());
    entry.set_command_size(1);
    log::v1::StoredEntry stored;
    stored.set_position(log_source_.entries.size());
    stored.set_entry(entry.SerializeAsString());
    log_source_.entries.push_back(std::move(stored));
  }
  void AppendChange(const SigningKey& previous, const SigningKey& next) {
    log::v1::LogEvent event;
    log::v1::KeyRotated& rotated = *event.mutable_key_rotated();
    rotated.set_previous_key(previous.verifier().ToString());
    rotated.set_next_key(next.verifier().ToString());
    rotated.set_next_key_signature(
        next.Sign(ledger::RotationStatement(rotated.previous_key(), rotated.next_key())));
    Append("seisaku.log.v1.LogEvent/key_rotated", event.SerializeAsString());
  }

  ledger::Checkpoint At(uint64_t size) const {
    ledger::Frontier frontier;
    for (uint64_t i = 0; i < size; ++i) frontier.Append(ledger::LeafHash(log_source_.entries[i].entry()));
    return {kOrigin, size, frontier.Root()};
  }
  std::string Note(const ledger::Checkpoint& checkpoint) const {
    return *ledger::SignCheckpoint(checkpoint, log_);
  }
  // The note of so many entries, cosigned when the last of them was recorded, or so many seconds later.
  std::string Cosigned(const ledger::Checkpoint& checkpoint, const SigningKey& by, int64_t later = 0) const {
    const int64_t at = kFirst + static_cast<int64_t>(checkpoint.size) - 1 + later;
    return *ledger::CosignNote(Note(checkpoint), by, absl::FromUnixSeconds(at));
  }
  // As the log's own checkpoint.
  void Has(const std::string& note) {
    auto evidence = ReadEvidence("own", note, trust_);
    ASSERT_THAT(evidence, IsOk());
    log_source_.evidences.push_back(*std::move(evidence));
  }
  std::string Keep(const std::string& name, const std::string& note) {
    const fs::path path = directory_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << note;
    return path.string();
  }

  void Verify(const std::vector<std::string>& since = {}, size_t quorum = 0) {
    auto kept = ReadSince(since, trust_);
    ASSERT_THAT(kept, IsOk());
    std::vector<std::unique_ptr<LogSource>> sources;
    sources.push_back(std::make_unique<MemoryLog>(log_source_));
    auto report =
        auditor::Verify(std::move(sources), trust_, {.since = *kept, .fold = false, .quorum = quorum});
    ASSERT_THAT(report, IsOk());
    report_ = *std::move(report);
  }
  const LogReport& log() const { return report_.logs.at(0); }
  std::vector<std::string> Doubts() const {
    std::vector<std::string> codes;
    for (const Doubt& doubt : log().doubts) codes.push_back(doubt.code);
    return codes;
  }
  std::vector<std::string> RemarkCodes() const {
    std::vector<std::string> codes;
    for (const auto& [first, count] : log().remarks.by_code())
      codes.push_back(absl::StrCat(first.code, " ", count));
    return codes;
  }
  // "CODE at position" of the first violation.
  std::string First() const {
    if (log().violations.empty()) return "none";
    const Violation& first = log().violations.first();
    return absl::StrCat(first.code, " at ", first.position ? absl::StrCat(*first.position) : "?");
  }
  std::string Words() const { return InWords(report_, policyctl::Language::kEnglish); }

  fs::path directory_;
  const SigningKey log_ = Key(kOrigin, 'l', KeyType::kLog), next_ = Key(kOrigin, 'n', KeyType::kLog);
  const SigningKey alice_ = Key("alice.example", 'a', KeyType::kCosigner);
  const SigningKey bob_ = Key("bob.example", 'b', KeyType::kCosigner);
  bundle::Trust trust_ = *bundle::Trust::Read({});
  MemoryLog log_source_;
  VerifyReport report_;
};

TEST_F(VerifyTest, AnOlderExportIsNoViolation) {
  const std::string today = Keep("accepted.note", Cosigned({kOrigin, 25, ledger::Sha256("later")}, alice_));
  Has(Note(At(kSize)));
  Verify({today});
  EXPECT_EQ(First(), "none");
  EXPECT_TRUE(report_.is_proven());
  ASSERT_EQ(log().later.size(), 1u);
  EXPECT_EQ(log().later[0].checkpoint.size, 25u);
  EXPECT_EQ(log().kept_size(), 0u) << "it was not compared with anything";
  EXPECT_THAT(Words(), HasSubstr("25 entries, which the log has signed. This export is older"));
  EXPECT_THAT(Words(), HasSubstr("CAUTION"));
  EXPECT_THAT(Words(), HasSubstr("the witness's folder"));
}

TEST_F(VerifyTest, ALogThatIsThereNowIsNotShorterThanItWas) {
  const std::string today = Keep("accepted.note", Cosigned({kOrigin, 25, ledger::Sha256("later")}, alice_));
  Has(Note(At(kSize)));
  log_source_.is_export = false;
  Verify({today});
  EXPECT_EQ(First(), "LOG_TOO_SHORT at 10");
  EXPECT_THAT(log().later, IsEmpty());
}

TEST_F(VerifyTest, OfAFolderTheNotesOfItsTimeAreCompared) {
  Keep("witness/accepted-4-20270115T080003Z.note", Cosigned(At(4), alice_));
  Keep("witness/accepted-8-20270115T080007Z.note", Cosigned(At(8), alice_));
  const std::string newest = Cosigned({kOrigin, 25, ledger::Sha256("later")}, alice_);
  Keep("witness/accepted-25-20270115T080024Z.note", newest);
  Keep("witness/accepted.note", newest);
  Keep("witness/evidence-found-8-0000000000000000.note", "is not looked at");
  Has(Note(At(kSize)));
  Verify({(directory_ / "witness").string()});
  EXPECT_TRUE(report_.is_proven());
  EXPECT_EQ(log().kept_size(), 8u);
  EXPECT_EQ(log().evidences.size(), 3u);
  EXPECT_EQ(log().later.size(), 1u);
  EXPECT_THAT(Words(), HasSubstr("and 1 older checkpoints of"));
  EXPECT_THAT(Words(), HasSubstr("CAUTION, city.example/catalog: from position 8 on"));

  Keep("witness/accepted-4-20270115T080003Z.note", Cosigned({kOrigin, 4, ledger::Sha256("other")}, alice_));
  Verify({(directory_ / "witness").string()});
  EXPECT_EQ(First(), "ROOT_DIFFERS at ?");
  EXPECT_THAT(Words(), HasSubstr("accepted-4-20270115T080003Z.note): DOES NOT HOLD"));
}

TEST_F(VerifyTest, AFolderOfOneNoteIsAWitnessesToo) {
  Keep("witness/accepted.note", Cosigned(At(kSize), alice_));
  Has(Note(At(kSize)));
  Verify({(directory_ / "witness").string()});
  EXPECT_EQ(log().kept_size(), kSize);
  EXPECT_EQ(Words().find("CAUTION"), std::string::npos);
  fs::create_directory(directory_ / "empty");
  EXPECT_THAT(ReadSince({(directory_ / "empty").string()}, trust_), HasReason("BUNDLE_UNUSABLE"));
}

TEST_F(VerifyTest, AnEntryIsNotDatedMoreThanTenMinutesAfterItsCosignature) {
  Has(Cosigned(At(kSize), alice_, -601));
  Verify();
  EXPECT_EQ(First(), "TIME_AFTER_COSIGNATURE at 9");
  EXPECT_EQ(log().proven_size, 0u);
}

TEST_F(VerifyTest, LessIsARemark) {
  Has(Cosigned(At(kSize), alice_, -600));
  Verify();
  EXPECT_EQ(First(), "none");
  EXPECT_TRUE(report_.is_proven());
  EXPECT_THAT(RemarkCodes(), ElementsAre("COSIGNED_EARLY 1"));
}

TEST_F(VerifyTest, ACosignatureOfTheSameSecondIsNotEarly) {
  Has(Cosigned(At(kSize), alice_));
  Verify();
  EXPECT_THAT(RemarkCodes(), IsEmpty());
}

TEST_F(VerifyTest, ACosignatureThatDoesNotFitIsNotTheLogsFault) {
  const std::string other = Cosigned(At(4), bob_);
  Has(Cosigned(At(kSize), alice_) + other.substr(other.rfind("\u2014 bob")));
  Verify();
  EXPECT_EQ(First(), "none");
  EXPECT_TRUE(report_.is_proven()) << "another one covers these entries";
  EXPECT_THAT(RemarkCodes(), ElementsAre("COSIGNATURE_ROW 1"));
}

TEST_F(VerifyTest, WithNobodyFromOutsideItIsADoubt) {
  Has(Note(At(kSize)));
  log_source_.unfit = {{"bob.example+00000000", 7}, {"bob.example+00000000", 3}};
  Verify();
  EXPECT_EQ(First(), "none");
  EXPECT_THAT(Doubts(), ElementsAre("COSIGNATURE_UNFIT"));
  EXPECT_THAT(ToStatus(report_), HasReason("NOT_PROVEN_COSIGNATURE_UNFIT"));
  Verify({Keep("kept.note", Cosigned(At(7), alice_))});
  EXPECT_THAT(Doubts(), IsEmpty());
  EXPECT_THAT(RemarkCodes(), ElementsAre("COSIGNATURE_ROW 2"));
}

// A witness's first note may be of a log that had no entry yet, and so may be an export.
TEST_F(VerifyTest, AnEmptyLogHasARootToo) {
  Keep("witness/accepted-0-20270115T070000Z.note", Cosigned(At(0), alice_));
  Keep("witness/accepted.note", Cosigned(At(4), alice_));
  Has(Note(At(kSize)));
  Verify({(directory_ / "witness").string()});
  EXPECT_EQ(First(), "none");
  log_source_.entries.clear();
  log_source_.evidences.clear();
  Has(Cosigned(At(0), alice_));
  Verify();
  EXPECT_EQ(First(), "none");
  EXPECT_TRUE(report_.is_proven());
  EXPECT_THAT(Words(), Not(HasSubstr("1970")));
}

TEST_F(VerifyTest, WhatIsInTheLogMakesNoLinesOfTheReport) {
  Append("x\n  proven: everything\nEverything was as it should be.", "");
  Has(Note(At(kSize + 1)));
  Verify();
  EXPECT_EQ(First(), "EVENT_REFUSED at 10");
  EXPECT_THAT(Words(), HasSubstr("found:    x   proven: everything Everything was"));
}

// Without the fold, which refuses an event of the other log.
TEST_F(VerifyTest, ALogDoesNotPassForTheOtherOne) {
  Append("seisaku.progress.v1.Event/catalog_advanced", "");
  Has(Note(At(kSize + 1)));
  Verify();
  EXPECT_EQ(First(), "EVENT_REFUSED at 10");
}

TEST_F(VerifyTest, AQuorumIsOfDifferentCosignersOfAllThatIsProven) {
  const std::string by_bob = Cosigned(At(kSize), bob_);
  Has(Cosigned(At(kSize), alice_));
  Verify({}, 2);
  EXPECT_THAT(Doubts(), ElementsAre("NO_QUORUM"));
  EXPECT_THAT(ToStatus(report_), HasReason("NOT_PROVEN_NO_QUORUM"));
  EXPECT_THAT(Words(), HasSubstr("1 of the 2 cosigners that --quorum wants stand for the first 10 entries; "
                                 "missing: bob.example"));
  // Twice the same one, and another one of fewer entries, are not enough.
  Verify({Keep("again.note", Cosigned(At(kSize), alice_, 5)), Keep("older.note", Cosigned(At(9), bob_))}, 2);
  EXPECT_THAT(Doubts(), ElementsAre("NO_QUORUM"));
  Verify({Keep("bob.note", by_bob)}, 2);
  EXPECT_THAT(Doubts(), IsEmpty());
  EXPECT_TRUE(report_.is_proven());
  Verify({}, 1);
  EXPECT_TRUE(report_.is_proven());
}

TEST_F(VerifyTest, AKeyThatTheLogNamesIsExplained) {
  AppendChange(log_, next_);
  Has(*ledger::SignCheckpoint(At(kSize + 1), next_));
  Verify();
  EXPECT_EQ(First(), "none");
  EXPECT_THAT(Doubts(), ElementsAre("KEY_CHANGED", "NO_CHECKPOINT"));
  EXPECT_THAT(Words(), HasSubstr("this log says at position 10 that its key was changed"));
  EXPECT_THAT(Words(),
              HasSubstr(absl::StrCat("key: ", ShortName(log_.verifier()), " until position 10, then ",
                                     ShortName(next_.verifier()), " too")));
  Trust({log_, next_});
  log_source_.evidences.clear();
  Has(*ledger::SignCheckpoint(At(kSize + 1), next_));
  Verify();
  EXPECT_TRUE(report_.is_proven());
  EXPECT_THAT(RemarkCodes(), IsEmpty());
}

TEST_F(VerifyTest, ThatTheNextKeyIsNotTrustedYetIsARemark) {
  AppendChange(log_, next_);
  Has(Note(At(kSize + 1)));
  Verify();
  EXPECT_TRUE(report_.is_proven());
  EXPECT_THAT(RemarkCodes(), ElementsAre("NEXT_KEY 1"));
}

TEST_F(VerifyTest, WhoKnowsTheNextKeyOnlyIsToldOfTheOneBefore) {
  AppendChange(log_, next_);
  Trust({next_});
  Has(Note(At(kSize + 1)));
  Verify();
  EXPECT_EQ(First(), "none");
  EXPECT_THAT(Doubts(), ElementsAre("KEY_CHANGED", "NO_CHECKPOINT"));
}

TEST_F(VerifyTest, AKeyThatNobodyNamesProvesNothing) {
  const SigningKey stranger = Key(kOrigin, 's', KeyType::kLog);
  Has(*ledger::SignCheckpoint(At(kSize), stranger));
  Verify({Keep("kept.note", Cosigned(At(kSize), alice_))});
  EXPECT_EQ(First(), "none");
  EXPECT_THAT(Doubts(), ElementsAre("KEY_NOT_TRUSTED"));
}

TEST_F(VerifyTest, AChangeFromAKeyThatIsNotTheLogsIsAViolation) {
  const SigningKey stranger = Key(kOrigin, 's', KeyType::kLog);
  AppendChange(stranger, Key(kOrigin, 't', KeyType::kLog));
  Has(Note(At(kSize + 1)));
  Verify();
  EXPECT_EQ(First(), "KEY_CHANGE_INVALID at 10");
}

TEST_F(VerifyTest, AChangeGoesOnFromTheKeyThatWasNamedBefore) {
  AppendChange(log_, next_);
  AppendChange(log_, Key(kOrigin, 's', KeyType::kLog));
  Has(Note(At(kSize + 2)));
  Verify();
  EXPECT_EQ(First(), "KEY_CHANGE_INVALID at 11");
  ASSERT_EQ(log().key_changes.size(), 1u);
}

TEST_F(VerifyTest, AChangeThatTheNextKeyDidNotSignIsAViolation) {
  AppendChange(log_, next_);
  log::v1::Entry entry;
  ASSERT_TRUE(entry.ParseFromString(log_source_.entries.back().entry()));
  log::v1::LogEvent event;
  ASSERT_TRUE(event.ParseFromString(entry.payload()));
  event.mutable_key_rotated()->set_next_key_signature(std::string(64, 'x'));
  entry.set_payload(event.SerializeAsString());
  log_source_.entries.back().set_entry(entry.SerializeAsString());
  Has(Note(At(kSize + 1)));
  Verify();
  EXPECT_EQ(First(), "KEY_CHANGE_INVALID at 10");
}

TEST_F(VerifyTest, WhatTheLogSaysOfItselfWhereItWasSealedIsSo) {
  log::v1::LogEvent event;
  log::v1::LogSealed& sealed = *event.mutable_log_sealed();
  sealed.set_kept_size(3);
  sealed.set_size(kSize);
  sealed.set_root(ledger::ToBytes(At(kSize).root));
  Append("seisaku.log.v1.LogEvent/log_sealed", event.SerializeAsString());
  Has(Note(At(kSize + 1)));
  Verify();
  EXPECT_EQ(First(), "none");
  EXPECT_THAT(Words(), HasSubstr("sealed at position 10: for the entries from 3 on"));
  log_source_.entries.pop_back();
  sealed.set_root(ledger::ToBytes(At(kSize - 1).root));
  Append("seisaku.log.v1.LogEvent/log_sealed", event.SerializeAsString());
  log_source_.evidences.clear();
  Has(Note(At(kSize + 1)));
  Verify();
  EXPECT_EQ(First(), "SEALING_DIFFERS at 10");
}

}  // namespace
}  // namespace seisaku::auditor
