#include "services/catalog/domain/verb.h"

namespace seisaku::catalog {
namespace {

const VerbTable<VerbRow>& Verbs() {
  static const auto& table =
      *new VerbTable<VerbRow>(*v1::Change::descriptor(), *v1::Event::descriptor(), AllVerbs());
  return table;
}

}  // namespace

std::vector<VerbRow> AllVerbs() {
  std::vector<VerbRow> all;
  for (absl::Span<const VerbRow> rows :
       {PlanVerbs(), NodeVerbs(), KpiVerbs(), TargetVerbs(), DepartmentVerbs()}) {
    all.insert(all.end(), rows.begin(), rows.end());
  }
  return all;
}

absl::Status CheckVerbs(absl::Span<const VerbRow> rows) {
  return CheckVerbFields(*v1::Change::descriptor(), *v1::Event::descriptor(), {rows.begin(), rows.end()});
}

const Verb* FindVerb(v1::Change::ChangeCase change) { return Verbs().OfChange(change); }
const Verb* FindVerb(v1::Event::EventCase event) { return Verbs().OfEvent(event); }

}  // namespace seisaku::catalog
