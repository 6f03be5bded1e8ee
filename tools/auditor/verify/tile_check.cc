#include "tools/auditor/verify/tile_check.h"

#include <algorithm>
#include <string_view>

#include "services/ledger/tree/hash.h"

namespace seisaku::auditor {
namespace {

// The first leaf below a hash of a tile.
uint64_t FirstLeaf(int level, uint64_t hash) { return hash << (ledger::kTileHeight * level); }

}  // namespace

void TileCheck::Append(const ledger::Hash& leaf, Report report) {
  completed_.clear();
  builder_.Append(leaf, &completed_);
  if (tiles_ == nullptr) return;
  for (const ledger::Tile& tile : completed_) Compare(tile, report);
}

void TileCheck::Finish(Report report) {
  if (tiles_ == nullptr || !tiles_->has_edge()) return;
  const uint64_t size = builder_.size();
  for (int level = 0; FirstLeaf(level, 1) <= size; ++level) {
    const std::vector<ledger::Hash>& edge = builder_.Partial(level);
    if (edge.empty()) continue;
    ledger::Tile tile{level, (size >> (ledger::kTileHeight * level)) / ledger::kTileWidth, {}};
    for (const ledger::Hash& hash : edge) tile.hashes.append(hash.begin(), hash.end());
    Compare(tile, report);
  }
}

void TileCheck::Compare(const ledger::Tile& tile, Report report) {
  const absl::StatusOr<std::string> stored = tiles_->Read(tile.level, tile.index);
  const uint64_t first = FirstLeaf(tile.level, tile.index * ledger::kTileWidth);
  if (!stored.ok()) {
    report({first,
            "TILE_MISSING",
            {phrases::TILE, {{"index", tile.index}, {"level", tile.level}}},
            std::string(stored.status().message())});
  } else if (*stored != tile.hashes) {
    CompareHashes(tile, *stored, report);
  }
  const auto level = static_cast<size_t>(tile.level);
  if (level < differing_.size()) differing_[level].reset();
}

void TileCheck::CompareHashes(const ledger::Tile& tile, const std::string& stored, Report report) {
  const size_t both = std::min(stored.size(), tile.hashes.size()) / ledger::kHashBytes;
  if (stored.size() != tile.hashes.size()) {
    report({FirstLeaf(tile.level, tile.index * ledger::kTileWidth + both),
            "TILE_DIFFERS",
            {phrases::TILE_OF_BYTES,
             {{"index", tile.index}, {"level", tile.level}, {"bytes", tile.hashes.size()}}},
            {phrases::BYTES, {{"bytes", stored.size()}}}});
  }
  for (size_t i = 0; i < both; ++i) {
    const std::string_view ours(tile.hashes.data() + i * ledger::kHashBytes, ledger::kHashBytes);
    const std::string_view theirs(stored.data() + i * ledger::kHashBytes, ledger::kHashBytes);
    if (ours == theirs) continue;
    const uint64_t hash = tile.index * ledger::kTileWidth + i;
    Mark(tile.level + 1, tile.index);
    const auto level = static_cast<size_t>(tile.level);
    if (level < differing_.size() && differing_[level][i]) continue;
    report({FirstLeaf(tile.level, hash),
            tile.level == 0 ? "LEAF_DIFFERS" : "TILE_DIFFERS",
            {phrases::HASH_IN_TILE,
             {{"hash", ledger::ToBase64(theirs)}, {"index", tile.index}, {"level", tile.level}}},
            ledger::ToBase64(ours)});
  }
}

void TileCheck::Mark(int level, uint64_t index) {
  const auto wanted = static_cast<size_t>(level);
  if (wanted >= differing_.size()) differing_.resize(wanted + 1);
  differing_[wanted].set(index % ledger::kTileWidth);
}

}  // namespace seisaku::auditor
