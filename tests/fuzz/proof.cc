// Proofs: honest ones verify at every size, no other statement about a tree does, and the verifier agrees
// with the algorithm that RFC 9162 writes down.
#include "services/ledger/tree/proof.h"

#include <fuzzer/FuzzedDataProvider.h>

#include <array>

#include "services/ledger/tree/tiles.h"
#include "tests/fuzz/property.h"
#include "tests/fuzz/rfc9162.h"

namespace seisaku::fuzz {
namespace {

using ledger::Hash;
using ledger::Proof;

constexpr uint64_t kSmall = 40;

// A tree of leaves that all differ: no two statements about it are alike.
class SmallTree : public ledger::HashReader {
 public:
  absl::StatusOr<Hash> SubtreeHash(int level, uint64_t index) override {
    if (level == 0) return ledger::LeafHash(std::to_string(index));
    return ledger::NodeHash(*SubtreeHash(level - 1, 2 * index), *SubtreeHash(level - 1, 2 * index + 1));
  }
};

// A tree of leaves that are all the same: one hash for each level, so that it can have any size.
class EvenTree : public ledger::HashReader {
 public:
  EvenTree() {
    levels_[0] = ledger::LeafHash("");
    for (size_t i = 1; i < levels_.size(); ++i) levels_[i] = ledger::NodeHash(levels_[i - 1], levels_[i - 1]);
  }
  absl::StatusOr<Hash> SubtreeHash(int level, uint64_t index) override {
    Require(level >= 0 && level < 64 && index <= UINT64_MAX >> level);
    return levels_[static_cast<size_t>(level)];
  }

