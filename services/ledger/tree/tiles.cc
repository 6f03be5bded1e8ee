#include "services/ledger/tree/tiles.h"

#include <string_view>

#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/ledger/tree/errors.h"

namespace seisaku::ledger {
namespace {

// The root over `count` of the hashes, a power of two.
Hash RootOf(const std::vector<Hash>& hashes, size_t begin, size_t count) {
  const auto first = hashes.begin() + static_cast<std::ptrdiff_t>(begin);
  std::vector<Hash> nodes(first, first + static_cast<std::ptrdiff_t>(count));
  for (size_t width = count / 2; width > 0; width /= 2) {
    for (size_t i = 0; i < width; ++i) nodes[i] = NodeHash(nodes[2 * i], nodes[2 * i + 1]);
  }
  return nodes.front();
}

std::string Encode(const std::vector<Hash>& hashes) {
  std::string bytes;
  bytes.reserve(hashes.size() * kHashBytes);
  for (const Hash& hash : hashes) bytes.append(hash.begin(), hash.end());
  return bytes;
}

absl::StatusOr<std::vector<Hash>> ReadFullTile(const TileReader& read, int level, uint64_t index) {
  ASSIGN_OR_RETURN(std::string bytes, read(level, index));
  if (bytes.size() != kTileBytes) {
    return errors::LogCorrupt(index << (kTileHeight * (level + 1)), "a stored tile has not 8192 bytes");
  }
  std::vector<Hash> hashes;
  hashes.reserve(kTileWidth);
  for (std::string_view rest = bytes; !rest.empty(); rest.remove_prefix(kHashBytes)) {
    ASSIGN_OR_RETURN(Hash hash, HashFromBytes(rest.substr(0, kHashBytes)));
    hashes.push_back(hash);
  }
  return hashes;
}

}  // namespace

void TileBuilder::Append(const Hash& leaf_hash, std::vector<Tile>* completed) {
  const uint64_t position = frontier_.size();
  Edge(0).push_back(leaf_hash);
  // A tile is full when the subtree over it is complete, whose root goes into the tile above.
  frontier_.Append(leaf_hash, [&](int height, const Hash& root) {
    if (height % kTileHeight != 0) return;
    const int above = height / kTileHeight;
    std::vector<Hash>& full = Edge(above - 1);
    completed->push_back({above - 1, position >> height, Encode(full)});
    full.clear();
    Edge(above).push_back(root);
  });
}

std::vector<Hash>& TileBuilder::Edge(int level) {
  const auto wanted = static_cast<size_t>(level);
  if (wanted >= partial_.size()) partial_.resize(wanted + 1);
  return partial_[wanted];
}

const std::vector<Hash>& TileBuilder::Partial(int level) const {
  static const std::vector<Hash> kNone;
  const auto wanted = static_cast<size_t>(level);
  return wanted < partial_.size() ? partial_[wanted] : kNone;
}

absl::StatusOr<Hash> TiledHashes::SubtreeHash(int level, uint64_t index) {
  if (level >= 64 || index >= (edge_.size() >> level)) return errors::TreeRange(index, edge_.size());
  const int tile_level = level / kTileHeight;
  const int height = level % kTileHeight;
  const uint64_t count = uint64_t{1} << height;
  const uint64_t begin = index << height;
  const uint64_t full_tiles = (edge_.size() >> (tile_level * kTileHeight)) / kTileWidth;
  if (begin / kTileWidth >= full_tiles) return RootOf(edge_.Partial(tile_level), begin % kTileWidth, count);
  ASSIGN_OR_RETURN(const std::vector<Hash>* tile, FullTile(tile_level, begin / kTileWidth));
  return RootOf(*tile, begin % kTileWidth, count);
}

absl::StatusOr<const std::vector<Hash>*> TiledHashes::FullTile(int level, uint64_t index) {
  auto found = full_.find({level, index});
  if (found == full_.end()) {
    ASSIGN_OR_RETURN(std::vector<Hash> hashes, ReadFullTile(read_, level, index));
    found = full_.emplace(std::make_pair(level, index), std::move(hashes)).first;
  }
  return &found->second;
}

absl::Status LeafCheck::Check(uint64_t position, std::string_view leaf) {
  if (position >= size_) return errors::LogCorrupt(position, "an entry stands behind the log's end");
  ASSIGN_OR_RETURN(const Hash committed, tree_.SubtreeHash(0, position));
  // One proof covers the whole tile, for the tile holds the other leaves' hashes.
  if (const uint64_t tile = position / kTileWidth; !proven_.contains(tile)) {
    ASSIGN_OR_RETURN(const Proof proof, InclusionProof(position, size_, tree_));
    if (!VerifyInclusion(committed, position, size_, proof, root_).ok()) {
      return errors::LogCorrupt(position, "a stored tile is not the one that was committed");
    }
    proven_.insert(tile);
  }
  if (committed == LeafHash(leaf)) return absl::OkStatus();
  return errors::LogCorrupt(position, "the stored entry is not the one that was committed");
}

absl::StatusOr<Frontier> FrontierAt(uint64_t size, HashReader& hashes) {
  std::string frontier;
  uint64_t done = 0;
  for (int level = 63; level >= 0; --level) {
    if ((size >> level & 1) == 0) continue;
    ASSIGN_OR_RETURN(const Hash hash, hashes.SubtreeHash(level, done >> level));
    frontier += ToBytes(hash);
    done += uint64_t{1} << level;
  }
  return Frontier::FromBytes(size, frontier);
}

}  // namespace seisaku::ledger
