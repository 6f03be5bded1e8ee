// Everything that can be asked of a State as of a size, evaluations included. The only way that handlers and
// Decide read.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/catalog/domain/view.h"
#include "services/progress/domain/evaluation.h"
#include "services/progress/domain/names.h"
#include "services/progress/domain/state.h"

namespace seisaku::progress {

// A revision of a figure. Points into the state, like all that a view gives.
struct ActualAt {
  int reporting_year;
  std::string_view component;
  const ActualRecord* record;
  uint32_t revision;  // from 1
  Position position;
};

struct AssessmentAt {
  const AssessmentRecord* record;
  Position position;
};

// A revision of words.
struct NarrativeAt {
  v1::NarrativeKind kind;
  Position position;
  std::optional<uint32_t> text;  // TextRef.index, of the entry at `position`; nullopt: taken back
};

// What Evaluate judges by: the KPI, the plan's rule and the year's target (nullptr: none), and the figure of
// each of ComponentsOf(kpi) (nullptr: none), whatever they were read from.
EvaluationInput InputOf(const catalog::KpiRecord& kpi, const catalog::RuleRecord* rule,
                        const catalog::TargetRecord* target, int reporting_year,
                        const std::vector<const ActualRecord*>& actuals);

// A KPI's judgement in one reporting year with what it rests on.
struct KpiEvaluation {
  catalog::KpiAt kpi;
  int reporting_year;
  EvaluationInput input;
  Evaluation evaluation;
  std::optional<catalog::RuleAt> rule;
  std::optional<catalog::TargetAt> target;
  std::vector<std::optional<ActualAt>> actuals;  // as input.components
  std::optional<AssessmentAt> official;
  bool differs = false;  // official judgement and derived one; false without an official one

  // Whether a component has no figure yet.
  bool AwaitsActual() const;
};

struct JudgementCounts {
  uint32_t kpis = 0;
  uint32_t on_track = 0;
  uint32_t mostly_on_track = 0;
  uint32_t delayed = 0;
  uint32_t not_evaluable = 0;
  uint32_t undeclared = 0;

  // Counts one KPI; nullopt: undeclared.
  void Count(std::optional<Judgement> judgement);
};

struct NodeSummary {
  std::optional<catalog::NodeAt> node;  // nullopt: the whole plan
  JudgementCounts derived;
  JudgementCounts official;
  uint32_t differing = 0;
  uint32_t awaiting_actual = 0;
};

class View {
 public:
  // `state` outlives the view; size <= state.size().
  View(const State& state, Position size)
      : state_(&state), size_(size), catalog_(state.catalog(), state.CatalogSize(size)) {}
  Position size() const { return size_; }

  // Catalog as far as progress knew it.
  const catalog::View& catalog() const { return catalog_; }

  // The position in progress's log of the entry that holds a copy of catalog's entry at `catalog_position`,
  // which is below catalog().size().
  Position CarrierOf(Position catalog_position) const;

  // The KPI that `name` names by id, or by exact title where that is unique in its plan. INVALID_FIELD naming
  // `field`; NOT_FOUND RESOURCE_NOT_FOUND; FAILED_PRECONDITION TITLE_NOT_UNIQUE.
  absl::StatusOr<catalog::KpiAt> ResolveKpi(std::string_view field, std::string_view name) const;

  // The newest revision of a figure, even one that takes it back; nullopt where it was never recorded.
  std::optional<ActualAt> LastRevision(const catalog::KpiAt& kpi, int reporting_year,
                                       std::string_view component) const;
  // The figure in force.
  std::optional<ActualAt> Actual(const catalog::KpiAt& kpi, int reporting_year,
                                 std::string_view component) const;
  // Figures in force, by year and then in the KPI's order of components; with `history` every revision,
  // oldest first, retractions too. `reporting_year` 0: all.
  std::vector<ActualAt> Actuals(const catalog::KpiAt& kpi, int reporting_year, bool history) const;
  // The newest revision of words, even one that takes them back; nullopt where none were ever recorded.
  std::optional<NarrativeAt> LastNarrative(const catalog::KpiAt& kpi, int reporting_year,
                                           v1::NarrativeKind kind) const;
  // The words that are there.
  std::optional<NarrativeAt> Narrative(const catalog::KpiAt& kpi, int reporting_year,
                                       v1::NarrativeKind kind) const;
  // In the kinds' order; with `retracted_too` also the kinds whose words were taken back.
  std::vector<NarrativeAt> Narratives(const catalog::KpiAt& kpi, int reporting_year,
                                      bool retracted_too = false) const;
  std::optional<AssessmentAt> Assessment(const catalog::KpiAt& kpi, int reporting_year) const;

  KpiEvaluation Evaluate(const catalog::KpiAt& kpi, int reporting_year) const;

  // The plan's KPIs that are in force in the year, in sheet order.
  std::vector<catalog::KpiAt> SheetKpis(const catalog::PlanAt& plan, int reporting_year) const;
  // The nodes of `level` that are in force in the year, in document order, then the whole plan.
  std::vector<NodeSummary> Summarize(const catalog::PlanAt& plan, int reporting_year, uint32_t level) const;

 private:
  const State* state_;
  Position size_;
  catalog::View catalog_;
};

// The KPI's components; one with an empty name where it has none.
const std::vector<std::string>& ComponentsOf(const catalog::KpiRecord& kpi);

}  // namespace seisaku::progress
