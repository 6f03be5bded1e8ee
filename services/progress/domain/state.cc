#include "services/progress/domain/state.h"

#include <algorithm>

namespace seisaku::progress {
namespace {

template <typename Cells>
void TruncateCells(Cells& cells, Position size) {
  for (auto cell = cells.begin(); cell != cells.end();) {
    cell->second.Truncate(size);
    cell = cell->second.all().empty() ? cells.erase(cell) : std::next(cell);
  }
}

}  // namespace

Position State::CatalogSize(Position size) const {
  const CatalogMark* mark = catalog_marks_.At(size);
  return mark == nullptr ? 0 : mark->size;
}

const KpiSlot* State::Find(const catalog::KpiAt& kpi) const {
  auto found = by_kpi_.find(kpi.slot);
  return found == by_kpi_.end() ? nullptr : &found->second->second;
}

void State::Truncate(Position size) {
  if (size >= size_) return;
  for (; !touched_.empty() && touched_.back().position >= size; touched_.pop_back()) {
    TruncateKpi(touched_.back().kpi, size);
  }
  while (catalog_tips_.size() > 1 && catalog_tips_.back().position >= size) catalog_tips_.pop_back();
  if (!catalog_marks_.all().empty() && catalog_marks_.all().back().position >= size) {
    catalog_marks_.Truncate(size);
    if (catalog_marks_.all().empty()) {
      catalog_origin_.clear();
      catalog_tips_ = {{0, {}}};
    }
    catalog_.Truncate(CatalogSize(size));
  }
  size_ = size;
}

void State::TruncateKpi(const catalog::KpiSlot* kpi, Position size) {
  auto found = by_kpi_.find(kpi);
  if (found == by_kpi_.end()) return;  // an earlier turn took it away
  KpiSlot& slot = found->second->second;
  TruncateCells(slot.actuals, size);
  TruncateCells(slot.assessments, size);
  TruncateCells(slot.narratives, size);
  if (slot.actuals.empty() && slot.assessments.empty() && slot.narratives.empty()) {
    kpis_.erase(found->second);
    by_kpi_.erase(found);
  }
}

void State::Publish(Position size) {
  auto kept = std::partition_point(touched_.begin(), touched_.end(),
                                   [size](const Touched& touched) { return touched.position < size; });
  touched_.erase(touched_.begin(), kept);
  // The last published tip stays: it is what a truncation goes back to.
  auto unpublished = std::partition_point(catalog_tips_.begin() + 1, catalog_tips_.end(),
                                          [size](const CatalogTip& tip) { return tip.position < size; });
  catalog_tips_.erase(catalog_tips_.begin(), std::prev(unpublished));
  catalog_.Publish(CatalogSize(size));
}

}  // namespace seisaku::progress
