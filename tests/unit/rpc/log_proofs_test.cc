// LogService's checkpoints, proofs and cosignatures.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/proof.h"
#include "services/rpc/log/log_service.h"
#include "tests/support/matchers.h"
#include "tests/unit/rpc/fake_ledger.h"

namespace seisaku::rpc {
namespace {

using ledger::Checkpoint;
using ledger::Hash;
using ledger::KeyType;
using ledger::SigningKey;

SigningKey CosignerKey(char seed) {
  return *SigningKey::FromSeed("auditor.example", std::string(32, seed), KeyType::kCosigner);
}

class LogProofsTest : public testing::Test {
 protected:
  LogProofsTest() {
    for (int size : {1, 4, 3}) ledger_.AddCommand(size);
  }

  Checkpoint Signed(const std::string& note) {
    auto checkpoint = ledger::OpenCheckpoint(note, log_.name(), log_.verifier());
    EXPECT_THAT(checkpoint, IsOk());
    return checkpoint.value_or(Checkpoint{});
  }
  Hash Root(Position size) { return ledger_.FrontierAt(size)->Root(); }
  std::string Note(Position size) { return *ledger_.SignCheckpoint(*ledger_.FrontierAt(size)); }
  std::string Cosigned(Position size, const SigningKey& key, int64_t seconds = 1'700'000'000) {
    return *ledger::CosignNote(Note(size), key, absl::FromUnixSeconds(seconds));
  }

  absl::StatusOr<log::v1::GetCheckpointResponse> Get(Position size, bool cosigned = false) {
    log::v1::GetCheckpointRequest request;
    request.set_size(size);
    request.set_cosigned(cosigned);
    return handlers_.GetCheckpoint(call_, request);
  }
  absl::StatusOr<log::v1::GetInclusionProofResponse> ProveInclusion(Position position, Position size) {
    log::v1::GetInclusionProofRequest request;
    request.set_position(position);
    request.set_size(size);
    return handlers_.GetInclusionProof(call_, request);
  }
  absl::StatusOr<log::v1::GetConsistencyProofResponse> ProveConsistency(Position first, Position second) {
    log::v1::GetConsistencyProofRequest request;
    request.set_first_size(first);
    request.set_second_size(second);
    return handlers_.GetConsistencyProof(call_, request);
  }
  absl::StatusOr<log::v1::AddCosignatureResponse> Add(const std::string& note) {
    log::v1::AddCosignatureRequest request;
    request.set_checkpoint(note);
    return handlers_.AddCosignature(call_, request);
  }

  static ledger::Proof ToProof(const google::protobuf::RepeatedPtrField<std::string>& hashes) {
    ledger::Proof proof;
    for (const std::string& hash : hashes) proof.push_back(*ledger::HashFromBytes(hash));
    return proof;
  }

