// Progress's verbs. What a row is: services/domain/verb.h. Each aggregate's file (actual.cc, narrative.cc, …)
// ends with its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "seisaku/progress/v1/changes.pb.h"
#include "seisaku/progress/v1/events.pb.h"
#include "services/base/caller.h"
#include "services/domain/verb.h"
#include "services/progress/domain/view.h"

namespace seisaku::progress {

class Evolution;

// What a decide function is given beside its change.
struct Deciding {
  const State& state;
  const View& view;  // the newest one of `state`
  const Caller& caller;
  bool has_reason;           // the change says why
  std::string_view subject;  // the row's
};

// Whose changes of a verb are taken.
enum class Makers { kPlanners, kPlannersAndReporters, kPeers };

// The subject of a row is the KPI that its event is about.
struct VerbRow : VerbRowOf<Deciding, Evolution> {
  Makers makers;
  // The name of the resource that the event's message changes.
  std::string (*resource)(const google::protobuf::Message& event_message);
};
using Verb = VerbOf<VerbRow>;

// The row of a verb; see seisaku::Row. `kResource` names the resource that an event's message changes: a
// std::string(const E&).
template <auto kDecide, auto kFold, auto kResource>
constexpr VerbRow Row(int change, int event, std::string_view subject, Makers makers) {
  return {seisaku::Row<kDecide, kFold>(change, event, subject), makers,
          [](const google::protobuf::Message& message) {
            return kResource(static_cast<const typename DecideTypes<decltype(kDecide)>::Event&>(message));
          }};
}

// The rows of each aggregate.
absl::Span<const VerbRow> CatalogCopyVerbs();
absl::Span<const VerbRow> ActualVerbs();
absl::Span<const VerbRow> NarrativeVerbs();
absl::Span<const VerbRow> AssessmentVerbs();

// All of them.
std::vector<VerbRow> AllVerbs();

// CheckVerbFields for progress's Change and Event.
absl::Status CheckVerbs(absl::Span<const VerbRow> rows);

// The verb of a change or an event; nullptr where none is set. Thread-safe. The first call aborts the process
// where CheckVerbs finds something wrong.
const Verb* FindVerb(v1::Change::ChangeCase change);
const Verb* FindVerb(v1::Event::EventCase event);
// The verb that is decided from such a message itself, not from a Change; nullptr where there is none.
const Verb* FindVerb(const google::protobuf::Descriptor* step);

}  // namespace seisaku::progress
