// The vectors that Certificate Transparency's reference implementation publishes for RFC 6962: eight entries,
// the roots over the first 0 to 8 of them (frontier_test.cc has these too), and proofs.
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "services/base/status.h"
#include "services/ledger/tree/proof.h"
#include "tests/unit/ledger_tree/reference_tree.h"
#include "tests/unit/ledger_tree/tile_store.h"

namespace seisaku::ledger {
namespace {

constexpr char kLeaf0[] = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
constexpr char kLeaf1[] = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
constexpr char kLeaf4[] = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
constexpr char kRoot01[] = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125";
constexpr char kRoot23[] = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
constexpr char kRoot45[] = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";
constexpr char kRoot67[] = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
constexpr char kRoot03[] = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7";
constexpr char kRoot47[] = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";

struct Published {
  uint64_t first;  // the leaf's index, or the smaller size
  uint64_t size;
  std::vector<std::string> proof;
};

const Published kInclusion[] = {{0, 1, {}},
                                {0, 8, {kLeaf1, kRoot23, kRoot47}},
                                {5, 8, {kLeaf4, kRoot67, kRoot03}},
                                {2, 3, {kRoot01}},
                                {1, 5, {kLeaf0, kRoot23, kLeaf4}}};

const Published kConsistency[] = {{1, 1, {}},
                                  {1, 8, {kLeaf1, kRoot23, kRoot47}},
                                  {6, 8, {kRoot45, kRoot67, kRoot03}},
                                  {2, 5, {kRoot23, kLeaf4}}};

Hash FromHex(const std::string& hex) { return *HashFromBytes(absl::HexStringToBytes(hex)); }

Proof FromHex(const std::vector<std::string>& hashes) {
  Proof proof;
  for (const std::string& hash : hashes) proof.push_back(FromHex(hash));
  return proof;
}

// Proofs that differ from `proof` in one thing.
std::vector<Proof> Spoilt(const Proof& proof) {
  std::vector<Proof> spoilt = {proof, proof, proof, proof};
  spoilt[0].push_back(EmptyRoot());
  spoilt[1].insert(spoilt[1].begin(), EmptyRoot());
  spoilt[2].push_back(proof.empty() ? Hash{} : proof.back());
  spoilt[3].push_back(Hash{});
  for (size_t i = 0; i < proof.size(); ++i) {
    Proof missing = proof, changed = proof, swapped = proof;
    missing.erase(missing.begin() + static_cast<ptrdiff_t>(i));
    changed[i][i] ^= 0x80;
    spoilt.push_back(missing);
    spoilt.push_back(changed);
    if (i == 0) continue;
    std::swap(swapped[i - 1], swapped[i]);
    spoilt.push_back(swapped);
  }
  return spoilt;
}

class VectorsTest : public ::testing::Test {
 protected:
  VectorsTest() {
    for (const std::string& entry : testing::VectorEntries()) store_.Append(LeafHash(entry));
  }
  Hash Root(uint64_t size) { return FromHex(testing::VectorRoots().at(size)); }

  testing::TileStore store_;
};

TEST_F(VectorsTest, RootsAreThePublishedOnes) {
  for (uint64_t size = 0; size <= 8; ++size) {
    TiledHashes hashes = store_.Hashes();
    auto frontier = FrontierAt(size, hashes);
    ASSERT_TRUE(frontier.ok()) << frontier.status();
    EXPECT_EQ(frontier->Root(), Root(size)) << size;
  }
}

TEST_F(VectorsTest, InclusionProofsAreThePublishedOnes) {
  for (const Published& published : kInclusion) {
    SCOPED_TRACE(std::to_string(published.first) + " of " + std::to_string(published.size));
    TiledHashes hashes = store_.Hashes();
    auto proof = InclusionProof(published.first, published.size, hashes);
    ASSERT_TRUE(proof.ok()) << proof.status();
    EXPECT_EQ(*proof, FromHex(published.proof));
    const Hash& leaf = store_.leaves[published.first];
    EXPECT_TRUE(VerifyInclusion(leaf, published.first, published.size, *proof, Root(published.size)).ok());
  }
}

TEST_F(VectorsTest, ConsistencyProofsAreThePublishedOnes) {
  for (const Published& published : kConsistency) {
    SCOPED_TRACE(std::to_string(published.first) + " to " + std::to_string(published.size));
    TiledHashes hashes = store_.Hashes();
    auto proof = ConsistencyProof(published.first, published.size, hashes);
    ASSERT_TRUE(proof.ok()) << proof.status();
    EXPECT_EQ(*proof, FromHex(published.proof));
    EXPECT_TRUE(VerifyConsistency(published.first, Root(published.first), published.size,
                                  Root(published.size), *proof)
                    .ok());
  }
}

TEST_F(VectorsTest, NoSpoiltInclusionProofHolds) {
  for (const Published& published : kInclusion) {
    const auto [index, size, hashes] = published;
    const Hash leaf = store_.leaves[index];
    const Proof proof = FromHex(hashes);
    for (const Proof& spoilt : Spoilt(proof)) {
      EXPECT_EQ(ReasonOf(VerifyInclusion(leaf, index, size, spoilt, Root(size))), "PROOF_INVALID");
    }
    for (uint64_t other = 0; other <= 8; ++other) {
      EXPECT_EQ(VerifyInclusion(leaf, other, size, proof, Root(size)).ok(), other == index);
      EXPECT_EQ(VerifyInclusion(leaf, index, size, proof, Root(other)).ok(), other == size);
    }
    // The whole entry in the place of its hash, and a node in the place of a leaf.
    EXPECT_FALSE(
        VerifyInclusion(Sha256(testing::VectorEntries()[index]), index, size, proof, Root(size)).ok());
    EXPECT_FALSE(VerifyInclusion(FromHex(kRoot01), index, size, proof, Root(size)).ok());
  }
}

TEST_F(VectorsTest, NoSpoiltConsistencyProofHolds) {
  for (const Published& published : kConsistency) {
    const auto [size1, size2, hashes] = published;
    const Proof proof = FromHex(hashes);
    for (const Proof& spoilt : Spoilt(proof)) {
      EXPECT_EQ(ReasonOf(VerifyConsistency(size1, Root(size1), size2, Root(size2), spoilt)), "PROOF_INVALID");
    }
    for (uint64_t other = 0; other <= 8; ++other) {
      EXPECT_EQ(VerifyConsistency(size1, Root(other), size2, Root(size2), proof).ok(), other == size1);
      EXPECT_EQ(VerifyConsistency(size1, Root(size1), size2, Root(other), proof).ok(), other == size2);
    }
  }
}

}  // namespace
}  // namespace seisaku::ledger
