// A catalog in memory: changes are decided and folded one after another, as the ledger does it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "seisaku/catalog/v1/changes.pb.h"
#include "seisaku/catalog/v1/events.pb.h"
#include "services/base/period.h"
#include "services/catalog/domain/machine.h"
#include "services/catalog/domain/view.h"
#include "tests/support/matchers.h"

namespace seisaku::catalog {

// A change from protobuf's text format; the test fails where it cannot be read.
v1::Change ChangeOf(const std::string& text);

// The entry that the ledger would make of an event.
log::v1::Entry ToEntry(const NewEvent& event);

class Catalog {
 public:
  // Decides and folds; returns how many entries that made.
  absl::StatusOr<int> Apply(const v1::Change& change);
  absl::StatusOr<int> Apply(const std::string& text) { return Apply(ChangeOf(text)); }
  // The same for what must succeed.
  void Have(const std::string& text);

  // Decides only.
  absl::StatusOr<std::vector<NewEvent>> Decide(const std::string& text) const;

  View Now() const { return View(machine_.state(), machine_.state().size()); }
  View At(Position size) const { return View(machine_.state(), size); }
  const std::vector<log::v1::Entry>& entries() const { return entries_; }
  Machine& machine() { return machine_; }
  const State& state() const { return machine_.state(); }

  // When what comes next is recorded.
  absl::Time now = absl::FromCivil(absl::CivilDay(2024, 4, 1), TokyoTime());

 private:
  Machine machine_;
  std::vector<log::v1::Entry> entries_;
};

// departments/d1, d2; plans/p with levels 政策, 施策 and a rule; nodes n1 (level 0), n2 (below n1);
// kpis/k1 (人, INCREASE, of n2) and kpis/k2 (%, with components 男性, 女性). 8 entries.
void HavePlan(Catalog& catalog);

// "resource#revision@position=content" of every record as of `size`, in the order visited.
std::vector<std::string> Records(const Machine& machine, Position size);

}  // namespace seisaku::catalog
