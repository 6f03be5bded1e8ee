#include "tests/unit/ledger_tree/reference_tree.h"

#include "absl/strings/escaping.h"

namespace seisaku::ledger::testing {
namespace {

size_t LargestPowerOfTwoBelow(size_t n) {
  size_t power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}

Hashes Subproof(size_t old_size, const Hashes& leaves, size_t begin, size_t end, bool whole) {
  const size_t count = end - begin;
  if (old_size == count) return whole ? Hashes{} : Hashes{ReferenceRoot(leaves, begin, end)};
  const size_t split = LargestPowerOfTwoBelow(count);
  Hashes proof;
  if (old_size <= split) {
    proof = Subproof(old_size, leaves, begin, begin + split, whole);
    proof.push_back(ReferenceRoot(leaves, begin + split, end));
  } else {
    proof = Subproof(old_size - split, leaves, begin + split, end, false);
    proof.push_back(ReferenceRoot(leaves, begin, begin + split));
  }
  return proof;
}

}  // namespace

Hashes MakeLeaves(uint64_t count) {
  Hashes leaves;
  for (uint64_t i = 0; i < count; ++i) leaves.push_back(LeafHash("entry " + std::to_string(i)));
  return leaves;
}

Hash ReferenceRoot(const Hashes& leaves, size_t begin, size_t end) {
  if (begin == end) return Sha256("");
  if (end - begin == 1) return leaves[begin];
  const size_t middle = begin + LargestPowerOfTwoBelow(end - begin);
  const Hash left = ReferenceRoot(leaves, begin, middle);
  const Hash right = ReferenceRoot(leaves, middle, end);
  return Sha256("\x01" + ToBytes(left) + ToBytes(right));
}

Hashes ReferencePath(size_t index, const Hashes& leaves, size_t begin, size_t end) {
  if (end - begin == 1) return {};
  const size_t middle = begin + LargestPowerOfTwoBelow(end - begin);
  const bool on_the_left = begin + index < middle;
  Hashes path = on_the_left ? ReferencePath(index, leaves, begin, middle)
                            : ReferencePath(index - (middle - begin), leaves, middle, end);
  path.push_back(on_the_left ? ReferenceRoot(leaves, middle, end) : ReferenceRoot(leaves, begin, middle));
  return path;
}

Hashes ReferenceProof(size_t old_size, const Hashes& leaves, size_t size) {
  return Subproof(old_size, leaves, 0, size, true);
}

ReferenceSubtrees::ReferenceSubtrees(const Hashes& leaves) {
  for (size_t width = 1; width <= leaves.size(); width *= 2) {
    Hashes& level = levels_.emplace_back();
    for (size_t end = width; end <= leaves.size(); end += width) {
      level.push_back(ReferenceRoot(leaves, end - width, end));
    }
  }
}

absl::StatusOr<Hash> ReferenceSubtrees::SubtreeHash(int level, uint64_t index) {
  return levels_.at(static_cast<size_t>(level)).at(index);
}

std::vector<std::string> VectorEntries() {
  std::vector<std::string> entries;
  for (const char* hex :
       {"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}) {
    entries.push_back(absl::HexStringToBytes(hex));
  }
  return entries;
}

std::vector<std::string> VectorRoots() {
  return {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
          "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
          "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
          "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
          "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
          "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
}

}  // namespace seisaku::ledger::testing
