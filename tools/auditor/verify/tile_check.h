// The tree of a log's entries beside the one that is kept with them as tiles.
#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "services/ledger/tree/tiles.h"
#include "tools/auditor/verify/violation.h"

namespace seisaku::auditor {

// Where the tiles of a log are kept.
class LogTiles {
 public:
  virtual ~LogTiles() = default;
  // The hashes of the C2SP tile; any error where it is not there.
  virtual absl::StatusOr<std::string> Read(int level, uint64_t index) = 0;
  // Whether the tiles on the right edge, which are not full, are kept too.
  virtual bool has_edge() const = 0;
};

// Makes the tree of the leaves that it is given, and compares each tile when it is complete: a leaf that
// differs is named by its position, and what follows from it further up is passed over. Not thread-safe.
class TileCheck {
 public:
  // Keeps `tiles`; nullptr: there is nothing to compare with.
  explicit TileCheck(LogTiles* tiles) : tiles_(tiles) {}

  using Report = absl::FunctionRef<void(Violation)>;
  // LEAF_DIFFERS, TILE_DIFFERS, TILE_MISSING.
  void Append(const ledger::Hash& leaf, Report report);
  void Finish(Report report);

  const ledger::Frontier& frontier() const { return builder_.frontier(); }

 private:
  void Compare(const ledger::Tile& tile, Report report);
  void CompareHashes(const ledger::Tile& tile, const std::string& stored, Report report);
  void Mark(int level, uint64_t index);

  LogTiles* const tiles_;
  ledger::TileBuilder builder_;
  std::vector<ledger::Tile> completed_;
  // By level, for the tile that is being filled: the hashes below which something differs.
  std::vector<std::bitset<ledger::kTileWidth>> differing_;
};

}  // namespace seisaku::auditor
