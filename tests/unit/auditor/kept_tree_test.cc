#include "tools/auditor/kept_tree.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace seisaku::auditor {
namespace {

constexpr uint64_t kSize = 600;  // two full tiles, and a part

ledger::Hash Leaf(uint64_t position) { return ledger::LeafHash(absl::StrCat("entry ", position)); }

// The tiles of a log of kSize entries, of which some may be missing.
class Tiles final : public LogTiles {
 public:
  Tiles() {
    for (uint64_t position = 0; position < kSize / ledger::kTileWidth * ledger::kTileWidth; ++position) {
      tiles_[position / ledger::kTileWidth] += ledger::ToBytes(Leaf(position));
    }
  }
  absl::StatusOr<std::string> Read(int, uint64_t index) override {
    const auto found = tiles_.find(index);
    if (found == tiles_.end()) return absl::NotFoundError("none");
    return found->second;
  }
  bool has_edge() const override { return false; }
  void Remove(uint64_t index) { tiles_.erase(index); }
  void Spoil(uint64_t position) {
    tiles_[position / ledger::kTileWidth][position % ledger::kTileWidth * 32] ^= 1;
  }

 private:
  std::map<uint64_t, std::string> tiles_;
};

ledger::Checkpoint Of(uint64_t size) {
  ledger::Frontier frontier;
  for (uint64_t position = 0; position < size; ++position) frontier.Append(Leaf(position));
  return {"city/log", size, frontier.Root()};
}

class KeptTreeTest : public testing::Test {
 protected:
  // What comes of the entries but those of `missing`; those of `others` are other ones.
  std::optional<KeptTree::Fit> Fit(uint64_t size, const std::set<uint64_t>& missing,
                                   const std::set<uint64_t>& others, uint64_t end = kSize) {
    KeptTree tree(&tiles_, {size});
    for (uint64_t position = 0; position < end; ++position) {
      if (missing.count(position) > 0) continue;
      tree.Take(position, others.count(position) > 0 ? ledger::LeafHash("another") : Leaf(position));
    }
    tree.Finish();
    return tree.Of(Of(size));
  }
  void Expect(const std::optional<KeptTree::Fit>& fit, uint64_t up_to, uint64_t others) {
    ASSERT_TRUE(fit.has_value());
    EXPECT_EQ(fit->up_to, up_to);
    EXPECT_EQ(fit->others, others);
  }

  Tiles tiles_;
};

TEST_F(KeptTreeTest, EntriesThatAddUpFitWhateverTheTilesSay) {
  Expect(Fit(kSize, {}, {}), kSize, 0);
  tiles_.Spoil(7);
  tiles_.Remove(1);
  Expect(Fit(kSize, {}, {}), kSize, 0);
  Expect(Fit(0, {}, {}), 0, 0);
}

TEST_F(KeptTreeTest, TheTilesTellWhichEntriesAreMissingOrOthers) {
  Expect(Fit(kSize, {100}, {}), 100, 1);
  Expect(Fit(kSize, {100, 300}, {200}), 100, 3);
  Expect(Fit(200, {100, 300}, {200}), 100, 1);
  Expect(Fit(512, {}, {}, /*end=*/400), 400, 112);
}

TEST_F(KeptTreeTest, WhatNobodyKnowsIsNotTold) {
  EXPECT_FALSE(Fit(kSize, {550}, {}).has_value());
  EXPECT_FALSE(Fit(kSize, {}, {550}).has_value());
  EXPECT_FALSE(Fit(kSize, {}, {}, /*end=*/599).has_value());
  tiles_.Spoil(7);
  EXPECT_FALSE(Fit(kSize, {100}, {}).has_value());
  tiles_.Spoil(7);
  Expect(Fit(kSize, {100}, {}), 100, 1);
  tiles_.Remove(0);
  EXPECT_FALSE(Fit(kSize, {100}, {}).has_value());
}

}  // namespace
}  // namespace seisaku::auditor
