// The frontier of a log: the roots of the complete subtrees that tile its leaves from the left, the compact
// range [0, size). It is all that is needed to go on appending, and it gives the root of the tree
// (RFC 6962 §2.1). At most 64 hashes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "services/ledger/tree/hash.h"

namespace seisaku::ledger {

// A value: copy it, append to the copy, keep the one that was committed. Not thread-safe.
class Frontier {
 public:
  // The frontier of the log without entries.
  Frontier() = default;

  // Reads what ToBytes wrote for a log of `size` leaves. INVALID_ARGUMENT MALFORMED: not popcount(size)
  // hashes of 32 bytes. The hashes themselves cannot be checked here: compare Root() with a checkpoint.
  static absl::StatusOr<Frontier> FromBytes(uint64_t size, std::string_view hashes);

  // popcount(size()) hashes of 32 bytes, the largest (leftmost) subtree first.
  std::string ToBytes() const;

  // How many leaves have been appended.
  uint64_t size() const { return size_; }

  // Makes `leaf_hash` (see LeafHash) the leaf at position size().
  void Append(const Hash& leaf_hash) {
    Append(leaf_hash, [](int, const Hash&) {});
  }
  // The same; calls `completed` with the root of each subtree that this completes, the lowest first (height 1
  // has two leaves).
  void Append(const Hash& leaf_hash, absl::FunctionRef<void(int height, const Hash& root)> completed);

  // The root of the tree over all leaves; EmptyRoot() where there are none.
  Hash Root() const;

  friend bool operator==(const Frontier&, const Frontier&) = default;

 private:
  uint64_t size_ = 0;
  std::vector<Hash> hashes_;  // One for each one bit of size_, the highest bit first.
};

}  // namespace seisaku::ledger
