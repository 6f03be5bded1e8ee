#include "services/ledger/tree/proof.h"

#include <bit>
#include <string_view>

#include "absl/types/span.h"
#include "services/base/status.h"
#include "services/ledger/tree/errors.h"

namespace seisaku::ledger {
namespace {

// RFC 6962 §2.1: the left part of n > 1 leaves is the largest power of two smaller than n.
uint64_t LeftWidth(uint64_t count) { return std::bit_floor(count - 1); }

// The leaves [begin, end) below one node of the tree.
struct Range {
  uint64_t begin;
  uint64_t end;
};

// MTH(D[begin:end]).
absl::StatusOr<Hash> RangeRoot(Range range, HashReader& hashes) {
  const uint64_t count = range.end - range.begin;
  if (std::has_single_bit(count)) {
    const int level = std::countr_zero(count);
    return hashes.SubtreeHash(level, range.begin >> level);
  }
  const uint64_t middle = range.begin + LeftWidth(count);
  ASSIGN_OR_RETURN(Hash left, RangeRoot({range.begin, middle}, hashes));
  ASSIGN_OR_RETURN(Hash right, RangeRoot({middle, range.end}, hashes));
  return NodeHash(left, right);
}

// Goes down from the root of `size` leaves towards leaf `target`, adding the sibling of every step, and
// returns where it ends: at the leaf itself, or at the first node whose last leaf it is.
enum class Until { kLeaf, kLastLeaf };
Range Descend(uint64_t target, uint64_t size, Until until, std::vector<Range>* siblings) {
  Range at{0, size};
  while (until == Until::kLeaf ? at.end - at.begin > 1 : at.end != target + 1) {
    const uint64_t middle = at.begin + LeftWidth(at.end - at.begin);
    const Range left{at.begin, middle}, right{middle, at.end};
    siblings->push_back(target < middle ? right : left);
    at = target < middle ? left : right;
  }
  return at;
}

// The roots of `ranges`, the last first: a proof begins where its verifier does, at the bottom.
absl::StatusOr<Proof> ReadUpwards(const std::vector<Range>& ranges, HashReader& hashes) {
  Proof proof;
  for (auto range = ranges.rbegin(); range != ranges.rend(); ++range) {
    ASSIGN_OR_RETURN(Hash root, RangeRoot(*range, hashes));
    proof.push_back(root);
  }
  return proof;
}

// The siblings on the path from node `node` of a level, whose last node is `last`, to the root. Below the level
// where the paths of the two nodes meet there is a sibling at every level, on the side that the node's bit says.
// Above it the node is the last of its level: only some levels have a sibling, on the left.
struct Path {
  Path(uint64_t node, uint64_t last)
      : node(node),
        inner(static_cast<size_t>(std::bit_width(node ^ last))),
        length(inner + (inner == 64 ? 0 : static_cast<size_t>(std::popcount(node >> inner)))) {}

  bool IsLeft(size_t sibling) const { return sibling >= inner || ((node >> sibling) & 1) != 0; }

  uint64_t node;
  size_t inner;   // Siblings below the level where the paths meet.
  size_t length;  // All siblings.
};

// The root that `hash` and its siblings lead to; with `left_only`, only the siblings on its left count.
Hash RootFrom(Hash hash, const Path& path, absl::Span<const Hash> siblings, bool left_only) {
  for (size_t i = 0; i < siblings.size(); ++i) {
    if (path.IsLeft(i)) {
      hash = NodeHash(siblings[i], hash);
    } else if (!left_only) {
      hash = NodeHash(hash, siblings[i]);
    }
  }
  return hash;
}

}  // namespace

absl::StatusOr<Proof> InclusionProof(uint64_t index, uint64_t size, HashReader& hashes) {
  if (index >= size) return errors::TreeRange(index, size);
  std::vector<Range> siblings;
  Descend(index, size, Until::kLeaf, &siblings);
  return ReadUpwards(siblings, hashes);
}

absl::StatusOr<Proof> ConsistencyProof(uint64_t size1, uint64_t size2, HashReader& hashes) {
  if (size1 > size2) return errors::TreeRange(size1, size2);
  if (size1 == 0) return Proof();
  std::vector<Range> nodes;
  const Range last = Descend(size1 - 1, size2, Until::kLastLeaf, &nodes);
  // Where that node is the whole earlier tree, the verifier knows its hash.
  if (last.begin != 0) nodes.push_back(last);
  return ReadUpwards(nodes, hashes);
}

absl::Status VerifyInclusion(const Hash& leaf_hash, uint64_t index, uint64_t size, const Proof& proof,
                             const Hash& root) {
  const auto invalid = [](std::string_view why) { return errors::ProofInvalid("inclusion", why); };
  if (index >= size) return invalid("the leaf lies outside the tree");
  const Path path(index, size - 1);
  if (proof.size() != path.length) return invalid("it has not the length that index and size ask for");
  if (RootFrom(leaf_hash, path, proof, /*left_only=*/false) != root)
    return invalid("it leads to another root");
  return absl::OkStatus();
}

absl::Status VerifyConsistency(uint64_t size1, const Hash& root1, uint64_t size2, const Hash& root2,
                               const Proof& proof) {
  const auto invalid = [](std::string_view why) { return errors::ProofInvalid("consistency", why); };
  constexpr std::string_view kLength = "it has not the length that the sizes ask for";
  if (size1 > size2) return invalid("the later tree is the smaller one");
  if (size1 == 0 && root1 != EmptyRoot()) return invalid("an empty tree has another root");
  if (size1 == size2 && root1 != root2) return invalid("two roots for one size");
  if (size1 == 0 || size1 == size2) return proof.empty() ? absl::OkStatus() : invalid(kLength);

  // The path starts at the largest complete subtree that ends the earlier tree. Where that is the whole tree,
  // its hash is root1 and not part of the proof.
  const int level = std::countr_zero(size1);
  const Path path((size1 - 1) >> level, (size2 - 1) >> level);
  const bool complete = std::has_single_bit(size1);
  if (proof.size() != path.length + (complete ? 0 : 1)) return invalid(kLength);
  const Hash& start = complete ? root1 : proof.front();
  const auto siblings = absl::MakeConstSpan(proof).subspan(complete ? 0 : 1);
  // What stands to the right was appended later: the earlier root has no part in it.
  if (RootFrom(start, path, siblings, /*left_only=*/true) != root1)
    return invalid("it leads to another first root");
  if (RootFrom(start, path, siblings, /*left_only=*/false) != root2)
    return invalid("it leads to another second root");
  return absl::OkStatus();
}

}  // namespace seisaku::ledger
