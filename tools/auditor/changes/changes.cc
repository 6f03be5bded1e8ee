#include "tools/auditor/changes/changes.h"

#include <algorithm>
#include <map>
#include <utility>

#include "google/protobuf/descriptor.h"
#include "seisaku/catalog/v1/events.pb.h"
#include "seisaku/catalog/v1/resources.pb.h"
#include "seisaku/log/v1/entry.pb.h"
#include "seisaku/log/v1/log_event.pb.h"
#include "seisaku/progress/v1/events.pb.h"
#include "seisaku/progress/v1/resources.pb.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/base/timestamp.h"
#include "services/catalog/domain/view.h"
#include "services/ledger/tree/free_text.h"

namespace seisaku::auditor {
namespace {

using google::protobuf::Message;

constexpr std::string_view kCopy = "catalog_advanced";

// The fields that each entry from `begin` on changed, by its position.
using FieldsByPosition = std::map<Position, std::vector<FieldChange>>;

FieldsByPosition FieldsOf(const StateMachine& state, Position begin, Position end) {
  FieldsByPosition fields;
  std::string resource, before;
  state.VisitRecords(end, [&](const StateMachine::Record& record) {
    if (record.resource != resource) before.clear();
    if (record.position >= begin && !record.about_other_log) {
      auto then = NewRecord(record.resource), now = NewRecord(record.resource);
      if (now != nullptr && then->ParseFromString(before) &&
          now->ParseFromString(std::string(record.content))) {
        auto changed = FieldChanges(*then, *now);
        auto& all = fields[record.position];
        std::move(changed.begin(), changed.end(), std::back_inserter(all));
      }
    }
    resource = record.resource;
    before = record.content;
  });
  return fields;
}

// Puts the texts beside the entry into `change`.
absl::Status AddTexts(const log::v1::StoredEntry& stored, const log::v1::Entry& entry, const Message& event,
                      Change& change) {
  std::map<uint32_t, std::string> fields = policyctl::TextFields(event);
  for (uint32_t index = 0; index < static_cast<uint32_t>(entry.texts_size()); ++index) {
    ASSIGN_OR_RETURN(std::optional<std::string> text, ledger::OpenText(stored, entry, index));
    Words words{std::move(fields[index]), std::move(text)};
    if (words.field == "reason") {
      change.reason = std::move(words);
    } else {
      change.words.push_back(std::move(words));
    }
  }
  return absl::OkStatus();
}

// Adds an entry to the command that it belongs to.
absl::Status AddEntry(const ArchivedLog& archive, const log::v1::StoredEntry& stored, std::string_view log,
                      FieldsByPosition& fields, std::vector<ChangeSet>& sets) {
  ASSIGN_OR_RETURN(const log::v1::Entry entry, policyctl::DecodeEntry(stored));
  const std::string event = policyctl::EventName(entry);
  if (event == kCopy) return absl::OkStatus();
  if (entry.command_index() == 0 || sets.empty()) {
    ChangeSet& set = sets.emplace_back();
    set.log = log;
    set.recorded_at = entry.recorded_at();
    set.actor = entry.actor();
    set.request_id = entry.request_id();
  }
  ChangeSet& set = sets.back();
  ASSIGN_OR_RETURN(const std::unique_ptr<Message> payload, policyctl::DecodePayload(entry));
  Change change{.position = stored.position(),
                .event = event,
                .resource = entry.resource(),
                .fields = std::move(fields[stored.position()]),
                .reason = {},
                .words = {},
                .withdrawn = {}};
  RETURN_IF_ERROR(AddTexts(stored, entry, *payload, change));
  ASSIGN_OR_RETURN(change.withdrawn,
                   policyctl::FindWithdrawn(entry, stored.position(),
                                            [&](Position position) { return archive.EntryAt(position); }));
  set.changes.push_back(std::move(change));
  return absl::OkStatus();
}

absl::Status AddLog(ArchivedLog& log, std::string_view name, const StateMachine& state,
                    const type::v1::AsOf& from, std::vector<ChangeSet>& sets) {
  ASSIGN_OR_RETURN(const Position begin, [&]() -> absl::StatusOr<Position> {
    ASSIGN_OR_RETURN(const ledger::Snapshot snapshot, log.Read({.as_of = from}));
    return snapshot.size();
  }());
  const Position end = log.size();
  FieldsByPosition fields = FieldsOf(state, begin, end);
  std::vector<ChangeSet> of_log;
  for (Position position = begin; position < end; ++position) {
    ASSIGN_OR_RETURN(const log::v1::StoredEntry stored, log.EntryAt(position));
    const absl::Status added = AddEntry(log, stored, name, fields, of_log);
    if (!added.ok()) return WithMetadata(added, {{"log", std::string(name)}});
  }
  std::move(of_log.begin(), of_log.end(), std::back_inserter(sets));
  return absl::OkStatus();
}

// Gives the changes the titles of the departments that their fields name, as they are called at the end.
void AddTitles(const catalog::View& view, std::vector<ChangeSet>& sets) {
  static constexpr std::string_view kDepartments = "departments/";
  const auto add = [&view](const std::string& name, Change& change) {
    if (!name.starts_with(kDepartments)) return;
    const auto department = view.FindDepartment(name.substr(kDepartments.size()));
    if (department) change.titles[name] = department->record->title;
  };
  for (ChangeSet& set : sets) {
    for (Change& change : set.changes) {
      for (const FieldChange& field : change.fields) {
        add(field.before, change);
        add(field.after, change);
      }
    }
  }
}

}  // namespace

absl::StatusOr<std::vector<ChangeSet>> ChangesSince(ArchivedCity& city, const type::v1::AsOf& from) {
  std::vector<ChangeSet> sets;
  type::v1::AsOf of_progress = from, of_catalog = from;
  if (from.at_case() == type::v1::AsOf::AT_NOT_SET) of_progress.set_size(0);
  if (!of_progress.has_time()) {
    const Position size = of_progress.size();
    of_catalog.set_size(size == 0 ? 0 : city.progress_state().state().CatalogSize(size));
  }
  RETURN_IF_ERROR(AddLog(city.catalog(), "catalog", city.catalog_state(), of_catalog, sets));
  RETURN_IF_ERROR(AddLog(city.progress(), "progress", city.progress_state(), of_progress, sets));
  std::stable_sort(sets.begin(), sets.end(), [](const ChangeSet& a, const ChangeSet& b) {
    return ToMicros(a.recorded_at) < ToMicros(b.recorded_at);
  });
  ASSIGN_OR_RETURN(const ledger::Snapshot snapshot, city.catalog().Read({}));
  AddTitles(catalog::View(city.catalog_state().state(), snapshot.size()), sets);
  return sets;
}

std::vector<std::string> EventTypes() {
  std::vector<std::string> types;
  for (const auto* event : {catalog::v1::Event::descriptor(), progress::v1::Event::descriptor(),
                            log::v1::LogEvent::descriptor()}) {
    const google::protobuf::OneofDescriptor& kinds = *event->oneof_decl(0);
    for (int i = 0; i < kinds.field_count(); ++i) {
      if (kinds.field(i)->name() != kCopy) types.push_back(kinds.field(i)->name());
    }
  }
  return types;
}

std::unique_ptr<Message> NewRecord(std::string_view resource) {
  const auto in = [resource](std::string_view part) { return resource.find(part) != std::string_view::npos; };
  if (resource.starts_with("departments/")) return std::make_unique<catalog::v1::Department>();
  if (in("/actuals/")) return std::make_unique<progress::v1::Actual>();
  if (in("/assessments/")) return std::make_unique<progress::v1::AssessmentRecorded>();
  if (in("/narratives/")) return std::make_unique<progress::v1::NarrativeRecorded>();
  if (in("/targets/")) return std::make_unique<catalog::v1::Target>();
  if (in("/kpis/")) return std::make_unique<catalog::v1::Kpi>();
  if (in("/nodes/")) return std::make_unique<catalog::v1::Node>();
  if (resource.ends_with("/rule")) return std::make_unique<catalog::v1::EvaluationRule>();
  if (resource.starts_with("plans/")) return std::make_unique<catalog::v1::Plan>();
  return nullptr;
}

}  // namespace seisaku::auditor
