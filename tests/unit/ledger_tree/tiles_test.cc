#include "services/ledger/tree/tiles.h"

#include <gtest/gtest.h>

#include "services/base/status.h"
#include "tests/unit/ledger_tree/reference_tree.h"
#include "tests/unit/ledger_tree/tile_store.h"

namespace seisaku::ledger {
namespace {

using testing::TileStore;

// Two whole tiles of level 1 would take 131072 leaves; one and the start of a second show the same.
constexpr uint64_t kLargeSize = 65536 + 256 + 3;

const testing::Hashes& ManyLeaves() {
  static const testing::Hashes leaves = testing::MakeLeaves(kLargeSize);
  return leaves;
}

TileStore StoreOf(uint64_t size) {
  TileStore store;
  for (uint64_t i = 0; i < size; ++i) store.Append(ManyLeaves()[i]);
  return store;
}

TEST(TileBuilderTest, YieldsALeafTileWithEvery256thLeaf) {
  TileBuilder builder;
  std::vector<Tile> completed;
  for (int i = 0; i < 255; ++i) builder.Append(ManyLeaves()[i], &completed);
  EXPECT_TRUE(completed.empty());
  EXPECT_EQ(builder.Partial(0).size(), 255u);

  builder.Append(ManyLeaves()[255], &completed);
  ASSERT_EQ(completed.size(), 1u);
  EXPECT_EQ(completed[0].level, 0);
  EXPECT_EQ(completed[0].index, 0u);
  std::string leaves;
  for (int i = 0; i < 256; ++i) leaves += ToBytes(ManyLeaves()[i]);
  EXPECT_EQ(completed[0].hashes, leaves);
  EXPECT_TRUE(builder.Partial(0).empty());
  EXPECT_EQ(builder.Partial(1), testing::Hashes{testing::ReferenceRoot(ManyLeaves(), 0, 256)});
}

TEST(TileBuilderTest, FillsATileOfTheNextLevelWith65536Leaves) {
  TileStore store = StoreOf(65535);
  std::vector<Tile> completed;
  store.builder.Append(ManyLeaves()[65535], &completed);
  ASSERT_EQ(completed.size(), 2u);
  EXPECT_EQ(completed[0].level, 0);
  EXPECT_EQ(completed[0].index, 255u);
  EXPECT_EQ(completed[1].level, 1);
  EXPECT_EQ(completed[1].index, 0u);
  std::string roots;
  for (size_t i = 0; i < 256; ++i) {
    roots += ToBytes(testing::ReferenceRoot(ManyLeaves(), i * 256, (i + 1) * 256));
  }
  EXPECT_EQ(completed[1].hashes, roots);
  EXPECT_EQ(store.builder.Partial(2), testing::Hashes{testing::ReferenceRoot(ManyLeaves(), 0, 65536)});
}

TEST(TileBuilderTest, StoresEveryFullTileOnceAndNoOther) {
  TileStore store = StoreOf(kLargeSize);
  EXPECT_EQ(store.tiles.size(), 257u + 1u);
  for (uint64_t index = 0; index < 257; ++index) EXPECT_EQ(store.tiles.count({0, index}), 1u) << index;
  EXPECT_EQ(store.tiles.count({1, 0}), 1u);
  EXPECT_EQ(store.builder.Partial(0).size(), 3u);
  EXPECT_EQ(store.builder.Partial(1).size(), 1u);
}

TEST(TileBuilderTest, HasTheFrontierOfTheSameLog) {
  TileBuilder builder;
  Frontier frontier;
  std::vector<Tile> completed;
  for (uint64_t size = 0; size < kLargeSize; ++size) {
    if (size < 600 || size > 65500) {
      ASSERT_EQ(builder.frontier(), frontier) << size;
    }
    builder.Append(ManyLeaves()[size], &completed);
    frontier.Append(ManyLeaves()[size]);
  }
}

TEST(TiledHashesTest, ReadsEveryCompleteSubtree) {
  TileStore store = StoreOf(65536 + 256 + 3);
  TiledHashes hashes = store.Hashes();
  for (int level = 0; level <= 16; ++level) {
    const uint64_t count = store.leaves.size() >> level;
    for (uint64_t index : {uint64_t{0}, count / 2, count - 1}) {
      auto hash = hashes.SubtreeHash(level, index);
      ASSERT_TRUE(hash.ok()) << hash.status();
      EXPECT_EQ(*hash, testing::ReferenceRoot(store.leaves, index << level, (index + 1) << level))
          << level << "," << index;
    }
    EXPECT_EQ(ReasonOf(hashes.SubtreeHash(level, count).status()), "TREE_RANGE") << level;
  }
  EXPECT_FALSE(hashes.SubtreeHash(17, 0).ok());
  EXPECT_FALSE(hashes.SubtreeHash(64, 0).ok());
}

TEST(TiledHashesTest, ReportsATileThatIsMissingOrCut) {
  TileStore store = StoreOf(600);
  store.tiles[{0, 1}].pop_back();
  EXPECT_EQ(ReasonOf(store.Hashes().SubtreeHash(3, 40).status()), "LOG_CORRUPT");
  store.tiles.erase({0, 1});
  EXPECT_EQ(store.Hashes().SubtreeHash(3, 40).status().code(), absl::StatusCode::kNotFound);
}

LeafCheck CheckOf(TileStore& store) {
  return {store.builder, [&store](int level, uint64_t index) { return store.ReadTile(level, index); }};
}

std::string LeafAt(uint64_t position) { return "leaf " + std::to_string(position); }

TileStore StoreOfLeaves(uint64_t size) {
  TileStore store;
  for (uint64_t i = 0; i < size; ++i) store.Append(LeafHash(LeafAt(i)));
  return store;
}

TEST(LeafCheckTest, TellsTheTreesLeavesFromOthersAndReadsATileOnce) {
  TileStore store = StoreOfLeaves(600);
  LeafCheck check = CheckOf(store);
  for (uint64_t position : {599, 0, 255, 256, 511, 512, 1}) {
    EXPECT_TRUE(check.Check(position, LeafAt(position)).ok()) << position;
    EXPECT_EQ(ReasonOf(check.Check(position, LeafAt(position + 1))), "LOG_CORRUPT") << position;
  }
  EXPECT_EQ(ReasonOf(check.Check(600, LeafAt(600))), "LOG_CORRUPT");
  EXPECT_EQ(store.tile_reads[0], 2);
}

TEST(LeafCheckTest, TakesNothingFromATileOfAnotherTree) {
  TileStore store = StoreOfLeaves(600);
  store.tiles[{0, 1}].replace(0, kHashBytes, ToBytes(LeafHash("forged")));
  LeafCheck check = CheckOf(store);
  EXPECT_TRUE(check.Check(0, LeafAt(0)).ok());
  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ(ReasonOf(check.Check(256, "forged")), "LOG_CORRUPT");
    EXPECT_EQ(ReasonOf(check.Check(257, LeafAt(257))), "LOG_CORRUPT");
  }
  EXPECT_TRUE(check.Check(512, LeafAt(512)).ok());
}

}  // namespace
}  // namespace seisaku::ledger
