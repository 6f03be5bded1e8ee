// How an event is written into a State. A fold function checks first and then writes. Each write leaves in
// the state's journal how to take it back.
#pragma once

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/base/status.h"
#include "services/catalog/domain/names.h"
#include "services/catalog/domain/state.h"
#include "services/catalog/domain/view.h"

namespace seisaku::catalog {

// Folds one event. Not thread-safe; lives no longer than the fold.
class Evolution {
 public:
  Evolution(State& state, Position position) : state_(state), position_(position), before_(state, position) {}

  // The state as it was before the event.
  const View& before() const { return before_; }

  State::Plans& plans() { return state_.plans_; }
  State::Departments& departments() { return state_.departments_; }
  State::DepartmentsByTitle& departments_by_title() { return state_.departments_by_title_; }

  // What an event speaks of; an error where it does not exist.
  absl::StatusOr<PlanSlot*> Plan(std::string_view name);
  absl::StatusOr<NodeSlot*> Node(std::string_view name);
  absl::StatusOr<KpiSlot*> Kpi(std::string_view name);
  absl::StatusOr<DepartmentSlot*> Department(std::string_view name);

  // The present record of a slot.
  template <typename Slot>
  const auto& Now(const Slot& slot) const {
    return *slot.record.At(position_);
  }

  // The plan as it is now, for checks.
  PlanAt Present(const PlanSlot& plan) const { return {&plan, &Now(plan)}; }

  // Makes `value` the present one.
  template <typename T>
  void Set(Revisions<T>& revisions, T value) {
    revisions.Set(position_, std::move(value));
    OnUndo([&revisions, position = position_] { revisions.Truncate(position); });
  }

  // A new slot in `map`, its id set.
  template <typename Map>
  auto& Add(Map& map, std::string_view id) {
    auto added = map.try_emplace(std::string(id)).first;
    added->second.id = added->first;
    OnUndo([&map, id = added->second.id] { map.erase(map.find(id)); });
    return added->second;
  }

  // Adds `item` to `list` unless it is there; LinkNew adds one that is not there.
  template <typename Item>
  void Link(std::vector<Item*>& list, Item& item) {
    if (std::find(list.rbegin(), list.rend(), &item) == list.rend()) LinkNew(list, item);
  }
  template <typename Item>
  void LinkNew(std::vector<Item*>& list, Item& item) {
    list.push_back(&item);
    OnUndo([&list] { list.pop_back(); });
  }

  // Makes `last`, the greatest order given so far, at least `order`.
  void Raise(uint32_t& last, uint32_t order) {
    if (order <= last) return;
    OnUndo([&last, was = last] { last = was; });
    last = order;
  }

  // Gives the slot's record the end that the event says.
  template <typename Slot>
  absl::Status Retire(Slot& slot, const v1::Retired& retired) {
    RETURN_IF_ERROR(CheckYear("from_year", retired.from_year()));
    auto record = Now(slot);
    record.retired_from_year = retired.from_year();
    Set(slot.record, std::move(record));
    return absl::OkStatus();
  }

 private:
  template <typename Undo>
  void OnUndo(Undo undo) {
    state_.journal_.push_back({position_, std::move(undo)});
  }

  State& state_;
  Position position_;
  View before_;
};

}  // namespace seisaku::catalog
