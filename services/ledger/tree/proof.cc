#include "services/ledger/tree/proof.h"

#include <bit>

#include "services/base/status.h"
#include "services/ledger/tree/errors.h"

namespace seisaku::ledger {
namespace {

// RFC 6962 §2.1: the left part of n > 1 leaves is the largest power of two smaller than n.
uint64_t LeftWidth(uint64_t count) { return std::bit_floor(count - 1); }

// MTH(D[begin:end]) for a range that a node of the tree covers.
absl::StatusOr<Hash> RangeRoot(uint64_t begin, uint64_t end, HashReader& hashes) {
  const uint64_t count = end - begin;
  if (std::has_single_bit(count)) {
    const int level = std::countr_zero(count);
    return hashes.SubtreeHash(level, begin >> level);
  }
  const uint64_t middle = begin + LeftWidth(count);
  ASSIGN_OR_RETURN(Hash left, RangeRoot(begin, middle, hashes));
  ASSIGN_OR_RETURN(Hash right, RangeRoot(middle, end, hashes));
  return NodeHash(left, right);
}

// PATH(index, D[begin:end]), `index` counted from the start of the log.
absl::Status AppendPath(uint64_t index, uint64_t begin, uint64_t end, HashReader& hashes, Proof* proof) {
  if (end - begin == 1) return absl::OkStatus();
  const uint64_t middle = begin + LeftWidth(end - begin);
  const bool left = index < middle;
  RETURN_IF_ERROR(AppendPath(index, left ? begin : middle, left ? middle : end, hashes, proof));
  ASSIGN_OR_RETURN(Hash sibling, RangeRoot(left ? middle : begin, left ? end : middle, hashes));
  proof->push_back(sibling);
  return absl::OkStatus();
}

// SUBPROOF(old_end - begin, D[begin:end], begin == 0): a verifier knows the old root only while the old
// leaves start at the first one.
absl::Status AppendSubproof(uint64_t old_end, uint64_t begin, uint64_t end, HashReader& hashes,
                            Proof* proof) {
  if (old_end == end) {
    if (begin == 0) return absl::OkStatus();
    ASSIGN_OR_RETURN(Hash root, RangeRoot(begin, end, hashes));
    proof->push_back(root);
    return absl::OkStatus();
  }
  const uint64_t middle = begin + LeftWidth(end - begin);
  const bool left = old_end <= middle;
  RETURN_IF_ERROR(AppendSubproof(old_end, left ? begin : middle, left ? middle : end, hashes, proof));
  ASSIGN_OR_RETURN(Hash sibling, RangeRoot(left ? middle : begin, left ? end : middle, hashes));
  proof->push_back(sibling);
  return absl::OkStatus();
}

// The way from a node to the root, one level per step: `node` is the index of the current node among its
// level's, `last` that of the level's last.
class Climb {
 public:
  Climb(uint64_t node, uint64_t last) : node_(node), last_(last) {}

  bool AtRoot() const { return last_ == 0; }

  // Goes up to the node that the next hash of the proof joins in; whether that hash stands on the left. The
  // last node of a level may have no sibling: it is carried up unchanged until it has one, on its left.
  bool UpPastLeftSibling() {
    const bool sibling_is_left = (node_ & 1) != 0 || node_ == last_;
    if (sibling_is_left) SkipWhile(0);
    Shift();
    return sibling_is_left;
  }

  // Goes up to the largest complete subtree that ends with the node.
  void ToTopOfCompleteSubtree() { SkipWhile(1); }

 private:
  void SkipWhile(uint64_t low_bit) {
    while (node_ != 0 && (node_ & 1) == low_bit) Shift();
  }
  void Shift() {
    node_ >>= 1;
    last_ >>= 1;
  }

  uint64_t node_;
  uint64_t last_;
};

}  // namespace

absl::StatusOr<Hash> RootAt(uint64_t size, HashReader& hashes) {
  if (size == 0) return EmptyRoot();
  return RangeRoot(0, size, hashes);
}

absl::StatusOr<Proof> InclusionProof(uint64_t index, uint64_t size, HashReader& hashes) {
  if (index >= size) return errors::TreeRange(index, size);
  Proof proof;
  RETURN_IF_ERROR(AppendPath(index, 0, size, hashes, &proof));
  return proof;
}

absl::StatusOr<Proof> ConsistencyProof(uint64_t size1, uint64_t size2, HashReader& hashes) {
  if (size1 > size2) return errors::TreeRange(size1, size2);
  Proof proof;
  if (size1 == 0) return proof;
  RETURN_IF_ERROR(AppendSubproof(size1, 0, size2, hashes, &proof));
  return proof;
}

// RFC 9162 §2.1.3.2 gives the steps that RFC 6962 leaves to the reader.
absl::Status VerifyInclusion(const Hash& leaf_hash, uint64_t index, uint64_t size, const Proof& proof,
                             const Hash& root) {
  if (index >= size) return errors::ProofInvalid("inclusion", "the leaf lies outside the tree");
  Climb climb(index, size - 1);
  Hash hash = leaf_hash;
  for (const Hash& sibling : proof) {
    if (climb.AtRoot()) return errors::ProofInvalid("inclusion", "it has too many hashes");
    hash = climb.UpPastLeftSibling() ? NodeHash(sibling, hash) : NodeHash(hash, sibling);
  }
  if (!climb.AtRoot()) return errors::ProofInvalid("inclusion", "it has too few hashes");
  if (hash != root) return errors::ProofInvalid("inclusion", "it leads to another root");
  return absl::OkStatus();
}

// RFC 9162 §2.1.4.2.
absl::Status VerifyConsistency(uint64_t size1, const Hash& root1, uint64_t size2, const Hash& root2,
                               const Proof& proof) {
  const auto invalid = [](std::string_view why) { return errors::ProofInvalid("consistency", why); };
  if (size1 > size2) return invalid("the later tree is the smaller one");
  if (size1 == 0 && root1 != EmptyRoot()) return invalid("an empty tree has another root");
  if (size1 == size2 && root1 != root2) return invalid("two roots for one size");
  if (size1 == 0 || size1 == size2) {
    return proof.empty() ? absl::OkStatus() : invalid("it has too many hashes");
  }
  Climb climb(size1 - 1, size2 - 1);
  climb.ToTopOfCompleteSubtree();
  // A complete old tree is itself the node to start from; its hash is known and not part of the proof.
  auto next = proof.begin();
  if (!std::has_single_bit(size1) && next == proof.end()) return invalid("it has too few hashes");
  Hash hash1 = std::has_single_bit(size1) ? root1 : *next++;
  Hash hash2 = hash1;
  for (; next != proof.end(); ++next) {
    if (climb.AtRoot()) return invalid("it has too many hashes");
    if (climb.UpPastLeftSibling()) {
      hash1 = NodeHash(*next, hash1);
      hash2 = NodeHash(*next, hash2);
    } else {
      hash2 = NodeHash(hash2, *next);
    }
  }
  if (!climb.AtRoot()) return invalid("it has too few hashes");
  if (hash1 != root1) return invalid("it leads to another root of the earlier tree");
  if (hash2 != root2) return invalid("it leads to another root of the later tree");
  return absl::OkStatus();
}

}  // namespace seisaku::ledger
