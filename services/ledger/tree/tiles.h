// C2SP tlog-tiles of height 8: tile (level, index) holds the roots of 256 neighbouring complete subtrees,
// each of 256^level leaves; at level 0, 256 leaf hashes. Full tiles never change and are stored; the partial
// ones on the right edge of the tree are kept in memory.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/ledger/tree/frontier.h"
#include "services/ledger/tree/hash.h"
#include "services/ledger/tree/proof.h"

namespace seisaku::ledger {

inline constexpr int kTileHeight = 8;
inline constexpr uint64_t kTileWidth = 1 << kTileHeight;
inline constexpr size_t kTileBytes = kTileWidth * kHashBytes;

// A full tile as it is stored: the 8192 bytes that C2SP tlog-tiles serves as tile/<level>/<index>.
struct Tile {
  int level = 0;
  uint64_t index = 0;
  std::string hashes;
};

// Reads the 8192 bytes of a full tile from where they are kept; any error where it is not there.
using TileReader = std::function<absl::StatusOr<std::string>(int level, uint64_t index)>;

// Cuts a stream of leaf hashes into tiles. A value: at most 255 hashes for each level are copied, so append
// to a copy and keep the copy once its tiles are committed. Not thread-safe; const use of one value is.
class TileBuilder {
 public:
  // The tiles of the log without entries.
  TileBuilder() = default;

  // How many leaves have been appended.
  uint64_t size() const { return frontier_.size(); }

  // Makes `leaf_hash` the leaf at position size(), and adds to `completed` every tile that this filled, the
  // lowest level first. The caller stores them together with the entry.
  void Append(const Hash& leaf_hash, std::vector<Tile>* completed);

  // The hashes on the right edge that no full tile of `level` holds: of the leaves (level 0) or of complete
  // subtrees of 256^level leaves. Fewer than 256; empty beyond the highest level.
  const std::vector<Hash>& Partial(int level) const;

  // The frontier of the same log.
  const Frontier& frontier() const { return frontier_; }

 private:
  std::vector<Hash>& Edge(int level);

  Frontier frontier_;
  std::vector<std::vector<Hash>> partial_;  // By level, each shorter than kTileWidth.
};

// The subtree hashes of one log, from the right edge in memory and from full tiles, which are read once and
// cached. Make one for each proof: a proof then reads at most two tiles per level. Serves proofs for every size
// up to edge.size(). Not thread-safe.
class TiledHashes : public HashReader {
 public:
  TiledHashes(TileBuilder edge, TileReader read) : edge_(std::move(edge)), read_(std::move(read)) {}

  // Errors besides the reader's: OUT_OF_RANGE TREE_RANGE for a subtree beyond edge.size() leaves;
  // DATA_LOSS LOG_CORRUPT where a stored tile has the wrong length.
  absl::StatusOr<Hash> SubtreeHash(int level, uint64_t index) override;

 private:
  absl::StatusOr<const std::vector<Hash>*> FullTile(int level, uint64_t index);

  const TileBuilder edge_;
  const TileReader read_;
  std::map<std::pair<int, uint64_t>, std::vector<Hash>> full_;
};

// Verifies stored leaves against the tree of one log: somebody may have changed them since they were hashed.
// Reads at most two tiles per level, and one for each 256 leaves. Not thread-safe.
class LeafCheck {
 public:
  LeafCheck(const TileBuilder& edge, TileReader read)
      : size_(edge.size()), root_(edge.frontier().Root()), tree_(edge, std::move(read)) {}

  // OK where `leaf` is the leaf at `position`. DATA_LOSS LOG_CORRUPT: the tree has another leaf there, or none,
  // or a stored tile is not of this tree. Else the reader's errors.
  absl::Status Check(uint64_t position, std::string_view leaf);

 private:
  const uint64_t size_;
  const Hash root_;
  TiledHashes tree_;
  std::set<uint64_t> proven_;  // tiles of level 0
};

// The frontier of the first `size` leaves. Errors are the reader's.
absl::StatusOr<Frontier> FrontierAt(uint64_t size, HashReader& hashes);

}  // namespace seisaku::ledger
