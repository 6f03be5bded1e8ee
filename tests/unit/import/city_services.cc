#include "tests/unit/import/city_services.h"

#include "fmt/format.h"
#include "gtest/gtest.h"
#include "services/base/errors.h"
#include "services/catalog/domain/view.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/frontier.h"
#include "services/progress/domain/render.h"
#include "services/progress/domain/view.h"

namespace seisaku::policyctl::imports {
namespace {

log::v1::Entry ToEntry(const NewEvent& event) {
  log::v1::Entry entry;
  entry.set_type(event.type);
  entry.set_resource(event.resource);
  entry.set_payload(event.payload);
  for (const std::string& text : event.texts) {
    entry.add_texts()->set_salted_sha256(ledger::ToBytes(ledger::Sha256(text)));
  }
  if (event.source) *entry.mutable_source() = *event.source;
  entry.set_command_size(1);
  return entry;
}

const Caller kPlanner{"seisaku://city/planner/sato", Role::kPlanner, ""};
const Caller kPeer{"seisaku://city/peer/progress", Role::kPeer, ""};

// Decides and folds all changes, or none of them; `appended` is told of each event.
template <typename Machine, typename Request>
absl::StatusOr<uint32_t> Run(Machine& machine, const Request& request, const Caller& caller,
                             const std::function<void(Position, const NewEvent&)>& appended) {
  const Position before = machine.state().size();
  std::vector<NewEvent> events;
  for (int i = 0; i < request.changes_size(); ++i) {
    absl::StatusOr<std::vector<NewEvent>> decided =
        machine.Decide(request.changes(i), caller, absl::UnixEpoch());
    absl::Status status = decided.status();
    if (decided.ok()) {
      for (NewEvent& event : *decided) {
        status.Update(machine.Evolve(machine.state().size(), ToEntry(event)));
        events.push_back(std::move(event));
      }
    }
    if (status.ok()) continue;
    machine.Truncate(before);
    return WithFieldPrefix(status, fmt::format("changes[{}].", i));
  }
  if (request.validate_only()) {
    machine.Truncate(before);
  } else {
    machine.Publish(machine.state().size());
    for (size_t i = 0; i < events.size(); ++i) appended(before + i, events[i]);
  }
  return static_cast<uint32_t>(events.size());
}

std::string CallText(std::string_view service, bool validate_only, int changes) {
  return fmt::format("{} {} {}", service, validate_only ? "validate" : "write", changes);
}

}  // namespace

CityServices::CityServices(const std::vector<std::string>& levels) {
  catalog::v1::Change change;
  change.mutable_create_plan()->set_name(kPlan);
  change.mutable_create_plan()->set_title("総合戦略");
  for (const std::string& level : levels) change.mutable_create_plan()->add_levels(level);
  Have(change);
  calls.clear();
}

absl::StatusOr<catalog::v1::ApplyCatalogResponse> CityServices::Apply(
    const catalog::v1::ApplyCatalogRequest& request) {
  calls.push_back(CallText("catalog", request.validate_only(), request.changes_size()));
  const auto appended = [this](Position, const NewEvent& event) {
    catalog_entries_.push_back(ToEntry(event).SerializeAsString());
  };
  if (FailsNow(request.validate_only())) return errors::StorageUnavailable("the test says so");
  ASSIGN_OR_RETURN(const uint32_t entries, Run(*catalog_, request, kPlanner, appended));
  if (!request.validate_only()) Written(request.correlation_id());
  catalog::v1::ApplyCatalogResponse response;
  response.mutable_receipt()->set_entries(request.validate_only() ? 0 : entries);
  response.mutable_receipt()->set_position(catalog_->state().size());
  if (!request.validate_only()) Follow();
  return response;
}

absl::StatusOr<progress::v1::ApplyProgressResponse> CityServices::Apply(
    const progress::v1::ApplyProgressRequest& request) {
  calls.push_back(CallText("progress", request.validate_only(), request.changes_size()));
  EXPECT_LE(request.min_catalog_position(), progress_->state().catalog().size());
  if (progress_fails && !request.validate_only()) {
    progress_fails = false;
    return errors::StorageUnavailable("the test says so");
  }
  if (FailsNow(request.validate_only())) return errors::StorageUnavailable("the test says so");
  const auto appended = [this](Position position, const NewEvent& event) {
    if (!event.texts.empty()) texts_[position] = event.texts[0];
  };
  ASSIGN_OR_RETURN(const uint32_t entries, Run(*progress_, request, kPlanner, appended));
  if (!request.validate_only()) Written(request.correlation_id());
  progress::v1::ApplyProgressResponse response;
  response.mutable_receipt()->set_entries(request.validate_only() ? 0 : entries);
  response.mutable_receipt()->set_position(progress_->state().size());
  return response;
}

bool CityServices::FailsNow(bool validate_only) {
  if (validate_only || writes_until_failure < 0) return false;
  return writes_until_failure-- == 0;
}

void CityServices::Written(const std::string& correlation_id) {
  log::v1::Entry& entry = written.emplace_back();
  entry.set_resource(fmt::format("{}/kpis/kpi-001", kPlan));
  entry.set_correlation_id(correlation_id);
  entry.mutable_recorded_at()->set_seconds(static_cast<int64_t>(written.size()));
}

void CityServices::Have(const catalog::v1::Change& change) {
  catalog::v1::ApplyCatalogRequest request;
  *request.add_changes() = change;
  const auto response = Apply(request);
  ASSERT_TRUE(response.ok()) << response.status();
}

void CityServices::Have(const progress::v1::Change& change) {
  progress::v1::ApplyProgressRequest request;
  *request.add_changes() = change;
  const auto response = Apply(request);
  ASSERT_TRUE(response.ok()) << response.status();
}

void CityServices::Withdraw(const std::string& kpi, progress::v1::NarrativeKind kind) {
  const progress::View view(progress_->state(), progress_->state().size());
  const auto found = view.ResolveKpi("kpi", kpi);
  ASSERT_TRUE(found.ok()) << found.status();
  const auto narrative = view.Narrative(*found, 2022, kind);
  ASSERT_TRUE(narrative.has_value());
  texts_[narrative->position].clear();
}

void CityServices::Follow() {
  progress::v1::CatalogAdvanced advance;
  const Position known = progress_->state().catalog().size();
  advance.set_start(known);
  ledger::Frontier frontier;
  for (Position i = 0; i < catalog_entries_.size(); ++i) {
    frontier.Append(ledger::LeafHash(catalog_entries_[i]));
    if (i >= known) advance.add_entries(catalog_entries_[i]);
  }
  if (advance.entries().empty()) return;
  advance.set_checkpoint(*ledger::SignCheckpoint({key_.name(), frontier.size(), frontier.Root()}, key_));
  const auto events = progress_->Decide(advance, kPeer, absl::UnixEpoch());
  ASSERT_TRUE(events.ok()) << events.status();
  for (const NewEvent& event : *events) {
    const absl::Status folded = progress_->Evolve(progress_->state().size(), ToEntry(event));
    ASSERT_TRUE(folded.ok()) << folded;
  }
  progress_->Publish(progress_->state().size());
}

ExistingPlan CityServices::Plan() const {
  const catalog::View view(catalog_->state(), catalog_->state().size());
  const auto plan = view.FindPlan("strategy");
  ExistingPlan existing;
  existing.position = view.size();
  existing.plan = view.Render(*plan);
  for (const catalog::TreeLine& line : view.Tree(*plan)) {
    if (line.node) existing.nodes.push_back(view.Render(*line.node));
    if (line.kpi) existing.kpis.push_back(view.Render(*line.kpi));
  }
  for (const auto& department : view.Departments()) existing.departments.push_back(view.Render(department));
  return existing;
}

progress::v1::GetProgressSheetResponse CityServices::Sheet(int year) const {
  const progress::View view(progress_->state(), progress_->state().size());
  progress::v1::GetProgressSheetResponse sheet;
  for (const catalog::KpiAt& kpi : view.SheetKpis(*view.catalog().FindPlan("strategy"), year)) {
    *sheet.add_rows() = progress::RenderRow(view, view.Evaluate(kpi, year));
  }
  return sheet;
}

std::vector<progress::v1::Actual> CityServices::Actuals() const {
  const progress::View view(progress_->state(), progress_->state().size());
  std::vector<progress::v1::Actual> actuals;
  for (const catalog::KpiAt& kpi : view.catalog().Kpis(*view.catalog().FindPlan("strategy"))) {
    for (const auto& actual : view.Actuals(kpi, /*reporting_year=*/0, /*history=*/true)) {
      actuals.push_back(progress::Render(progress::NameOf(kpi), actual));
    }
  }
  return actuals;
}

std::vector<progress::v1::Narrative> CityServices::Narratives(int year) const {
  const progress::View view(progress_->state(), progress_->state().size());
  std::vector<progress::v1::Narrative> narratives;
  for (const catalog::KpiAt& kpi : view.catalog().Kpis(*view.catalog().FindPlan("strategy"))) {
    for (const auto& narrative : view.Narratives(kpi, year, /*retracted_too=*/true)) {
      progress::v1::Narrative rendered = progress::Render(progress::NameOf(kpi), year, narrative);
      if (narrative.text) {
        rendered.set_text(texts_.at(narrative.position));
        rendered.set_withdrawn(rendered.text().empty());
      }
      narratives.push_back(std::move(rendered));
    }
  }
  return narratives;
}

ExistingFigures CityServices::Figures(int year) const {
  const progress::View view(progress_->state(), progress_->state().size());
  ExistingFigures figures;
  figures.position = view.size();
  figures.actuals = Actuals();
  figures.narratives = Narratives(year);
  for (const catalog::KpiAt& kpi : view.catalog().Kpis(*view.catalog().FindPlan("strategy"))) {
    if (const auto assessment = view.Assessment(kpi, year)) {
      figures.assessments.push_back(progress::Render(progress::NameOf(kpi), year, *assessment));
    }
  }
  for (const int other : YearsOf(Plan(), figures.actuals)) {
    if (other != year) figures.other_years[other] = ToOtherYear(Sheet(other));
  }
  return figures;
}

}  // namespace seisaku::policyctl::imports
