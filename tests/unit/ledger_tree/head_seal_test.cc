#include "services/ledger/tree/checkpoint.h"

#include <gtest/gtest.h>

#include "services/ledger/tree/note.h"
#include "tests/support/matchers.h"

namespace seisaku::ledger {
namespace {

SigningKey KeyOf(std::string_view name, char seed, KeyType type = KeyType::kLog) {
  return SigningKey::FromSeed(name, std::string(32, seed), type).value();
}

Checkpoint HeadOf(uint64_t size) {
  return {.origin = "city.example/log", .size = size, .root = Sha256(std::to_string(size))};
}

TEST(HeadSealTest, AHeadIsSealedByOneOfTheLogsKeys) {
  const SigningKey before = KeyOf("city.example/log", 'a'), now = KeyOf("city.example/log", 'b');
  const std::string seal = SealHead(HeadOf(3), 77, now);
  EXPECT_EQ(seal.size(), kSealBytes);
  const VerifierKey both[] = {before.verifier(), now.verifier()};
  EXPECT_THAT(CheckSeal(HeadOf(3), 77, seal, both), IsOk());
  EXPECT_THAT(CheckSeal(HeadOf(3), 77, seal, {&both[0], 1}), HasReason("LOG_CORRUPT"));
}

TEST(HeadSealTest, NothingElseHasThatSeal) {
  const SigningKey key = KeyOf("city.example/log", 'a');
  const VerifierKey keys[] = {key.verifier()};
  const std::string seal = SealHead(HeadOf(3), 77, key);
  Checkpoint other = HeadOf(3);
  other.root[31] ^= 1;
  EXPECT_THAT(CheckSeal(other, 77, seal, keys), HasReason("LOG_CORRUPT"));
  other = HeadOf(3);
  other.size = 4;
  EXPECT_THAT(CheckSeal(other, 77, seal, keys), HasReason("LOG_CORRUPT"));
  EXPECT_THAT(CheckSeal(HeadOf(3), 78, seal, keys), HasReason("LOG_CORRUPT"));
  other = HeadOf(3);
  other.origin = "city.example/other";
  EXPECT_THAT(CheckSeal(other, 77, seal, keys), HasReason("LOG_CORRUPT"));
  EXPECT_THAT(CheckSeal(HeadOf(3), 77, "", keys), HasReason("LOG_CORRUPT"));
  EXPECT_THAT(CheckSeal(HeadOf(3), 77, seal + "x", keys), HasReason("LOG_CORRUPT"));
  for (size_t i = 0; i < seal.size(); ++i) {
    std::string changed = seal;
    changed[i] ^= 1;
    EXPECT_THAT(CheckSeal(HeadOf(3), 77, changed, keys), HasReason("LOG_CORRUPT")) << i;
  }
}

TEST(HeadSealTest, AnotherLogsKeyAndACosignersSealNothing) {
  const SigningKey other = KeyOf("city.example/other", 'a');
  const SigningKey cosigner = KeyOf("city.example/log", 'a', KeyType::kCosigner);
  const VerifierKey keys[] = {other.verifier(), cosigner.verifier()};
  EXPECT_THAT(CheckSeal(HeadOf(3), 77, SealHead(HeadOf(3), 77, other), keys), HasReason("LOG_CORRUPT"));
  EXPECT_THAT(CheckSeal(HeadOf(3), 77, SealHead(HeadOf(3), 77, cosigner), keys), HasReason("LOG_CORRUPT"));
}

TEST(HeadSealTest, ACheckpointsSignatureIsNoSeal) {
  const SigningKey key = KeyOf("city.example/log", 'a');
  const VerifierKey keys[] = {key.verifier()};
  const std::string signature = key.Sign(Format(HeadOf(3)));
  const std::string seal = SealHead(HeadOf(3), 0, key);
  EXPECT_THAT(CheckSeal(HeadOf(3), 0, seal.substr(0, 4) + signature, keys), HasReason("LOG_CORRUPT"));
  EXPECT_FALSE(key.verifier().Verify(Format(HeadOf(3)), seal.substr(4)));
}

}  // namespace
}  // namespace seisaku::ledger
