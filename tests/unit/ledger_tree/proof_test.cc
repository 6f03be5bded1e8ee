#include "services/ledger/tree/proof.h"

#include <gtest/gtest.h>

#include "services/base/status.h"
#include "tests/unit/ledger_tree/reference_tree.h"
#include "tests/unit/ledger_tree/tile_store.h"

namespace seisaku::ledger {
namespace {

using testing::ReferenceRoot;
using testing::TileStore;

constexpr uint64_t kSizes = 300;

TileStore StoreOf(uint64_t size) {
  TileStore store;
  for (const Hash& leaf : testing::MakeLeaves(size)) store.Append(leaf);
  return store;
}

// The reference is slow: it is asked at small sizes, around the edges of tiles and powers of two, and at the
// end.
constexpr uint64_t kTellingSizes[] = {1,  2,  3,  4,   5,   6,   7,   8,   9,     31,
                                      33, 63, 64, 100, 128, 255, 256, 257, kSizes};

class ProofTest : public ::testing::Test {
 protected:
  Proof Inclusion(uint64_t index, uint64_t size) {
    TiledHashes hashes = store_.Hashes();
    auto proof = InclusionProof(index, size, hashes);
    EXPECT_TRUE(proof.ok()) << proof.status();
    return proof.value_or(Proof());
  }
  Proof Consistency(uint64_t size1, uint64_t size2) {
    TiledHashes hashes = store_.Hashes();
    auto proof = ConsistencyProof(size1, size2, hashes);
    EXPECT_TRUE(proof.ok()) << proof.status();
    return proof.value_or(Proof());
  }
  Hash Root(uint64_t size) { return ReferenceRoot(store_.leaves, 0, size); }

