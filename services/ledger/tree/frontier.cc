#include "services/ledger/tree/frontier.h"

#include <bit>

#include "services/base/status.h"
#include "services/ledger/tree/errors.h"

namespace seisaku::ledger {

absl::StatusOr<Frontier> Frontier::FromBytes(uint64_t size, std::string_view hashes) {
  if (hashes.size() != std::popcount(size) * kHashBytes) {
    return errors::Malformed("frontier", "it has one hash for each one bit of the size");
  }
  Frontier frontier;
  frontier.size_ = size;
  for (; !hashes.empty(); hashes.remove_prefix(kHashBytes)) {
    ASSIGN_OR_RETURN(Hash hash, HashFromBytes(hashes.substr(0, kHashBytes)));
    frontier.hashes_.push_back(hash);
  }
  return frontier;
}

std::string Frontier::ToBytes() const {
  std::string bytes;
  bytes.reserve(hashes_.size() * kHashBytes);
  for (const Hash& hash : hashes_) bytes += ledger::ToBytes(hash);
  return bytes;
}

void Frontier::Append(const Hash& leaf_hash,
                      absl::FunctionRef<void(int height, const Hash& root)> completed) {
  Hash hash = leaf_hash;
  int height = 0;
  // As in binary addition: each trailing one bit is a complete subtree that the carry joins.
  for (uint64_t carry = size_; (carry & 1) != 0; carry >>= 1) {
    hash = NodeHash(hashes_.back(), hash);
    hashes_.pop_back();
    completed(++height, hash);
  }
  hashes_.push_back(hash);
  ++size_;
}

Hash Frontier::Root() const {
  if (hashes_.empty()) return EmptyRoot();
  Hash root = hashes_.back();
  for (auto left = hashes_.rbegin() + 1; left != hashes_.rend(); ++left) root = NodeHash(*left, root);
  return root;
}

}  // namespace seisaku::ledger
