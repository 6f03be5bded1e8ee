// A log kept in memory as a ledger keeps it: leaf hashes and full tiles. Counts what is read.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "services/ledger/tree/tiles.h"

namespace seisaku::ledger::testing {

class TileStore {
 public:
  void Append(const Hash& leaf_hash) {
    leaves.push_back(leaf_hash);
    std::vector<Tile> completed;
    builder.Append(leaf_hash, &completed);
    for (Tile& tile : completed) tiles[{tile.level, tile.index}] = std::move(tile.hashes);
  }

  TiledHashes Hashes() {
    return {builder, [this](int level, uint64_t index) { return ReadTile(level, index); }};
  }

  absl::StatusOr<std::string> ReadTile(int level, uint64_t index) {
    ++tile_reads[level];
    const auto tile = tiles.find({level, index});
    if (tile == tiles.end()) return absl::NotFoundError("no such tile");
    return tile->second;
  }

  std::vector<Hash> leaves;
  std::map<std::pair<int, uint64_t>, std::string> tiles;
  TileBuilder builder;
  std::map<int, int> tile_reads;  // By level.
};

}  // namespace seisaku::ledger::testing
