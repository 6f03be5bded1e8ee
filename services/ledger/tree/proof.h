// Inclusion and consistency proofs of RFC 6962 §2.1.1 and §2.1.2: made from subtree hashes, verified from
// nothing but the proof and the roots. Leaves are counted from 0; a proof lists the hash nearest to the leaf
// first.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/ledger/tree/hash.h"

namespace seisaku::ledger {

// The inner hashes of a tree.
class HashReader {
 public:
  virtual ~HashReader() = default;

  // The root of the complete subtree over the leaves [index * 2^level, (index + 1) * 2^level); level 0 is a
  // leaf hash.
  virtual absl::StatusOr<Hash> SubtreeHash(int level, uint64_t index) = 0;
};

using Proof = std::vector<Hash>;

// That leaf `index` is in the tree of the first `size` leaves. OUT_OF_RANGE TREE_RANGE: index >= size;
// otherwise errors are the reader's.
absl::StatusOr<Proof> InclusionProof(uint64_t index, uint64_t size, HashReader& hashes);

// That the tree of `size2` leaves extends the tree of `size1`. Empty where size1 is 0 or both are equal.
// OUT_OF_RANGE TREE_RANGE: size1 > size2; otherwise errors are the reader's.
absl::StatusOr<Proof> ConsistencyProof(uint64_t size1, uint64_t size2, HashReader& hashes);

// OK where `proof` shows that `leaf_hash` is leaf `index` of the tree of `size` leaves with `root`;
// else DATA_LOSS PROOF_INVALID with what is wrong.
absl::Status VerifyInclusion(const Hash& leaf_hash, uint64_t index, uint64_t size, const Proof& proof,
                             const Hash& root);

// OK where `proof` shows that the tree (size2, root2) begins with the tree (size1, root1); else DATA_LOSS
// PROOF_INVALID. Every tree extends the empty one, whose root must be EmptyRoot().
absl::Status VerifyConsistency(uint64_t size1, const Hash& root1, uint64_t size2, const Hash& root2,
                               const Proof& proof);

}  // namespace seisaku::ledger
