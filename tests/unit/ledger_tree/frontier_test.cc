#include "services/ledger/tree/frontier.h"

#include <gtest/gtest.h>

#include <bit>

#include "tests/unit/ledger_tree/reference_tree.h"

namespace seisaku::ledger {
namespace {

TEST(FrontierTest, HasTheRootsOfTheCertificateTransparencyVectors) {
  Frontier frontier;
  const auto roots = testing::VectorRoots();
  EXPECT_EQ(ToHex(frontier.Root()), roots[0]);
  for (const std::string& entry : testing::VectorEntries()) {
    frontier.Append(LeafHash(entry));
    EXPECT_EQ(ToHex(frontier.Root()), roots[frontier.size()]) << frontier.size();
  }
}

TEST(FrontierTest, HasTheRootOfTheDefinitionAtEverySize) {
  const auto leaves = testing::MakeLeaves(300);
  Frontier frontier;
  for (size_t size = 0; size < leaves.size(); ++size) {
    EXPECT_EQ(frontier.size(), size);
    EXPECT_EQ(frontier.Root(), testing::ReferenceRoot(leaves, 0, size)) << size;
    frontier.Append(leaves[size]);
  }
}

TEST(FrontierTest, ContinuesFromItsBytesAsIfItHadNeverStopped) {
  const auto leaves = testing::MakeLeaves(300);
  Frontier frontier;
  for (size_t size = 0; size < leaves.size(); ++size) {
    const std::string bytes = frontier.ToBytes();
    ASSERT_EQ(bytes.size(), 32 * std::popcount(size));
    auto read = Frontier::FromBytes(size, bytes);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, frontier);
    frontier.Append(leaves[size]);
    read->Append(leaves[size]);
    EXPECT_EQ(*read, frontier) << size;
  }
}

TEST(FrontierTest, PutsTheLargestSubtreeFirst) {
  Frontier frontier;
  const auto leaves = testing::MakeLeaves(3);
  for (const Hash& leaf : leaves) frontier.Append(leaf);
  EXPECT_EQ(frontier.ToBytes(), ToBytes(NodeHash(leaves[0], leaves[1])) + ToBytes(leaves[2]));
}

TEST(FrontierTest, RefusesBytesThatDoNotFitTheSize) {
  EXPECT_FALSE(Frontier::FromBytes(0, std::string(32, 'x')).ok());
  EXPECT_FALSE(Frontier::FromBytes(1, "").ok());
  EXPECT_FALSE(Frontier::FromBytes(1, std::string(31, 'x')).ok());
  EXPECT_FALSE(Frontier::FromBytes(7, std::string(64, 'x')).ok());
  EXPECT_TRUE(Frontier::FromBytes(UINT64_MAX, std::string(64 * 32, 'x')).ok());
}

TEST(FrontierTest, ACopyLeavesTheOriginalAlone) {
  Frontier committed;
  for (const Hash& leaf : testing::MakeLeaves(5)) committed.Append(leaf);
  const Hash root = committed.Root();
  Frontier tentative = committed;
  tentative.Append(LeafHash("not committed"));
  EXPECT_EQ(committed.Root(), root);
  EXPECT_NE(tentative.Root(), root);
}

}  // namespace
}  // namespace seisaku::ledger
