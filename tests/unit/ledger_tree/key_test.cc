#include "services/ledger/tree/key.h"

#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "services/base/status.h"
#include "services/ledger/tree/hash.h"

namespace seisaku::ledger {
namespace {

// RFC 8032 §7.1, test 2.
const std::string kSeed =
    absl::HexStringToBytes("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
const std::string kPublicKey =
    absl::HexStringToBytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
const std::string kSignatureOf0x72 = absl::HexStringToBytes(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");

TEST(KeyTest, SignsAsRfc8032Says) {
  auto key = SigningKey::FromSeed("log", kSeed, KeyType::kLog);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->Sign("\x72"), kSignatureOf0x72);
  EXPECT_TRUE(key->verifier().Verify("\x72", kSignatureOf0x72));
  EXPECT_FALSE(key->verifier().Verify("\x73", kSignatureOf0x72));
  EXPECT_FALSE(key->verifier().Verify("\x72", kSignatureOf0x72.substr(1)));
  EXPECT_FALSE(key->verifier().Verify("\x72", ""));
}

TEST(KeyTest, TheIdIsTheStartOfTheHashOfNameTypeAndPublicKey) {
  auto log = SigningKey::FromSeed("log", kSeed, KeyType::kLog);
  auto cosigner = SigningKey::FromSeed("log", kSeed, KeyType::kCosigner);
  ASSERT_TRUE(log.ok() && cosigner.ok());
  const std::string log_id = ToHex(Sha256("log\n\x01" + kPublicKey)).substr(0, 8);
  EXPECT_EQ(log->verifier().ToString(), "log+" + log_id + "+" + ToBase64("\x01" + kPublicKey));
  const std::string cosigner_id = ToHex(Sha256("log\n\x04" + kPublicKey)).substr(0, 8);
  EXPECT_EQ(cosigner->verifier().ToString(), "log+" + cosigner_id + "+" + ToBase64("\x04" + kPublicKey));
  EXPECT_NE(log->verifier().id(), cosigner->verifier().id());
}

TEST(KeyTest, BothTextsReadBackAsTheSameKey) {
  for (KeyType type : {KeyType::kLog, KeyType::kCosigner}) {
    auto key = SigningKey::Generate("log.example/伊勢崎", type);
    ASSERT_TRUE(key.ok()) << key.status();
    auto read = SigningKey::Parse(key->ToSecretString());
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->ToSecretString(), key->ToSecretString());
    auto verifier = VerifierKey::Parse(key->verifier().ToString());
    ASSERT_TRUE(verifier.ok()) << verifier.status();
    EXPECT_EQ(verifier->type(), type);
    EXPECT_EQ(verifier->id(), key->verifier().id());
    EXPECT_TRUE(verifier->Verify("message", read->Sign("message")));
  }
}

TEST(KeyTest, GeneratedKeysDiffer) {
  EXPECT_NE(SigningKey::Generate("log", KeyType::kLog)->ToSecretString(),
            SigningKey::Generate("log", KeyType::kLog)->ToSecretString());
}

TEST(KeyTest, ThePrivateKeyFileIsTheDocumentedText) {
  auto key = SigningKey::FromSeed("log", kSeed, KeyType::kLog);
  ASSERT_TRUE(key.ok());
  const std::string id = ToHex(Sha256("log\n\x01" + kPublicKey)).substr(0, 8);
  EXPECT_EQ(key->ToSecretString(), "PRIVATE+KEY+log+" + id + "+" + ToBase64("\x01" + kSeed));
}

TEST(KeyTest, RefusesOtherTextsAndNeverRepeatsASecret) {
  const std::string id = ToHex(Sha256("log\n\x01" + kPublicKey)).substr(0, 8);
  const std::string public_part = ToBase64("\x01" + kPublicKey), secret = ToBase64("\x01" + kSeed);
  ASSERT_TRUE(VerifierKey::Parse("log+" + id + "+" + public_part).ok());
  for (const std::string& text :
       {std::string(), std::string("log"), "log+" + id, "+" + id + "+" + public_part, "log+" + public_part,
        "log+00000000+" + public_part, "other+" + id + "+" + public_part,
        "log+" + id + "+" + public_part + "\n", "log+" + id + "+" + ToBase64("\x02" + kPublicKey),
        "log+" + id + "+" + ToBase64(kPublicKey), "PRIVATE+KEY+log+" + id + "+" + secret}) {
    EXPECT_EQ(ReasonOf(VerifierKey::Parse(text).status()), "MALFORMED") << text;
  }
  ASSERT_TRUE(SigningKey::Parse("PRIVATE+KEY+log+" + id + "+" + secret).ok());
  for (const std::string& text :
       {std::string(), std::string("PRIVATE+KEY+"), "log+" + id + "+" + secret,
        "PRIVATE+KEY+log+00000000+" + secret, "PRIVATE+KEY+log+" + id + "+" + secret + "\n"}) {
    const absl::Status refused = SigningKey::Parse(text).status();
    EXPECT_EQ(ReasonOf(refused), "MALFORMED") << text;
    EXPECT_EQ(refused.ToString().find(secret), std::string::npos);
  }
}

TEST(KeyTest, ASeedHas32Bytes) {
  EXPECT_FALSE(SigningKey::FromSeed("log", std::string(31, 'x'), KeyType::kLog).ok());
  EXPECT_FALSE(SigningKey::FromSeed("log", "", KeyType::kLog).ok());
}

TEST(KeyTest, ANameHasNoSpacePlusOrControlCharacter) {
  EXPECT_TRUE(IsKeyName("log.example/isesaki-1"));
  EXPECT_TRUE(IsKeyName("政策"));
  for (std::string_view name : {"", "a b", "a+b", "a\tb", "a\n", "全角\u3000空白", "a\u00a0b", "\xff"}) {
    EXPECT_FALSE(IsKeyName(name)) << name;
    EXPECT_FALSE(SigningKey::FromSeed(name, kSeed, KeyType::kLog).ok()) << name;
  }
}

}  // namespace
}  // namespace seisaku::ledger
