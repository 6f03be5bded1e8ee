#include "services/ledger/tree/checkpoint.h"

#include <gtest/gtest.h>

#include "services/base/status.h"
#include "services/ledger/tree/note.h"

namespace seisaku::ledger {
namespace {

// The example of C2SP tlog-checkpoint.
constexpr std::string_view kExample =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
constexpr std::string_view kRoot = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

SigningKey KeyOf(std::string_view name, char seed) {
  return *SigningKey::FromSeed(name, std::string(32, seed), KeyType::kLog);
}

TEST(CheckpointTest, ReadsAndWritesTheExampleOfTheSpecification) {
  auto checkpoint = ParseCheckpoint(kExample);
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  EXPECT_EQ(checkpoint->origin, "example.com/behind-the-sofa");
  EXPECT_EQ(checkpoint->size, 20'852'163u);
  EXPECT_EQ(ToBase64(ToBytes(checkpoint->root)), kRoot);
  EXPECT_EQ(Format(*checkpoint), kExample);
}

TEST(CheckpointTest, CarriesTheSmallestAndTheLargestSize) {
  for (uint64_t size : {uint64_t{0}, UINT64_MAX}) {
    const Checkpoint checkpoint{"log", size, EmptyRoot()};
    auto read = ParseCheckpoint(Format(checkpoint));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, checkpoint);
  }
}

TEST(CheckpointTest, RefusesEveryOtherForm) {
  const std::string root(kRoot);
  const std::string others[] = {"",
                                "log\n",
                                "log\n1\n",
                                "log\n1\n" + root,
                                "\n1\n" + root + "\n",
                                "two words\n1\n" + root + "\n",
                                "log\n01\n" + root + "\n",
                                "log\n+1\n" + root + "\n",
                                "log\n-1\n" + root + "\n",
                                "log\n 1\n" + root + "\n",
                                "log\n1 \n" + root + "\n",
                                "log\n\n" + root + "\n",
                                "log\n0x1\n" + root + "\n",
                                "log\n18446744073709551616\n" + root + "\n",
                                "log\n1\n" + root + "=\n",
                                "log\n1\nAAAA\n",
                                "log\n1\n" + root + "\n\n",
                                "log\n1\n" + root + "\nextension\n",
                                "log\n1\r\n" + root + "\n"};
  for (const std::string& text : others) {
    EXPECT_EQ(ReasonOf(ParseCheckpoint(text).status()), "MALFORMED") << text;
  }
}

TEST(CheckpointTest, OpensWhatTheLogSigned) {
  const SigningKey key = KeyOf("city.example/catalog", 'a');
  const Checkpoint checkpoint{"city.example/catalog", 7, Sha256("root")};
  auto note = SignCheckpoint(checkpoint, key);
  ASSERT_TRUE(note.ok()) << note.status();
  auto opened = OpenCheckpoint(*note, checkpoint.origin, key.verifier());
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(*opened, checkpoint);
}

TEST(CheckpointTest, RefusesAnotherKeyAnotherSizeAndAnotherLog) {
  const SigningKey key = KeyOf("catalog", 'a');
  const std::string note = *SignCheckpoint({"catalog", 7, Sha256("root")}, key);
  EXPECT_EQ(ReasonOf(OpenCheckpoint(note, "catalog", KeyOf("catalog", 'b').verifier()).status()),
            "SIGNATURE_MISSING");
  std::string larger = note;
  larger[larger.find('7')] = '8';
  EXPECT_EQ(ReasonOf(OpenCheckpoint(larger, "catalog", key.verifier()).status()), "SIGNATURE_INVALID");
  EXPECT_EQ(ReasonOf(OpenCheckpoint(note, "progress", key.verifier()).status()), "ORIGIN_MISMATCH");
  EXPECT_EQ(ReasonOf(OpenCheckpoint(*SignNote("no checkpoint\n", key), "catalog", key.verifier()).status()),
            "MALFORMED");
}

TEST(CheckpointTest, IsSignedOnlyByTheKeyOfItsOrigin) {
  EXPECT_EQ(ReasonOf(SignCheckpoint({"catalog", 7, Sha256("root")}, KeyOf("progress", 'a')).status()),
            "MALFORMED");
}

}  // namespace
}  // namespace seisaku::ledger
