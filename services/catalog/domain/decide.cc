#include "services/catalog/domain/decide.h"

#include <string>
#include <utility>

#include "services/base/errors.h"
#include "services/base/period.h"
#include "services/base/status.h"
#include "services/catalog/domain/decision.h"
#include "services/catalog/domain/errors.h"
#include "services/catalog/domain/event.h"
#include "services/catalog/domain/verb.h"
#include "services/catalog/domain/words.h"

namespace seisaku::catalog {
namespace {

// The field that an error speaks of when it names none: what says which resource is meant.
std::string_view SubjectField(const v1::Change& change) {
  if (const Verb* verb = FindVerb(change.change_case())) return verb->subject();
  switch (change.change_case()) {
    case v1::Change::kCreateKpi:
    case v1::Change::kUpdateKpi:
      return "kpi.name";
    case v1::Change::kSetTarget:
      return "kpi";
    default:
      return "name";
  }
}

// The same of an error of `code`, the etag's where that is the wrong one: it stands beside the name.
std::string FieldAtFault(const v1::Change& change, absl::StatusCode code) {
  const std::string_view subject = SubjectField(change);
  if (code != absl::StatusCode::kAborted) return std::string(subject);
  const size_t dot = subject.find('.');
  return dot == std::string_view::npos ? "etag" : std::string(subject.substr(0, dot)).append(".etag");
}

Decision DecideOne(const View& view, const v1::Change& change) {
  bool has_reason = !change.reason().empty();
  switch (change.change_case()) {
    case v1::Change::kCreateKpi:
      return CreateKpi(view, change.create_kpi());
    case v1::Change::kUpdateKpi:
      return UpdateKpi(view, change.update_kpi());
    case v1::Change::kRetireKpi:
      return RetireKpi(view, change.retire_kpi(), has_reason);
    case v1::Change::kSetTarget:
      return SetTarget(view, change.set_target(), has_reason);
    default:
      break;
  }
  return seisaku::errors::RequiredField("change");
}

// By the change's row, where it has one.
Decision DecideByRow(const Verb* verb, const View& view, const v1::Change& change, int year) {
  if (verb == nullptr) return DecideOne(view, change);
  v1::Event event;
  ASSIGN_OR_RETURN(bool changes, verb->Decide({view, !change.reason().empty(), year}, change, event));
  if (!changes) return std::nullopt;
  return event;
}

NewEvent ToNewEvent(const v1::Change& change, v1::Event event) {
  NewEvent made;
  if (!change.reason().empty()) {
    event.mutable_reason()->set_index(0);
    made.texts.push_back(change.reason());
  }
  made.type = EventType(event);
  made.resource = EventResource(event);
  made.payload = event.SerializeAsString();
  if (change.has_source()) made.source = change.source();
  return made;
}

}  // namespace

absl::StatusOr<std::vector<NewEvent>> Decide(const State& state, const v1::Change& change, const Caller&,
                                             absl::Time recorded_at) {
  RETURN_IF_ERROR(CheckText("reason", change.reason(), kMaxReasonBytes));
  if (change.has_source()) RETURN_IF_ERROR(CheckSource("source", change.source()));
  Decision decision = DecideByRow(FindVerb(change.change_case()), View(state, state.size()), change,
                                  FiscalYearOf(recorded_at));
  if (!decision.ok()) return WithField(decision.status(), FieldAtFault(change, decision.status().code()));
  std::vector<NewEvent> events;
  if (*decision) events.push_back(ToNewEvent(change, **std::move(decision)));
  return events;
}

}  // namespace seisaku::catalog
