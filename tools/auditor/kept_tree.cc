#include "tools/auditor/kept_tree.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace seisaku::auditor {

KeptTree::KeptTree(LogTiles* tiles, std::set<uint64_t> sizes) : tiles_(tiles), sizes_(std::move(sizes)) {
  if (sizes_.count(0) > 0) of_entries_.roots[0] = ledger::EmptyRoot();
}

void KeptTree::Take(uint64_t position, const ledger::Hash& leaf) {
  if (sizes_.empty() || position < next_ || position >= *sizes_.rbegin()) return;
  while (next_ < position && (of_entries_.is_whole || of_tiles_.is_whole)) Pass(next_, std::nullopt);
  if (next_ == position) Pass(position, leaf);
}

void KeptTree::Finish() {
  if (sizes_.empty()) return;
  while (next_ < *sizes_.rbegin() && of_tiles_.is_whole) Pass(next_, std::nullopt);
}

void KeptTree::Pass(uint64_t position, const std::optional<ledger::Hash>& leaf) {
  const std::optional<ledger::Hash> kept = InTile(position);
  if (!leaf || (kept && *kept != *leaf)) others_.insert(position);
  Append(of_entries_, leaf);
  Append(of_tiles_, kept ? kept : leaf);
  next_ = position + 1;
}

void KeptTree::Append(Tree& tree, const std::optional<ledger::Hash>& leaf) const {
  tree.is_whole = tree.is_whole && leaf.has_value();
  if (!tree.is_whole) return;
  tree.frontier.Append(*leaf);
  if (sizes_.count(tree.frontier.size()) > 0) tree.roots[tree.frontier.size()] = tree.frontier.Root();
}

std::optional<ledger::Hash> KeptTree::InTile(uint64_t position) {
  const uint64_t index = position / ledger::kTileWidth, at = position % ledger::kTileWidth;
  if (tiles_ == nullptr) return std::nullopt;
  if (index != tile_index_ || next_ == 0) {
    tile_index_ = index;
    tile_ = tiles_->Read(0, index).value_or("");
  }
  if (tile_.size() != ledger::kTileBytes) return std::nullopt;
  return ledger::HashFromBytes(std::string_view(tile_).substr(at * ledger::kHashBytes, ledger::kHashBytes))
      .value();
}

std::optional<KeptTree::Fit> KeptTree::Of(const ledger::Checkpoint& checkpoint) const {
  const uint64_t size = checkpoint.size;
  const auto adds_up = [&](const Tree& tree) {
    const auto found = tree.roots.find(size);
    return found != tree.roots.end() && found->second == checkpoint.root;
  };
  if (adds_up(of_entries_)) return Fit{size, 0};
  if (!adds_up(of_tiles_)) return std::nullopt;
  const auto end = others_.lower_bound(size);
  return Fit{others_.begin() == end ? size : *others_.begin(),
             static_cast<uint64_t>(std::distance(others_.begin(), end))};
}

}  // namespace seisaku::auditor
