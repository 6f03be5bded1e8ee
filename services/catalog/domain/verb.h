// Catalog's verbs. What a row is: services/domain/verb.h. Each aggregate's file (plan.cc, node.cc, …) ends
// with its own.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "seisaku/catalog/v1/changes.pb.h"
#include "seisaku/catalog/v1/events.pb.h"
#include "services/catalog/domain/view.h"
#include "services/domain/verb.h"

namespace seisaku::catalog {

class Evolution;

// What a decide function is given beside its change.
struct Deciding {
  const View& view;  // the newest one
  bool has_reason;   // the change says why
  int year;          // the present fiscal year
};

// The subject of a row is the resource that its event changes.
using VerbRow = VerbRowOf<Deciding, Evolution>;
using Verb = VerbOf<VerbRow>;

// The rows of each aggregate.
absl::Span<const VerbRow> PlanVerbs();
absl::Span<const VerbRow> NodeVerbs();
absl::Span<const VerbRow> KpiVerbs();
absl::Span<const VerbRow> TargetVerbs();
absl::Span<const VerbRow> DepartmentVerbs();

// All of them.
std::vector<VerbRow> AllVerbs();

// CheckVerbFields for catalog's Change and Event.
absl::Status CheckVerbs(absl::Span<const VerbRow> rows);

// The verb of a change or an event; nullptr where none is set. Thread-safe. The first call aborts the process
// where CheckVerbs finds something wrong.
const Verb* FindVerb(v1::Change::ChangeCase change);
const Verb* FindVerb(v1::Event::EventCase event);

}  // namespace seisaku::catalog
