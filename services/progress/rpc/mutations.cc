// The RPCs that change something.
#include <map>
#include <string>
#include <utility>

#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/progress/domain/describe.h"
#include "services/progress/domain/render.h"
#include "services/progress/rpc/catalog_wait.h"
#include "services/progress/rpc/handlers.h"
#include "services/progress/rpc/texts.h"
#include "services/rpc/command.h"

namespace seisaku::progress {
namespace {

using Changes = google::protobuf::RepeatedPtrField<v1::Change>;

using google::protobuf::Message;

// The requests' fields that hold what a change holds.
constexpr std::string_view kActual = "actual";
constexpr std::string_view kCorrection = "correction";
constexpr std::string_view kRetraction = "retraction";
constexpr std::string_view kNarrative = "narrative";
constexpr std::string_view kAssessment = "assessment";

template <const std::string_view& field>
absl::Status Of(const absl::Status& refused, const Message& change, size_t) {
  return rpc::OfOneChange(refused, change, field);
}
absl::Status OfActuals(const absl::Status& refused, const Message& change, size_t index) {
  return rpc::OfOneChange(refused, change, fmt::format("actuals[{}]", index));
}

absl::Status CheckCount(std::string_view field, int count) {
  if (count == 0) return errors::RequiredField(field);
  if (count <= ledger::kMaxCommandEvents) return absl::OkStatus();
  return errors::CommandTooLarge(field, ledger::kMaxCommandEvents, count);
}

// One change with the request's reason.
template <typename Request>
Changes OneChange(const Request& request, void (*set)(const Request&, v1::Change&)) {
  Changes changes;
  changes.Add()->set_reason(request.reason());
  set(request, changes[0]);
  return changes;
}

// The figure as the command left it; a withdrawn or never recorded one leaves the answer empty.
void FillActual(const View& view, const v1::Actual& asked, v1::Actual* filled) {
  auto kpi = view.catalog().FindKpi(asked.kpi());
  auto actual = kpi ? view.Actual(*kpi, asked.reporting_year(), asked.component()) : std::nullopt;
  if (actual) Render(NameOf(*kpi), *actual, *filled);
}

// The words of a request, in order, by what they are about.
class RequestedWords {
 public:
  explicit RequestedWords(const Changes& changes) {
    for (const v1::Change& change : changes) {
      if (!change.has_record_narrative()) continue;
      const v1::Narrative& words = change.record_narrative();
      words_[{words.kpi(), words.reporting_year(), words.kind()}].requested.push_back(&words.text());
    }
  }

  // Of the next entry about the same words: its text, and that of the entry before it, nullopt where it is
  // the request's first. The entries are those of the changes, in order, without changes that changed
  // nothing: of several about the same words only a taking back can be one.
  struct Diff {
    std::optional<std::string> before;
    std::string after;
  };
  Diff Next(const v1::NarrativeRecorded& recorded) {
    Words& words = words_[{recorded.kpi(), recorded.reporting_year(), recorded.kind()}];
    const auto& requested = words.requested;
    while (words.next < requested.size() && requested[words.next]->empty() == recorded.has_text())
      ++words.next;
    Diff diff{words.last, words.next < requested.size() ? *requested[words.next++] : ""};
    words.last = diff.after;
    return diff;
  }

