// Up to where the entries of a damaged log are those that somebody outside has seen.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/frontier.h"
#include "tools/auditor/verify/tile_check.h"

namespace seisaku::auditor {

// Is fed the entries that there are, ascending. In the place of one that is missing, or that is another,
// stands the hash that the tiles have of it: where the tree of these adds up to a checkpoint, each entry that
// has its tile's hash is one that the checkpoint covers, and no other is. Not thread-safe.
class KeptTree {
 public:
  // Keeps `tiles`; nullptr: there are none.
  KeptTree(LogTiles* tiles, std::set<uint64_t> sizes);

  void Take(uint64_t position, const ledger::Hash& leaf);
  // After the last one.
  void Finish();

  struct Fit {
    uint64_t up_to = 0;   // below it every entry is there as the checkpoint covers it
    uint64_t others = 0;  // of those that it covers, how many are missing or are other ones
  };
  // nullopt: neither the entries nor the tiles add up to it. After Finish.
  std::optional<Fit> Of(const ledger::Checkpoint& checkpoint) const;

 private:
  // A tree up to a size, while it can be made.
  struct Tree {
    ledger::Frontier frontier;
    bool is_whole = true;
    std::map<uint64_t, ledger::Hash> roots;
  };
  void Append(Tree& tree, const std::optional<ledger::Hash>& leaf) const;
  std::optional<ledger::Hash> InTile(uint64_t position);
  void Pass(uint64_t position, const std::optional<ledger::Hash>& leaf);

  LogTiles* const tiles_;
  const std::set<uint64_t> sizes_;
  Tree of_entries_;
  Tree of_tiles_;
  uint64_t next_ = 0;
  std::set<uint64_t> others_;
  uint64_t tile_index_ = 0;
  std::string tile_;
};

}  // namespace seisaku::auditor
