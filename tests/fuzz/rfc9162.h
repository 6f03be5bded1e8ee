// The verification algorithms of RFC 9162 §2.1.3.2 and §2.1.4.2, step by step as they stand there: another
// way to the same answer than services/ledger/tree/proof.cc takes.
#pragma once

#include <bit>
#include <cstdint>

#include "services/ledger/tree/hash.h"
#include "services/ledger/tree/proof.h"

namespace seisaku::fuzz {

inline bool Rfc9162Inclusion(const ledger::Hash& leaf, uint64_t index, uint64_t size,
                             const ledger::Proof& path, const ledger::Hash& root) {
  if (index >= size) return false;
  uint64_t fn = index, sn = size - 1;
  ledger::Hash r = leaf;
  for (const ledger::Hash& p : path) {
    if (sn == 0) return false;
    if (fn % 2 == 1 || fn == sn) {
      r = ledger::NodeHash(p, r);
      while (fn % 2 == 0 && fn != 0) fn /= 2, sn /= 2;
    } else {
      r = ledger::NodeHash(r, p);
    }
    fn /= 2, sn /= 2;
  }
  return sn == 0 && r == root;
}

// Where no proof is asked for, as RFC 9162 leaves it: equal sizes have equal roots, and the empty tree has
// its own.
inline bool Rfc9162Consistency(uint64_t first, const ledger::Hash& first_hash, uint64_t second,
                               const ledger::Hash& second_hash, ledger::Proof path) {
  if (first > second || (first == 0 && first_hash != ledger::EmptyRoot())) return false;
  if (first == second) return path.empty() && first_hash == second_hash;
  if (first == 0 || path.empty()) return first == 0 && path.empty();
  if (std::has_single_bit(first)) path.insert(path.begin(), first_hash);
  uint64_t fn = first - 1, sn = second - 1;
  while (fn % 2 == 1) fn /= 2, sn /= 2;
  ledger::Hash fr = path[0], sr = path[0];
  for (size_t i = 1; i < path.size(); ++i) {
    if (sn == 0) return false;
    if (fn % 2 == 1 || fn == sn) {
      fr = ledger::NodeHash(path[i], fr);
      sr = ledger::NodeHash(path[i], sr);
      while (fn % 2 == 0 && fn != 0) fn /= 2, sn /= 2;
    } else {
      sr = ledger::NodeHash(sr, path[i]);
    }
    fn /= 2, sn /= 2;
  }
  return sn == 0 && fr == first_hash && sr == second_hash;
}

}  // namespace seisaku::fuzz
