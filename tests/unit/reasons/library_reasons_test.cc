// Provokes, in the libraries where they arise, the reasons of proto/REASONS.md that no caller of the services
// can. Each case leaves code, reason and metadata in the test's report, where tests/interop/reasons reads
// them.
#include <string>
#include <utility>

#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "services/base/period.h"
#include "services/base/status.h"
#include "services/base/text.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/free_text.h"
#include "services/ledger/tree/key.h"
#include "services/ledger/tree/note.h"
#include "services/ledger/tree/proof.h"
#include "services/progress/domain/machine.h"
#include "services/progress/domain/state.h"
#include "services/rpc/status.h"

namespace seisaku {
namespace {

using ledger::Sha256;

class NoHashes final : public ledger::HashReader {
 public:
  absl::StatusOr<ledger::Hash> SubtreeHash(int, uint64_t) override { return Sha256("none"); }
};

class LibraryReasonsTest : public testing::Test {
 protected:
  static void ExpectReason(const absl::Status& status, const std::string& reason) {
    EXPECT_EQ(ReasonOf(status), reason) << status;
    const auto info = GetErrorInfo(status);
    ASSERT_TRUE(info.has_value());
    RecordProperty("reason", reason);
    RecordProperty("code", absl::StatusCodeToString(status.code()));
    RecordProperty("metadata", absl::StrJoin(info->metadata(), "\n", absl::PairFormatter("=")));
  }

  const ledger::SigningKey key_ =
      *ledger::SigningKey::FromSeed("test.example/log", std::string(32, 's'), ledger::KeyType::kLog);
};

TEST_F(LibraryReasonsTest, ProofOfAnotherLeafIsInvalid) {
  ExpectReason(ledger::VerifyInclusion(Sha256("leaf"), 0, 1, {}, Sha256("root")), "PROOF_INVALID");
}

TEST_F(LibraryReasonsTest, LeafBeyondTheTreeIsOutOfRange) {
  NoHashes hashes;
  ExpectReason(ledger::InclusionProof(7, 3, hashes).status(), "TREE_RANGE");
}

TEST_F(LibraryReasonsTest, NoteThatWasChangedHasAnInvalidSignature) {
  std::string note = *ledger::SignCheckpoint({key_.name(), 7, Sha256("root")}, key_);
  note.replace(note.find("\n7\n"), 3, "\n8\n");
  ExpectReason(ledger::OpenCheckpoint(note, key_.name(), key_.verifier()).status(), "SIGNATURE_INVALID");
}

TEST_F(LibraryReasonsTest, TextThatItsEntryDoesNotCommitToDiffers) {
  log::v1::Entry entry;
  entry.add_texts()->set_salted_sha256(ledger::ToBytes(ledger::TextCommitment(std::string(16, 's'), "記録")));
  log::v1::StoredEntry stored;
  stored.add_texts()->set_salt(std::string(16, 's'));
  stored.mutable_texts(0)->set_text("別の文");
  ExpectReason(ledger::OpenText(stored, entry, 0).status(), "TEXT_DIFFERS");
}

TEST_F(LibraryReasonsTest, TextThatIsNoNoteIsMalformed) {
  ExpectReason(ledger::OpenNote("no note", {}).status(), "MALFORMED");
}

TEST_F(LibraryReasonsTest, CharacterThatTheCharacterSetLacksIsNamed) {
  ExpectReason(Utf8ToCp932("波〜").status(), "NOT_IN_CHARSET");
}

TEST_F(LibraryReasonsTest, YearThatCannotBeReadIsInvalid) {
  ExpectReason(ParseFiscalYear("令和").status(), "INVALID_YEAR");
}

TEST_F(LibraryReasonsTest, DateThatIsNotInTheCalendarIsInvalid) {
  ExpectReason(ParseDate("2023-02-30").status(), "INVALID_DATE");
}

TEST_F(LibraryReasonsTest, EntriesOfCatalogThatDoNotFollowAreAGap) {
  progress::v1::CatalogAdvanced advance;
  advance.set_start(5);
  advance.add_entries("entry");
  const Caller peer{.subject = "seisaku://city/peer/progress", .role = Role::kPeer, .department = ""};
  ExpectReason(progress::Decide(progress::State(), advance, peer).status(), "CATALOG_GAP");
}

TEST_F(LibraryReasonsTest, WhatHasNoReasonOfItsOwnIsInternalToTheCaller) {
  ExpectReason(rpc::FromGrpcStatus(rpc::ToGrpcStatus(absl::UnknownError("a secret"))), "INTERNAL");
}

}  // namespace
}  // namespace seisaku
