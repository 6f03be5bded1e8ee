#include "services/progress/domain/state.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/domain/log_event.h"
#include "services/progress/domain/evolution.h"
#include "services/progress/domain/verb.h"

namespace seisaku::progress {
namespace {

template <typename Cells>
void TruncateCells(Cells& cells, Position size) {
  for (auto cell = cells.begin(); cell != cells.end();) {
    cell->second.Truncate(size);
    cell = cell->second.all().empty() ? cells.erase(cell) : std::next(cell);
  }
}

absl::Status FoldEvent(const v1::Event& event, Evolution state) {
  const Verb* verb = FindVerb(event.event_case());
  if (verb == nullptr) return CannotBe("it says nothing");
  return verb->Fold(state, event);
}

}  // namespace

absl::Status State::Fold(Position position, const google::protobuf::Message& event) {
  if (position != size_) return errors::LogCorrupt(position, fmt::format("the state has {} entries", size_));
  if (const auto* own = google::protobuf::DynamicCastToGenerated<v1::Event>(&event)) {
    const absl::Status folded = FoldEvent(*own, Evolution(*this, position));
    if (!folded.ok()) return errors::LogCorrupt(position, std::string(folded.message()));
  } else if (!IsLogEvent(event)) {
    return errors::LogCorrupt(position, "its event is another log's");
  }
  ++size_;
  return absl::OkStatus();
}

absl::Status Evolution::FindKpi(std::string_view name, int reporting_year) {
  RETURN_IF_ERROR(CheckYear("reporting_year", reporting_year));
  auto kpi = catalog::View(state_.catalog_, state_.catalog_.size()).FindKpi(name);
  if (!kpi) return CannotBe(fmt::format("{} is unknown", name));
  kpi_ = *kpi;
  auto found = state_.by_kpi_.find(kpi_.slot);
  slot_ = found == state_.by_kpi_.end() ? nullptr : &found->second->second;
  return absl::OkStatus();
}

KpiSlot& Evolution::SlotToChange() {
  state_.touched_.push_back({position_, kpi_.slot});
  if (slot_ == nullptr) {
    // The last "/" makes the map's order that of the resource names below the KPIs.
    auto slot = state_.kpis_.try_emplace(catalog::KpiName(kpi_.plan(), kpi_.id()) + "/").first;
    slot->second.name = NameOf(kpi_);
    slot_ = &slot->second;
    state_.by_kpi_.emplace(kpi_.slot, slot);
  }
  return *slot_;
}

void Evolution::SetCatalogTree(const std::string& origin, ledger::Frontier tree, const ledger::Hash& root) {
  state_.catalog_origin_ = origin;
  state_.catalog_marks_.Set(position_, {tree.size(), root});
  state_.catalog_tips_.push_back({position_, std::move(tree)});
}

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
