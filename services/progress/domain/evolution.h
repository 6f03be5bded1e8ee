// How an event is written into a State. A fold function checks first and then writes.
#pragma once

#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "services/domain/verb.h"
#include "services/progress/domain/state.h"

namespace seisaku::progress {

// Folds one event. Not thread-safe; lives no longer than the fold.
class Evolution {
 public:
  Evolution(State& state, Position position) : state_(state), position_(position) {}

  // The state as it was before the event.
  const State& before() const { return state_; }

  // Finds the KPI that an event is about, which catalog must have had by then. An error says what cannot be.
  absl::Status FindKpi(std::string_view name, int reporting_year);

  // Of the KPI that FindKpi found. nullptr: nothing was ever recorded of it.
  KpiSlot* slot() { return slot_; }
  // The same, made where it is not there. To be called before anything in it is changed.
  KpiSlot& SlotToChange();

  template <typename T>
  void Set(Revisions<T>& revisions, T value) {
    revisions.Set(position_, std::move(value));
  }

  // The copy of catalog. A fold function that fails has taken back what it did to it.
  catalog::State& catalog() { return state_.catalog_; }
  // The copy now ends where `tree` does, whose root is `root`.
  void SetCatalogTree(const std::string& origin, ledger::Frontier tree, const ledger::Hash& root);

 private:
  State& state_;
  Position position_;
  catalog::KpiAt kpi_{};
  KpiSlot* slot_ = nullptr;
};

}  // namespace seisaku::progress