 private:
  struct Words {
    std::vector<const std::string*> requested;
    size_t next = 0;
    std::optional<std::string> last;
  };
  std::map<std::tuple<std::string, int, int>, Words> words_;
};

}  // namespace

template <typename Response, typename Request>
absl::StatusOr<rpc::Mutation<Response>> Handlers::Mutate(
    const rpc::CallContext& call, const Request& request, Changes changes, ledger::Command::AsSent as_sent,
    std::function<absl::Status(const ledger::Outcome&, Response&)> describe) {
  RETURN_IF_ERROR(WaitForCatalog(ledger_, state_, request.min_catalog_position(), call));
  ASSIGN_OR_RETURN(std::vector<size_t> said_again, SaidAgain(ledger_, state_, changes, call));
  ASSIGN_OR_RETURN(ledger::Command command, rpc::ToCommand(call, request, rpc::ToSteps(std::move(changes))));
  command.unchanged = std::move(said_again);
  command.as_sent = as_sent;
  return rpc::Mutation<Response>{std::move(command), std::move(describe)};
}

absl::StatusOr<v1::ApplyProgressResponse> Handlers::ApplyProgress(const rpc::CallContext& call,
                                                                  const v1::ApplyProgressRequest& request) {
  RETURN_IF_ERROR(CheckCount("changes", request.changes_size()));
  RequestedWords requested(request.changes());
  TextSlots earlier_words;
  auto fill = [&](const ledger::Outcome& outcome, v1::ApplyProgressResponse& response) -> absl::Status {
    for (size_t i = 0; i < outcome.entries.size(); ++i) {
      ASSIGN_OR_RETURN(Described described, DescribeEntry(state_, outcome.begin + i, outcome.entries[i]));
      v1::ChangeResult& result = *response.add_results();
      result = std::move(described.result);
      if (!described.event.has_narrative_recorded()) continue;
      RequestedWords::Diff diff = requested.Next(described.event.narrative_recorded());
      result.set_after(std::move(diff.after));
      // Words of this very command are not stored yet.
      const auto& previous = described.previous_text;
      if (diff.before) {
        result.set_before(*std::move(diff.before));
      } else if (previous) {
        earlier_words.Add(previous->position, *previous->text, [&result](std::optional<std::string> text) {
          result.set_before(std::move(text).value_or(""));
        });
      }
    }
    return absl::OkStatus();
  };
  ASSIGN_OR_RETURN(auto mutation,
                   Mutate<v1::ApplyProgressResponse>(call, request, request.changes(), rpc::OfChanges, fill));
  ASSIGN_OR_RETURN(auto response, rpc::Apply(ledger_, call, std::move(mutation)));
  RETURN_IF_ERROR(earlier_words.Fill(ledger_, call));
  return response;
}

absl::StatusOr<rpc::Mutation<v1::RecordActualResponse>> Handlers::RecordActual(
    const rpc::CallContext& call, const v1::RecordActualRequest& request) {
  Changes changes = OneChange<v1::RecordActualRequest>(
      request, [](const auto& r, v1::Change& c) { *c.mutable_record_actual() = r.actual(); });
  return Mutate<v1::RecordActualResponse>(
      call, request, std::move(changes), Of<kActual>,
      [this, actual = request.actual()](const ledger::Outcome& outcome, v1::RecordActualResponse& response) {
        FillActual(View(state_, outcome.end), actual, response.mutable_actual());
        return absl::OkStatus();
      });
}

absl::StatusOr<rpc::Mutation<v1::BatchRecordActualsResponse>> Handlers::BatchRecordActuals(
    const rpc::CallContext& call, const v1::BatchRecordActualsRequest& request) {
  RETURN_IF_ERROR(CheckCount("actuals", request.actuals_size()));
  Changes changes;
  for (const v1::Actual& actual : request.actuals()) {
    v1::Change& change = *changes.Add();
    change.set_reason(request.reason());
    *change.mutable_record_actual() = actual;
  }
  return Mutate<v1::BatchRecordActualsResponse>(
      call, request, std::move(changes), OfActuals,
      [this, actuals = request.actuals()](const ledger::Outcome& outcome,
                                          v1::BatchRecordActualsResponse& response) {
        View view(state_, outcome.end);
        for (const v1::Actual& actual : actuals) FillActual(view, actual, response.add_actuals());
        return absl::OkStatus();
      });
}

absl::StatusOr<rpc::Mutation<v1::CorrectActualResponse>> Handlers::CorrectActual(
    const rpc::CallContext& call, const v1::CorrectActualRequest& request) {
  Changes changes = OneChange<v1::CorrectActualRequest>(
      request, [](const auto& r, v1::Change& c) { *c.mutable_correct_actual() = r.correction(); });
  return Mutate<v1::CorrectActualResponse>(
      call, request, std::move(changes), Of<kCorrection>,
      [this, actual = request.correction().actual()](const ledger::Outcome& outcome,
                                                     v1::CorrectActualResponse& response) {
        FillActual(View(state_, outcome.end), actual, response.mutable_actual());
        return absl::OkStatus();
      });
}

absl::StatusOr<rpc::Mutation<v1::RetractActualResponse>> Handlers::RetractActual(
    const rpc::CallContext& call, const v1::RetractActualRequest& request) {
  Changes changes = OneChange<v1::RetractActualRequest>(
      request, [](const auto& r, v1::Change& c) { *c.mutable_retract_actual() = r.retraction(); });
  return Mutate<v1::RetractActualResponse>(
      call, request, std::move(changes), Of<kRetraction>,
      [](const ledger::Outcome&, v1::RetractActualResponse&) { return absl::OkStatus(); });
}

// Words are answered as they were sent: they are what is there now, whether they were new or not.
absl::StatusOr<rpc::Mutation<v1::RecordNarrativeResponse>> Handlers::RecordNarrative(
    const rpc::CallContext& call, const v1::RecordNarrativeRequest& request) {
  Changes changes = OneChange<v1::RecordNarrativeRequest>(
      request, [](const auto& r, v1::Change& c) { *c.mutable_record_narrative() = r.narrative(); });
  return Mutate<v1::RecordNarrativeResponse>(
      call, request, std::move(changes), Of<kNarrative>,
      [this, narrative = request.narrative()](const ledger::Outcome& outcome,
                                              v1::RecordNarrativeResponse& response) {
        v1::Narrative& answered = *response.mutable_narrative();
        answered = narrative;
        View view(state_, outcome.end);
        auto kpi = view.catalog().FindKpi(narrative.kpi());
        auto last =
            kpi ? view.LastNarrative(*kpi, narrative.reporting_year(), narrative.kind()) : std::nullopt;
        answered.set_retracted(last && !last->text);
        answered.set_withdrawn(false);
        return absl::OkStatus();
      });
}

absl::StatusOr<rpc::Mutation<v1::RecordAssessmentResponse>> Handlers::RecordAssessment(
    const rpc::CallContext& call, const v1::RecordAssessmentRequest& request) {
  Changes changes = OneChange<v1::RecordAssessmentRequest>(
      request, [](const auto& r, v1::Change& c) { *c.mutable_record_assessment() = r.assessment(); });
  return Mutate<v1::RecordAssessmentResponse>(
      call, request, std::move(changes), Of<kAssessment>,
      [assessment = request.assessment()](const ledger::Outcome&, v1::RecordAssessmentResponse& response) {
        *response.mutable_assessment() = assessment;
        response.mutable_assessment()->set_difference_reason_withdrawn(false);
        return absl::OkStatus();
      });
}

}  // namespace seisaku::progress