  TileStore store_ = StoreOf(kSizes);
};

TEST_F(ProofTest, RootAtEverySizeIsTheRootOfTheDefinition) {
  for (uint64_t size = 0; size <= kSizes; ++size) {
    TiledHashes hashes = store_.Hashes();
    auto frontier = FrontierAt(size, hashes);
    ASSERT_TRUE(frontier.ok()) << frontier.status();
    EXPECT_EQ(frontier->Root(), Root(size)) << size;
  }
}

TEST_F(ProofTest, EveryLeafIsProvenInATreeOfEverySize) {
  testing::ReferenceSubtrees subtrees(store_.leaves);
  for (uint64_t size = 1; size <= kSizes; ++size) {
    const Hash root = Root(size);
    for (uint64_t index = 0; index < size; ++index) {
      auto proof = InclusionProof(index, size, subtrees);
      ASSERT_TRUE(proof.ok()) << proof.status();
      const absl::Status verified = VerifyInclusion(store_.leaves[index], index, size, *proof, root);
      ASSERT_TRUE(verified.ok()) << index << " of " << size << ": " << verified;
    }
  }
}

TEST_F(ProofTest, EverySizeIsProvenToExtendEverySmallerOne) {
  testing::ReferenceSubtrees subtrees(store_.leaves);
  std::vector<Hash> roots;
  for (uint64_t size = 0; size <= kSizes; ++size) roots.push_back(Root(size));
  for (uint64_t size2 = 1; size2 <= kSizes; ++size2) {
    for (uint64_t size1 = 0; size1 <= size2; ++size1) {
      auto proof = ConsistencyProof(size1, size2, subtrees);
      ASSERT_TRUE(proof.ok()) << proof.status();
      const absl::Status verified = VerifyConsistency(size1, roots[size1], size2, roots[size2], *proof);
      ASSERT_TRUE(verified.ok()) << size1 << " to " << size2 << ": " << verified;
    }
  }
}

TEST_F(ProofTest, ProofsFromTilesAreThoseOfTheDefinition) {
  for (uint64_t size : kTellingSizes) {
    for (uint64_t other = 0; other < size; ++other) {
      ASSERT_EQ(Inclusion(other, size), testing::ReferencePath(other, store_.leaves, 0, size))
          << other << " of " << size;
      if (other == 0) continue;
      ASSERT_EQ(Consistency(other, size), testing::ReferenceProof(other, store_.leaves, size))
          << other << " to " << size;
    }
  }
}

TEST_F(ProofTest, EveryTreeExtendsTheEmptyOne) {
  EXPECT_TRUE(Consistency(0, kSizes).empty());
  EXPECT_TRUE(VerifyConsistency(0, EmptyRoot(), kSizes, Root(kSizes), {}).ok());
  EXPECT_TRUE(VerifyConsistency(0, EmptyRoot(), 0, EmptyRoot(), {}).ok());
  EXPECT_FALSE(VerifyConsistency(0, Root(1), kSizes, Root(kSizes), {}).ok());
  EXPECT_FALSE(VerifyConsistency(0, EmptyRoot(), kSizes, Root(kSizes), {Root(1)}).ok());
}

TEST_F(ProofTest, AskingBeyondTheTreeIsOutOfRange) {
  TiledHashes hashes = store_.Hashes();
  EXPECT_EQ(ReasonOf(InclusionProof(5, 5, hashes).status()), "TREE_RANGE");
  EXPECT_EQ(ReasonOf(InclusionProof(0, 0, hashes).status()), "TREE_RANGE");
  EXPECT_EQ(ReasonOf(InclusionProof(0, kSizes + 1, hashes).status()), "TREE_RANGE");
  EXPECT_EQ(ReasonOf(ConsistencyProof(6, 5, hashes).status()), "TREE_RANGE");
  EXPECT_EQ(ReasonOf(ConsistencyProof(6, kSizes + 1, hashes).status()), "TREE_RANGE");
}

TEST_F(ProofTest, InclusionRefusesEveryFlippedBitOfAnyHash) {
  for (uint64_t size : {1, 2, 7, 8, 257, 300}) {
    for (uint64_t index : {uint64_t{0}, size / 2, size - 1}) {
      const Proof proof = Inclusion(index, size);
      for (size_t flipped = 0; flipped < proof.size(); ++flipped) {
        Proof changed = proof;
        changed[flipped][flipped % 32] ^= 0x10;
        EXPECT_EQ(ReasonOf(VerifyInclusion(store_.leaves[index], index, size, changed, Root(size))),
                  "PROOF_INVALID");
      }
      Hash leaf = store_.leaves[index], root = Root(size);
      leaf[31] ^= 1;
      EXPECT_FALSE(VerifyInclusion(leaf, index, size, proof, Root(size)).ok());
      root[0] ^= 0x80;
      EXPECT_FALSE(VerifyInclusion(store_.leaves[index], index, size, proof, root).ok());
    }
  }
}

TEST_F(ProofTest, InclusionRefusesAnotherIndexAndAnotherLength) {
  for (uint64_t size = 1; size <= 24; ++size) {
    for (uint64_t index = 0; index < size; ++index) {
      const Proof proof = Inclusion(index, size);
      const Hash& leaf = store_.leaves[index];
      for (uint64_t wrong = 0; wrong <= size; ++wrong) {
        if (wrong != index) {
          ASSERT_FALSE(VerifyInclusion(leaf, wrong, size, proof, Root(size)).ok())
              << index << " as " << wrong;
        }
      }
      Proof longer = proof, shorter = proof;
      longer.push_back(leaf);
      ASSERT_FALSE(VerifyInclusion(leaf, index, size, longer, Root(size)).ok());
      if (shorter.empty()) continue;
      shorter.pop_back();
      ASSERT_FALSE(VerifyInclusion(leaf, index, size, shorter, Root(size)).ok());
    }
  }
}

TEST_F(ProofTest, ConsistencyRefusesWhatWasChanged) {
  for (uint64_t size2 = 2; size2 <= 40; ++size2) {
    for (uint64_t size1 = 1; size1 < size2; ++size1) {
      const Proof proof = Consistency(size1, size2);
      const Hash root1 = Root(size1), root2 = Root(size2);
      for (size_t i = 0; i < proof.size(); ++i) {
        Proof changed = proof;
        changed[i][i % 32] ^= 1;
        ASSERT_EQ(ReasonOf(VerifyConsistency(size1, root1, size2, root2, changed)), "PROOF_INVALID");
      }
      Proof longer = proof, shorter = proof;
      longer.push_back(root1);
      shorter.pop_back();
      ASSERT_FALSE(VerifyConsistency(size1, root1, size2, root2, longer).ok());
      ASSERT_FALSE(VerifyConsistency(size1, root1, size2, root2, shorter).ok());
      ASSERT_FALSE(VerifyConsistency(size1, root1, size2, root2, {}).ok());
      ASSERT_FALSE(VerifyConsistency(size1, root2, size2, root2, proof).ok());
      ASSERT_FALSE(VerifyConsistency(size1, root1, size2, root1, proof).ok());
      ASSERT_FALSE(VerifyConsistency(size2, root2, size1, root1, proof).ok());
    }
  }
}

TEST_F(ProofTest, SizesAtTheLimitOf64BitsAreJudgedToo) {
  EXPECT_FALSE(VerifyInclusion(Root(1), 0, UINT64_MAX, {}, Root(1)).ok());
  EXPECT_FALSE(VerifyInclusion(Root(1), UINT64_MAX - 1, UINT64_MAX, Proof(64), Root(1)).ok());
  EXPECT_FALSE(VerifyInclusion(Root(1), UINT64_MAX, UINT64_MAX, {}, Root(1)).ok());
  EXPECT_FALSE(VerifyConsistency(1, Root(1), UINT64_MAX, Root(2), Proof(64)).ok());
  EXPECT_FALSE(VerifyConsistency(uint64_t{1} << 63, Root(1), UINT64_MAX, Root(2), Proof(1)).ok());
}

TEST_F(ProofTest, TwoRootsForOneSizeAreAFork) {
  EXPECT_TRUE(VerifyConsistency(7, Root(7), 7, Root(7), {}).ok());
  EXPECT_EQ(ReasonOf(VerifyConsistency(7, Root(7), 7, Root(8), {})), "PROOF_INVALID");
  EXPECT_FALSE(VerifyConsistency(7, Root(7), 7, Root(7), {Root(7)}).ok());
}

TEST_F(ProofTest, ARewrittenLogIsNotAnExtension) {
  testing::Hashes rewritten = store_.leaves;
  rewritten[3] = LeafHash("another past");
  TileStore forged;
  for (const Hash& leaf : rewritten) forged.Append(leaf);
  TiledHashes hashes = forged.Hashes();
  auto proof = ConsistencyProof(200, kSizes, hashes);
  ASSERT_TRUE(proof.ok()) << proof.status();
  EXPECT_FALSE(VerifyConsistency(200, Root(200), kSizes, ReferenceRoot(rewritten, 0, kSizes), *proof).ok());
}

TEST(LargeProofTest, ReadsAtMostTwoTilesPerLevel) {
  TileStore store;
  Frontier frontier;
  std::vector<Hash> roots = {frontier.Root()};
  for (const Hash& leaf : testing::MakeLeaves(2 * 65536 + 2 * 256 + 5)) {
    store.Append(leaf);
    frontier.Append(leaf);
    roots.push_back(frontier.Root());
  }
  for (uint64_t size : {131'589, 131'585, 131'072}) {
    for (uint64_t other : {1, 255, 256, 257, 40'000, 65'535, 65'537, 131'071, 131'500}) {
      if (other >= size) continue;
      SCOPED_TRACE(std::to_string(other) + " and " + std::to_string(size));
      store.tile_reads.clear();
      TiledHashes for_inclusion = store.Hashes();
      auto inclusion = InclusionProof(other, size, for_inclusion);
      ASSERT_TRUE(inclusion.ok()) << inclusion.status();
      for (auto [level, reads] : store.tile_reads) EXPECT_LE(reads, 2) << level;

      store.tile_reads.clear();
      TiledHashes for_consistency = store.Hashes();
      auto consistency = ConsistencyProof(other, size, for_consistency);
      ASSERT_TRUE(consistency.ok()) << consistency.status();
      for (auto [level, reads] : store.tile_reads) EXPECT_LE(reads, 2) << level;

      EXPECT_TRUE(VerifyInclusion(store.leaves[other], other, size, *inclusion, roots[size]).ok());
      EXPECT_TRUE(VerifyConsistency(other, roots[other], size, roots[size], *consistency).ok());
    }
  }
}

}  // namespace
}  // namespace seisaku::ledger
