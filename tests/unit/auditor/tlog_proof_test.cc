#include "tools/auditor/evidence/tlog_proof.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/ledger/tree/hash.h"
#include "tests/support/matchers.h"

namespace seisaku::auditor {
namespace {

TEST(TlogProofTest, IsWrittenAsC2spSays) {
  const ledger::Hash hash = ledger::Sha256("x");
  const TlogProof proof{.index = 5, .hashes = {hash}, .checkpoint = "city\n7\nroot\n\n— city sig\n"};
  EXPECT_EQ(Format(proof), "c2sp.org/tlog-proof@v1\nindex 5\n" + ledger::ToBase64(ledger::ToBytes(hash)) +
                               "\n\ncity\n7\nroot\n\n— city sig\n");
}

TEST(TlogProofTest, IsReadAsItWasWritten) {
  for (size_t count : {0, 1, 20}) {
    const TlogProof proof{
        .index = 1u << 31, .hashes = ledger::Proof(count, ledger::Sha256("x")), .checkpoint = "note\n"};
    ASSERT_OK_AND_ASSIGN(const TlogProof read, ParseTlogProof(Format(proof)));
    EXPECT_EQ(read.index, proof.index);
    EXPECT_EQ(read.hashes, proof.hashes);
    EXPECT_EQ(read.checkpoint, proof.checkpoint);
  }
}

TEST(TlogProofTest, ExtraDataIsPassedOver) {
  ASSERT_OK_AND_ASSIGN(const TlogProof read,
                       ParseTlogProof("c2sp.org/tlog-proof@v1\nextra AAAA\nindex 3\n\nnote\n"));
  EXPECT_EQ(read.index, 3u);
}

TEST(TlogProofTest, AnythingElseIsMalformed) {
  for (const char* text :
       {"", "c2sp.org/tlog-proof@v1\n", "c2sp.org/tlog-proof@v2\nindex 3\n\nnote\n",
        "c2sp.org/tlog-proof@v1\nindex x\n\nnote\n", "c2sp.org/tlog-proof@v1\nindex 3x\n\nnote\n",
        "c2sp.org/tlog-proof@v1\nindex 3\nAAAA\n\nnote\n", "c2sp.org/tlog-proof@v1\nindex 3\n!\n\nnote\n",
        "c2sp.org/tlog-proof@v1\nindex 3\n"}) {
    EXPECT_THAT(ParseTlogProof(text).status(), HasReason("MALFORMED")) << text;
  }
}

}  // namespace
}  // namespace seisaku::auditor
