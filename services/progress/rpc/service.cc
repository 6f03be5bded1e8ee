// ProgressService: its changes, and what their responses show.
#include "services/progress/rpc/service.h"

#include <map>
#include <string>
#include <utility>

#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/progress/domain/render.h"
#include "services/progress/rpc/catalog_wait.h"
#include "services/progress/rpc/describe.h"
#include "services/progress/rpc/texts.h"
#include "services/rpc/command.h"

namespace seisaku::progress {
namespace {

using Changes = google::protobuf::RepeatedPtrField<v1::Change>;
using google::protobuf::Message;

// The message of type T in a change: the change itself, or one of its fields; an empty one where there is none.
template <typename T>
const T& Asked(const v1::Change& change) {
  const auto* verb = change.GetDescriptor()->FindOneofByName("change");
  const auto* field = change.GetReflection()->GetOneofFieldDescriptor(change, verb);
  if (field == nullptr) return T::default_instance();
  const Message& asked = change.GetReflection()->GetMessage(change, field);
  if (asked.GetDescriptor() == T::descriptor()) return static_cast<const T&>(asked);
  for (int i = 0; i < asked.GetDescriptor()->field_count(); ++i) {
    const auto* inner = asked.GetDescriptor()->field(i);
    if (inner->message_type() == T::descriptor()) {
      return static_cast<const T&>(asked.GetReflection()->GetMessage(asked, inner));
    }
  }
  return T::default_instance();
}

// The figure as the command left it; a withdrawn or never recorded one leaves the answer empty.
void Fill(const View& view, const v1::Actual& asked, v1::Actual& filled) {
  auto kpi = view.catalog().FindKpi(asked.kpi());
  auto actual = kpi ? view.Actual(*kpi, asked.reporting_year(), asked.component()) : std::nullopt;
  if (actual) Render(NameOf(*kpi), *actual, filled);
}

// Words are answered as they were sent: they are what is there now, whether they were new or not.
void Fill(const View& view, const v1::Narrative& asked, v1::Narrative& filled) {
  filled = asked;
  auto kpi = view.catalog().FindKpi(asked.kpi());
  auto last = kpi ? view.LastNarrative(*kpi, asked.reporting_year(), asked.kind()) : std::nullopt;
  filled.set_retracted(last && !last->text);
  filled.set_withdrawn(false);
}

void Fill(const View& /*view*/, const v1::OfficialAssessment& asked, v1::OfficialAssessment& filled) {
  filled = asked;
  filled.set_difference_reason_withdrawn(false);
}

void Show(const View& view, const v1::Change& change, Message& resource) {
  const auto fill = [&]<typename T>(T* filled) {
    if (filled != nullptr) Fill(view, Asked<T>(change), *filled);
  };
  fill(dynamic_cast<v1::Actual*>(&resource));
  fill(dynamic_cast<v1::Narrative*>(&resource));
  fill(dynamic_cast<v1::OfficialAssessment*>(&resource));
}

uint64_t MinCatalogPosition(const Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("min_catalog_position");
  return field == nullptr ? 0 : request.GetReflection()->GetUInt64(request, field);
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

ProgressRpc::ProgressRpc(rpc::Adapter& adapter, ledger::Ledger& ledger, const State& state)
    : ContractService(*v1::GetEvaluationRequest::descriptor()->file()->FindServiceByName("ProgressService"),
                      adapter, ledger),
      ledger_(ledger),
      state_(state) {
  Answer(*this, &ProgressRpc::ApplyProgress);
  Answer(*this, &ProgressRpc::ListActuals);
  Answer(*this, &ProgressRpc::ListNarratives);
  Answer(*this, &ProgressRpc::GetEvaluation);
  Answer(*this, &ProgressRpc::GetProgressSheet);
  Answer(*this, &ProgressRpc::GetSummary);
  Answer(*this, &ProgressRpc::GetCatalogPosition);
  Change({.change = v1::Change::default_instance(),
          .prepare =
              [this](const rpc::CallContext& call, const Message& request, ledger::Command& command) {
                return Prepare(call, MinCatalogPosition(request), command);
              },
          .show =
              [this](Position size, const Message& change, Message& resource) {
                Show(View(state_, size), static_cast<const v1::Change&>(change), resource);
              }});
}

absl::Status ProgressRpc::Prepare(const rpc::CallContext& call, Position min_catalog_position,
                                  ledger::Command& command) {
  RETURN_IF_ERROR(WaitForCatalog(ledger_, state_, min_catalog_position, call));
  ASSIGN_OR_RETURN(command.unchanged, SaidAgain(ledger_, state_, command.steps, call));
  return absl::OkStatus();
}

absl::StatusOr<v1::ApplyProgressResponse> ProgressRpc::ApplyProgress(
    const rpc::CallContext& call, const v1::ApplyProgressRequest& request) {
  if (request.changes().empty()) return errors::RequiredField("changes");
  if (request.changes_size() > ledger::kMaxCommandEvents) {
    return errors::CommandTooLarge("changes", ledger::kMaxCommandEvents, request.changes_size());
  }
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
  ASSIGN_OR_RETURN(ledger::Command command, rpc::ToCommand(call, request, rpc::ToSteps(request.changes())));
  command.as_sent = rpc::OfChanges;
  RETURN_IF_ERROR(Prepare(call, request.min_catalog_position(), command));
  rpc::Mutation<v1::ApplyProgressResponse> mutation{std::move(command), fill};
  ASSIGN_OR_RETURN(auto response, rpc::Apply(ledger_, call, std::move(mutation)));
  RETURN_IF_ERROR(earlier_words.Fill(ledger_, call));
  return response;
}

}  // namespace seisaku::progress