  CallContext call_{.caller = {}, .deadline = absl::Now() + absl::Minutes(1), .method = "/x"};
  FakeLedger ledger_;
  const SigningKey log_ = FakeLedger::key();
  const SigningKey auditor_ = CosignerKey('a');
  const SigningKey other_ = CosignerKey('b');
  LogHandlers handlers_{ledger_, {{log_.verifier()}, {auditor_.verifier(), other_.verifier()}}};
};

TEST_F(LogProofsTest, CheckpointOfAnyPublishedSizeIsSigned) {
  for (Position size = 1; size <= 8; ++size) {
    ASSERT_OK_AND_ASSIGN(auto response, Get(size));
    EXPECT_EQ(response.position(), size);
    EXPECT_EQ(Signed(response.checkpoint()), (Checkpoint{log_.name(), size, Root(size)}));
  }
  EXPECT_EQ(Get(0)->position(), 8u);
  EXPECT_THAT(Get(9), HasReason("POSITION_BEYOND_END"));
}

TEST_F(LogProofsTest, WhatAnotherReplicaHasPublishedIsWaitedFor) {
  FakeLedger ahead;
  for (int size : {1, 4, 3, 2}) ahead.AddCommand(size);
  const std::string note =
      *ledger::CosignNote(*ahead.SignCheckpoint(*ahead.FrontierAt(10)), auditor_, absl::Now());
  ledger_.AddCommandWhenAwaited(2);
  EXPECT_THAT(Add(note), IsOk());
  ledger_.AddCommandWhenAwaited(1);
  EXPECT_EQ(Get(11)->position(), 11u);
  ledger_.AddCommandWhenAwaited(1);
  EXPECT_EQ(Signed(ProveConsistency(10, 12)->checkpoint()).size, 12u);
}

TEST_F(LogProofsTest, EveryEntryIsProvenAtEverySize) {
  for (Position size = 1; size <= 8; ++size) {
    for (Position position = 0; position < size; ++position) {
      ASSERT_OK_AND_ASSIGN(auto response, ProveInclusion(position, size));
      const Hash leaf = ledger::LeafHash(ledger_.EntryAt(position));
      EXPECT_EQ(response.leaf_hash(), ledger::ToBytes(leaf));
      EXPECT_THAT(ledger::VerifyInclusion(leaf, position, size, ToProof(response.hashes()),
                                          Signed(response.checkpoint()).root),
                  IsOk());
    }
  }
}

TEST_F(LogProofsTest, AProofThatDoesNotHoldIsNotHandedOut) {
  ledger_.ChangeTree();
  EXPECT_THAT(ProveInclusion(2, 8), HasReason("LOG_CORRUPT"));
  EXPECT_THAT(ProveConsistency(3, 8), HasReason("LOG_CORRUPT"));
}

TEST_F(LogProofsTest, InclusionIsProvenInThePublishedLogUnlessASizeIsNamed) {
  EXPECT_EQ(Signed(ProveInclusion(2, 0)->checkpoint()).size, 8u);
  EXPECT_THAT(ProveInclusion(8, 0), HasReason("POSITION_BEYOND_END"));
  EXPECT_THAT(ProveInclusion(3, 3), HasReason("POSITION_BEYOND_END"));
  EXPECT_THAT(ProveInclusion(3, 9), HasReason("POSITION_BEYOND_END"));
}

TEST_F(LogProofsTest, EverySizeIsProvenToExtendEverySmallerOne) {
  for (Position second = 1; second <= 8; ++second) {
    for (Position first = 0; first <= second; ++first) {
      ASSERT_OK_AND_ASSIGN(auto response, ProveConsistency(first, second));
      const Checkpoint checkpoint = Signed(response.checkpoint());
      EXPECT_THAT(ledger::VerifyConsistency(first, Root(first), checkpoint.size, checkpoint.root,
                                            ToProof(response.hashes())),
                  IsOk());
    }
  }
  EXPECT_EQ(Signed(ProveConsistency(2, 0)->checkpoint()).size, 8u);
  EXPECT_THAT(ProveConsistency(9, 0), HasReason("POSITION_BEYOND_END"));
  EXPECT_THAT(ProveConsistency(5, 4), HasReason("POSITION_BEYOND_END"));
}

TEST_F(LogProofsTest, CosignaturesOfASizeStandBelowItsCheckpoint) {
  ASSERT_OK_AND_ASSIGN(auto first, Add(Cosigned(5, auditor_)));
  EXPECT_EQ(first.checkpoint(), Cosigned(5, auditor_));
  ASSERT_OK_AND_ASSIGN(auto second, Add(Cosigned(5, other_)));
  auto opened = ledger::OpenCosignedCheckpoint(second.checkpoint(), log_.name(), log_.verifier(),
                                               {auditor_.verifier(), other_.verifier()});
  ASSERT_THAT(opened, IsOk());
  EXPECT_EQ(opened->cosignatures.size(), 2u);
  EXPECT_EQ(Get(5)->checkpoint(), second.checkpoint());
  EXPECT_EQ(Get(0)->checkpoint(), Note(8));
}

TEST_F(LogProofsTest, TheNewestCosignedCheckpointIsFound) {
  EXPECT_THAT(Get(0, /*cosigned=*/true), HasReason("COSIGNATURE_NOT_FOUND"));
  ASSERT_THAT(Add(Cosigned(5, auditor_)), IsOk());
  ASSERT_THAT(Add(Cosigned(1, auditor_)), IsOk());
  ASSERT_OK_AND_ASSIGN(auto response, Get(0, /*cosigned=*/true));
  EXPECT_EQ(response.position(), 5u);
  EXPECT_EQ(response.checkpoint(), Cosigned(5, auditor_));
  EXPECT_THAT(Get(5, /*cosigned=*/true), HasReason("INVALID_FIELD"));
}

TEST_F(LogProofsTest, RowsThatNobodySignedSpoilNoCheckpoint) {
  ASSERT_THAT(Add(Cosigned(5, auditor_)), IsOk());
  const std::string note = Cosigned(1, auditor_), moved = note.substr(note.find("\n\n") + 2);
  const std::string line = moved.substr(moved.find('\n') + 1);
  ASSERT_THAT(ledger_.AddCosignatures(5, {{"x+00000000", "junk\n"}, {"y+00000000", line}}), IsOk());
  ASSERT_THAT(ledger_.AddCosignatures(8, {{"x+00000000", "junk"}, {"y+00000000", line}}), IsOk());
  EXPECT_EQ(Get(5)->checkpoint(), Cosigned(5, auditor_));
  EXPECT_EQ(Get(8)->checkpoint(), Note(8));
  ASSERT_OK_AND_ASSIGN(auto newest, Get(0, /*cosigned=*/true));
  EXPECT_EQ(newest.checkpoint(), Cosigned(5, auditor_)) << "not the newer one that nobody has cosigned";
  EXPECT_EQ(newest.position(), 5u);
}

TEST_F(LogProofsTest, RowsThatNameTheLogItselfSpoilNoCheckpoint) {
  const auto before = *SigningKey::FromSeed(log_.name(), std::string(32, 'p'), KeyType::kLog);
  for (const SigningKey* key : {&log_, &before}) {
    // Of another note: it bears the key's name and id, and is not its signature of this one.
    const std::string note = *ledger::SignCheckpoint({log_.name(), 5, ledger::Sha256("another")}, *key);
    const std::string line = note.substr(note.find("\n\n") + 2);
    ASSERT_THAT(ledger_.AddCosignatures(5, {{"x+" + line.substr(line.size() - 9, 8), line}}), IsOk());
  }
  EXPECT_EQ(Get(5)->checkpoint(), Note(5));
}

TEST_F(LogProofsTest, LongRowsMakeNoCheckpointTooLong) {
  ASSERT_THAT(Add(Cosigned(5, auditor_)), IsOk());
  for (const char* name : {"a", "x"}) {
    const std::string line =
        "— " + std::string(name) + " " + ledger::ToBase64(std::string(600'000, 'z')) + "\n";
    ASSERT_THAT(ledger_.AddCosignatures(5, {{std::string(name) + "+7a7a7a7a", line}}), IsOk());
  }
  const std::string note = Get(5)->checkpoint();
  ASSERT_LT(note.size(), ledger::kMaxNoteBytes / 2);
  EXPECT_EQ(note, Cosigned(5, auditor_));
}

TEST_F(LogProofsTest, ARepeatedCosignatureKeepsNoOtherOut) {
  ASSERT_THAT(Add(Cosigned(5, auditor_)), IsOk());
  ASSERT_THAT(Add(Cosigned(5, other_)), IsOk());
  const std::string both = Get(5)->checkpoint(), note = Cosigned(5, auditor_);
  const std::string line = note.substr(note.rfind("\n", note.size() - 2) + 1);
  for (int i = 0; i < 200; ++i) {
    ASSERT_THAT(ledger_.AddCosignatures(5, {{"a+" + std::to_string(i), line}}), IsOk());
  }
  auto opened = ledger::OpenCosignedCheckpoint(Get(5)->checkpoint(), log_.name(), log_.verifier(),
                                               {auditor_.verifier(), other_.verifier()});
  ASSERT_THAT(opened, IsOk());
  EXPECT_EQ(opened->cosignatures.size(), 2u);
  EXPECT_EQ(Get(5)->checkpoint().size(), both.size());
}

TEST_F(LogProofsTest, OfOneCosignerTheFirstCosignatureOfASizeStays) {
  ASSERT_THAT(Add(Cosigned(5, auditor_, 1'700'000'000)), IsOk());
  ASSERT_OK_AND_ASSIGN(auto response, Add(Cosigned(5, auditor_, 1'700'000'999)));
  EXPECT_EQ(response.checkpoint(), Cosigned(5, auditor_, 1'700'000'000));
}

TEST_F(LogProofsTest, AForkIsNamedWithBothRootsAndNotKept) {
  const Hash forged = ledger::Sha256("another past");
  const std::string note = *ledger::SignCheckpoint({log_.name(), 5, forged}, log_);
  const absl::Status status = Add(*ledger::CosignNote(note, auditor_, absl::Now())).status();
  ASSERT_THAT(status, HasReason("LOG_FORK"));
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  const auto facts = GetErrorInfo(status)->metadata();
  EXPECT_EQ(facts.at("expected"), ledger::ToBase64(ledger::ToBytes(Root(5))));
  EXPECT_EQ(facts.at("actual"), ledger::ToBase64(ledger::ToBytes(forged)));
  EXPECT_EQ(facts.at("size"), "5");
  EXPECT_EQ(Get(5)->checkpoint(), Note(5));
}

TEST_F(LogProofsTest, CosignaturesAreKeptOnlyOfKnownCosignersOnThisLogsSignature) {
  EXPECT_THAT(Add("no note"), HasReason("MALFORMED"));
  EXPECT_THAT(Add(Note(5)), HasReason("SIGNATURE_MISSING")) << "no cosignature";
  EXPECT_THAT(Add(Cosigned(5, CosignerKey('x'))), HasReason("SIGNATURE_MISSING"));
  const auto stranger = *SigningKey::FromSeed(log_.name(), std::string(32, 's'), KeyType::kLog);
  const std::string unsigned_by_log = *ledger::SignCheckpoint({log_.name(), 5, Root(5)}, stranger);
  EXPECT_THAT(Add(*ledger::CosignNote(unsigned_by_log, auditor_, absl::Now())),
              HasReason("SIGNATURE_MISSING"));
  std::string changed = Cosigned(5, auditor_);
  changed[changed.size() - 8] = changed[changed.size() - 8] == 'A' ? 'B' : 'A';
  EXPECT_THAT(Add(changed), HasReason("SIGNATURE_INVALID"));
  EXPECT_EQ(Get(5)->checkpoint(), Note(5));
}

TEST_F(LogProofsTest, WhatTheKeyBeforeSignedIsCosignedToo) {
  const auto before = *SigningKey::FromSeed(log_.name(), std::string(32, 'p'), KeyType::kLog);
  LogHandlers both(ledger_, {{log_.verifier(), before.verifier()}, {auditor_.verifier()}});
  log::v1::AddCosignatureRequest request;
  request.set_checkpoint(*ledger::CosignNote(*ledger::SignCheckpoint({log_.name(), 5, Root(5)}, before),
                                             auditor_, absl::FromUnixSeconds(1'700'000'000)));
  ASSERT_OK_AND_ASSIGN(auto response, both.AddCosignature(call_, request));
  EXPECT_EQ(response.checkpoint(), Cosigned(5, auditor_));
}

TEST_F(LogProofsTest, ACheckpointBeyondTheLogIsNotCosigned) {
  const std::string note = *ledger::SignCheckpoint({log_.name(), 9, Root(8)}, log_);
  EXPECT_THAT(Add(*ledger::CosignNote(note, auditor_, absl::Now())), HasReason("POSITION_BEYOND_END"));
}

TEST_F(LogProofsTest, DigestsAreOfTheStateThatWasAskedFor) {
  log::v1::GetStateDigestRequest request;
  EXPECT_EQ(handlers_.GetStateDigest(call_, request)->position(), 8u);
  request.mutable_as_of()->set_size(5);
  ASSERT_OK_AND_ASSIGN(auto response, handlers_.GetStateDigest(call_, request));
  EXPECT_EQ(response.position(), 5u);
  EXPECT_EQ(response.state_digest(), ledger::ToBytes(ledger::Sha256("5")));
}

}  // namespace
}  // namespace seisaku::rpc
