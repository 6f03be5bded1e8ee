#include "services/ledger/tree/key.h"

#include <gtest/gtest.h>

#include "services/ledger/tree/checkpoint.h"
#include "tests/support/matchers.h"

namespace seisaku::ledger {
namespace {

SigningKey KeyOf(std::string_view name, char seed, KeyType type = KeyType::kLog) {
  return SigningKey::FromSeed(name, std::string(32, seed), type).value();
}

std::string TextOf(const SigningKey& key) { return key.verifier().ToString(); }

// What `next` signs when it takes the place of `previous`.
std::string Consent(const SigningKey& previous, const SigningKey& next) {
  return next.Sign(RotationStatement(TextOf(previous), TextOf(next)));
}

TEST(KeyRotationTest, TheStatementIsTheDocumentedBytes) {
  EXPECT_EQ(RotationStatement("a+00000001+x", "a+00000002+y"),
            "seisaku key rotation v1\na+00000001+x\na+00000002+y\n");
}

TEST(KeyRotationTest, TheNextKeyAgreesToBeIt) {
  const SigningKey previous = KeyOf("city.example/log", 'a'), next = KeyOf("city.example/log", 'b');
  auto opened = OpenKeyRotation(TextOf(previous), TextOf(next), Consent(previous, next));
  ASSERT_THAT(opened.status(), IsOk());
  EXPECT_EQ(opened->previous.id(), previous.verifier().id());
  EXPECT_EQ(opened->next.id(), next.verifier().id());
}

TEST(KeyRotationTest, NobodyElseCanAgreeForIt) {
  const SigningKey previous = KeyOf("city.example/log", 'a'), next = KeyOf("city.example/log", 'b');
  const SigningKey third = KeyOf("city.example/log", 'c');
  const auto open = [&](const std::string& signature) {
    return OpenKeyRotation(TextOf(previous), TextOf(next), signature).status();
  };
  EXPECT_THAT(open(previous.Sign(RotationStatement(TextOf(previous), TextOf(next)))),
              HasReason("SIGNATURE_INVALID"));
  EXPECT_THAT(open(Consent(third, next)), HasReason("SIGNATURE_INVALID"))
      << "it agreed to follow another key";
  EXPECT_THAT(open(""), HasReason("SIGNATURE_INVALID"));
  // What the next key has signed elsewhere is no consent.
  const Checkpoint checkpoint = {.origin = "city.example/log", .size = 1, .root = Sha256("root")};
  EXPECT_THAT(open(next.Sign(Format(checkpoint))), HasReason("SIGNATURE_INVALID"));
}

TEST(KeyRotationTest, BothAreDifferentKeysOfOneLog) {
  const SigningKey key = KeyOf("city.example/log", 'a');
  for (const SigningKey& next :
       {key, KeyOf("city.example/other", 'b'), KeyOf("city.example/log", 'b', KeyType::kCosigner)}) {
    EXPECT_THAT(OpenKeyRotation(TextOf(key), TextOf(next), Consent(key, next)).status(),
                HasReason("MALFORMED"))
        << TextOf(next);
  }
  EXPECT_THAT(OpenKeyRotation(TextOf(key), "no key", std::string(64, 'x')).status(), HasReason("MALFORMED"));
}

}  // namespace
}  // namespace seisaku::ledger