 private:
  std::array<Hash, 64> levels_;
};

ledger::HashReader& TreeOf(bool small) {
  static SmallTree& small_tree = *new SmallTree;
  static EvenTree& even_tree = *new EvenTree;
  return small ? static_cast<ledger::HashReader&>(small_tree) : even_tree;
}

Hash RootOf(bool small, uint64_t size) {
  if (!small) return ledger::FrontierAt(size, TreeOf(small))->Root();
  static const auto& roots = *[] {
    auto* all = new std::array<Hash, kSmall + 1>;
    for (uint64_t i = 0; i <= kSmall; ++i) (*all)[i] = ledger::FrontierAt(i, TreeOf(true))->Root();
    return all;
  }();
  return roots[size];
}

// Small, or near a power of two, or anything.
uint64_t ConsumeSize(FuzzedDataProvider& in, bool small) {
  if (small) return in.ConsumeIntegralInRange<uint64_t>(0, kSmall);
  const auto bits = in.ConsumeIntegralInRange<unsigned>(0, 64);
  const uint64_t power = bits == 64 ? 0 : uint64_t{1} << bits;
  return power + static_cast<uint64_t>(in.ConsumeIntegral<int16_t>());
}

void Change(Hash& hash, FuzzedDataProvider& in) {
  hash[in.ConsumeIntegral<uint8_t>() % 32] ^= in.ConsumeIntegral<uint8_t>();
}

// Drops, adds, exchanges or changes hashes of the proof.
void Change(Proof& proof, FuzzedDataProvider& in) {
  const size_t at = proof.empty() ? 0 : in.ConsumeIntegralInRange<size_t>(0, proof.size() - 1);
  switch (in.ConsumeIntegral<uint8_t>() % 4) {
    case 0:
      proof.insert(proof.begin() + static_cast<ptrdiff_t>(at), Hash{in.ConsumeIntegral<uint8_t>()});
      break;
    case 1:
      if (!proof.empty()) proof.erase(proof.begin() + static_cast<ptrdiff_t>(at));
      break;
    case 2:
      if (!proof.empty()) std::swap(proof[at], proof.back());
      break;
    default:
      if (!proof.empty()) Change(proof[at], in);
  }
}

void CheckInclusion(FuzzedDataProvider& in, bool small) {
  uint64_t size = ConsumeSize(in, small), index = ConsumeSize(in, small);
  auto made = ledger::InclusionProof(index, size, TreeOf(small));
  Require(made.ok() == (index < size));
  if (!made.ok()) return RequireClear(made.status());
  Proof proof = *made;
  Hash leaf = *TreeOf(small).SubtreeHash(0, index), root = RootOf(small, size);
  RequireOk(ledger::VerifyInclusion(leaf, index, size, proof, root));

  for (int changes = in.ConsumeIntegralInRange(1, 3); changes > 0; --changes) {
    switch (in.ConsumeIntegral<uint8_t>() % 6) {
      case 0:
        index = ConsumeSize(in, small);
        break;
      case 1:
        size = ConsumeSize(in, small);
        break;
      case 2:
        size = ConsumeSize(in, small);
        root = RootOf(small, size);
        break;
      case 3:
        Change(leaf, in);
        break;
      case 4:
        Change(root, in);
        break;
      default:
        Change(proof, in);
    }
  }
  const absl::Status verified = ledger::VerifyInclusion(leaf, index, size, proof, root);
  Require(verified.ok() == Rfc9162Inclusion(leaf, index, size, proof, root));
  if (!verified.ok()) return RequireClear(verified);
  // A proof alone does not bind the size: that is what the root is signed with.
  if (!small || root != RootOf(small, size)) return;
  Require(leaf == *TreeOf(small).SubtreeHash(0, index));
  Require(proof == *ledger::InclusionProof(index, size, TreeOf(small)));
}

void CheckConsistency(FuzzedDataProvider& in, bool small) {
  uint64_t size1 = ConsumeSize(in, small), size2 = ConsumeSize(in, small);
  auto made = ledger::ConsistencyProof(size1, size2, TreeOf(small));
  Require(made.ok() == (size1 <= size2));
  if (!made.ok()) return RequireClear(made.status());
  Proof proof = *made;
  Hash root1 = RootOf(small, size1), root2 = RootOf(small, size2);
  RequireOk(ledger::VerifyConsistency(size1, root1, size2, root2, proof));

  for (int changes = in.ConsumeIntegralInRange(1, 3); changes > 0; --changes) {
    switch (in.ConsumeIntegral<uint8_t>() % 7) {
      case 0:
        size1 = ConsumeSize(in, small);
        break;
      case 1:
        size1 = ConsumeSize(in, small);
        root1 = RootOf(small, size1);
        break;
      case 2:
        size2 = ConsumeSize(in, small);
        break;
      case 3:
        size2 = ConsumeSize(in, small);
        root2 = RootOf(small, size2);
        break;
      case 4:
        Change(root1, in);
        break;
      case 5:
        Change(root2, in);
        break;
      default:
        Change(proof, in);
    }
  }
  const absl::Status verified = ledger::VerifyConsistency(size1, root1, size2, root2, proof);
  Require(verified.ok() == Rfc9162Consistency(size1, root1, size2, root2, proof));
  if (!verified.ok()) return RequireClear(verified);
  if (!small || root2 != RootOf(small, size2)) return;
  Require(root1 == RootOf(small, size1));
  Require(proof == *ledger::ConsistencyProof(size1, size2, TreeOf(small)));
}

// Everything is the input's: the two verifiers agree.
void CheckAgreement(FuzzedDataProvider& in) {
  const uint64_t size1 = in.ConsumeIntegral<uint64_t>(), size2 = in.ConsumeIntegral<uint64_t>();
  Hash first{}, second{};
  in.ConsumeData(first.data(), first.size());
  in.ConsumeData(second.data(), second.size());
  Proof proof(in.ConsumeIntegralInRange<size_t>(0, 130));
  for (Hash& hash : proof) hash[0] = in.ConsumeIntegral<uint8_t>();
  Require(ledger::VerifyInclusion(first, size1, size2, proof, second).ok() ==
          Rfc9162Inclusion(first, size1, size2, proof, second));
  Require(ledger::VerifyConsistency(size1, first, size2, second, proof).ok() ==
          Rfc9162Consistency(size1, first, size2, second, proof));
}

}  // namespace
}  // namespace seisaku::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace seisaku::fuzz;
  FuzzedDataProvider in(data, size);
  switch (in.ConsumeIntegral<uint8_t>() % 5) {
    case 0:
      CheckInclusion(in, true);
      break;
    case 1:
      CheckInclusion(in, false);
      break;
    case 2:
      CheckConsistency(in, true);
      break;
    case 3:
      CheckConsistency(in, false);
      break;
    default:
      CheckAgreement(in);
  }
  return 0;
}
