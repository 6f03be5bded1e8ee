// The tree of RFC 6962 §2.1 written as its definition reads, slow and recursive, with nothing in common
// with services/ledger/tree but the hash functions and
// the interface it stands in for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "services/ledger/tree/hash.h"
#include "services/ledger/tree/proof.h"

namespace seisaku::ledger::testing {

using Hashes = std::vector<Hash>;

// The leaf hashes of `count` entries that all differ.
Hashes MakeLeaves(uint64_t count);

// MTH, PATH and PROOF over the leaf hashes leaves[begin, end).
Hash ReferenceRoot(const Hashes& leaves, size_t begin, size_t end);
Hashes ReferencePath(size_t index, const Hashes& leaves, size_t begin, size_t end);
Hashes ReferenceProof(size_t old_size, const Hashes& leaves, size_t size);

// Every complete subtree of some leaves, computed beforehand by the definition.
class ReferenceSubtrees : public HashReader {
 public:
  explicit ReferenceSubtrees(const Hashes& leaves);
  absl::StatusOr<Hash> SubtreeHash(int level, uint64_t index) override;

 private:
  std::vector<Hashes> levels_;
};

// The eight entries of Certificate Transparency's reference tests.
std::vector<std::string> VectorEntries();

// The root over the first n of them in hexadecimal, n = 0 to 8.
std::vector<std::string> VectorRoots();

}  // namespace seisaku::ledger::testing
