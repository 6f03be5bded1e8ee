#include "tools/auditor/verify/violation.h"

#include <limits>
#include <utility>

namespace seisaku::auditor {
namespace {

uint64_t RankOf(const Violation& violation) {
  return violation.position.value_or(std::numeric_limits<uint64_t>::max());
}

}  // namespace

void Remarks::Add(Remark remark) {
  for (OfCode& known : by_code_) {
    if (known.first.code != remark.code) continue;
    ++known.count;
    return;
  }
  by_code_.push_back({std::move(remark), 1});
}

void Violations::Add(Violation violation) {
  ++count_;
  ++by_code_[violation.code];
  if (!first_ || RankOf(violation) < RankOf(*first_)) first_ = std::move(violation);
}

void Violations::Add(const Violations& others) {
  if (others.empty()) return;
  count_ += others.count_;
  for (const auto& [code, count] : others.by_code_) by_code_[code] += count;
  if (!first_ || RankOf(*others.first_) < RankOf(*first_)) first_ = others.first_;
}

}  // namespace seisaku::auditor
