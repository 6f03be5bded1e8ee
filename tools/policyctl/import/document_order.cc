#include "tools/policyctl/import/document_order.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "tools/policyctl/import/existing.h"

namespace seisaku::policyctl::imports {
namespace {

// Marks as moved what is not in the longest run of printed things that stand in the document's order already.
void MarkMoved(std::vector<Placed>& existing) {
  std::vector<size_t> printed;
  for (size_t i = 0; i < existing.size(); ++i) {
    if (existing[i].printed) printed.push_back(i);
  }
  std::vector<size_t> ends;  // the last of the best run of each length
  std::vector<size_t> lengths;
  for (const size_t i : printed) {
    const auto end = std::lower_bound(ends.begin(), ends.end(), i, [&](size_t a, size_t b) {
      return existing[a].printed < existing[b].printed;
    });
    lengths.push_back(static_cast<size_t>(end - ends.begin()) + 1);
    if (end == ends.end()) {
      ends.push_back(i);
    } else {
      *end = i;
    }
  }
  size_t wanted = ends.size();
  std::optional<size_t> next;
  for (size_t at = printed.size(); at-- > 0;) {
    Placed& one = existing[printed[at]];
    one.moved = lengths[at] != wanted || (next && *one.printed > *next);
    if (one.moved) continue;
    next = one.printed;
    --wanted;
  }
}

// In the document's order; what is not printed stays behind the same as before, or first.
std::vector<Placed> InDocumentOrder(const std::vector<Placed>& existing) {
  std::vector<std::vector<Placed>> chains(1);
  for (const Placed& one : existing) {
    if (one.printed) chains.emplace_back();
    chains.back().push_back(one);
  }
  std::stable_sort(chains.begin() + 1, chains.end(),
                   [](const auto& a, const auto& b) { return a.front().printed < b.front().printed; });
  std::vector<Placed> sequence;
  for (std::vector<Placed>& chain : chains) {
    for (Placed& one : chain) sequence.push_back(std::move(one));
  }
  return sequence;
}

void Insert(const Placed& added, const StaysBefore& stays_before, std::vector<Placed>& sequence) {
  auto before = sequence.end();
  for (auto one = sequence.begin(); one != sequence.end(); ++one) {
    const bool earlier = one->printed && *one->printed < *added.printed;
    if (earlier && (before == sequence.end() || *before->printed < *one->printed)) before = one;
  }
  if (before == sequence.end()) {
    sequence.insert(sequence.begin(), added);
    return;
  }
  auto place = before + 1;
  while (place != sequence.end() && !place->printed && stays_before(*before, *place, added)) ++place;
  sequence.insert(place, added);
}

// The smallest order with which something of this name stands behind `before`.
uint32_t OrderBehind(const Placed& before, const std::string& name) {
  return IdOf(name) > IdOf(before.name) ? before.order : before.order + 1;
}

// Gives each an order that fits; true where something that was there changes.
bool GiveOrders(bool follows, std::vector<Placed>& sequence) {
  bool changed = false;
  const Placed* before = nullptr;
  for (Placed& one : sequence) {
    const uint32_t least = before == nullptr ? 1 : OrderBehind(*before, one.name);
    const bool fits = one.order >= least;
    before = &one;
    if (one.order != 0 && (fits || !follows)) continue;
    changed = changed || one.order != 0;
    one.order = least;
  }
  return changed;
}

}  // namespace

std::vector<Placed> Arrange(const std::vector<Placed>& existing, const std::vector<Placed>& added,
                            bool follows, const StaysBefore& stays_before) {
  std::vector<Placed> sequence = existing;
  MarkMoved(sequence);
  if (follows) sequence = InDocumentOrder(sequence);
  for (const Placed& one : added) Insert(one, stays_before, sequence);
  const auto is_new = [](const Placed& one) { return one.order == 0; };
  const auto last_existing = std::find_if_not(sequence.rbegin(), sequence.rend(), is_new);
  const size_t tail = static_cast<size_t>(last_existing - sequence.rbegin());
  const bool changed = GiveOrders(follows, sequence);
  // What is new at the end goes last by itself.
  for (size_t i = sequence.size() - tail; i < sequence.size() && !changed; ++i) sequence[i].order = 0;
  return sequence;
}

}  // namespace seisaku::policyctl::imports
