#include "services/rpc/log_service.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/base/words.h"
#include "services/ledger/redaction.h"
#include "services/ledger/tree/frontier.h"
#include "services/ledger/tree/hash.h"
#include "services/rpc/entry_batches.h"

namespace seisaku::rpc {
namespace {

namespace v1 = log::v1;

constexpr uint32_t kDefaultEntries = 500;
constexpr uint32_t kMaxEntries = 1000;
// How long a waiting stream may not notice that it is over.
constexpr absl::Duration kAliveCheck = absl::Seconds(1);

Position PublishedSize(ledger::Ledger& ledger) { return ledger.WaitForSize(0, absl::InfinitePast()); }

// A log's entries from one position on, with the checkpoint after each batch.
class Follower {
 public:
  static absl::StatusOr<Follower> From(ledger::Ledger& ledger, Position start) {
    if (const Position size = PublishedSize(ledger); start > size) {
      return errors::PositionBeyondEnd(start, size);
    }
    ASSIGN_OR_RETURN(ledger::Frontier frontier, ledger.FrontierAt(start));
    return Follower(ledger, start, std::move(frontier));
  }

  Position next() const { return batches_.next(); }

  absl::StatusOr<v1::WatchEntriesResponse> NextBatch() {
    const Position start = next();
    ASSIGN_OR_RETURN(std::vector<std::string> entries, batches_.Next());
    for (const std::string& entry : entries) frontier_.Append(ledger::LeafHash(entry));
    ASSIGN_OR_RETURN(v1::WatchEntriesResponse response, WithCheckpoint(start));
    for (std::string& entry : entries) response.add_entries(std::move(entry));
    return response;
  }

  absl::StatusOr<v1::WatchEntriesResponse> Heartbeat() { return WithCheckpoint(next()); }

 private:
  Follower(ledger::Ledger& ledger, Position start, ledger::Frontier frontier)
      : ledger_(ledger), batches_(ledger, start), frontier_(std::move(frontier)) {}

  absl::StatusOr<v1::WatchEntriesResponse> WithCheckpoint(Position start) {
    ASSIGN_OR_RETURN(std::string checkpoint, ledger_.SignCheckpoint(frontier_));
    v1::WatchEntriesResponse response;
    response.set_start(start);
    response.set_checkpoint(std::move(checkpoint));
    return response;
  }

  ledger::Ledger& ledger_;
  EntryBatches batches_;
  ledger::Frontier frontier_;  // of the entries below next()
};

void ToProto(ledger::StoredEntry stored, v1::StoredEntry* proto) {
  proto->set_position(stored.position);
  proto->set_entry(std::move(stored.bytes));
  for (std::optional<ledger::StoredText>& text : stored.texts) {
    v1::StoredText* added = proto->add_texts();  // without salt where it was withdrawn
    if (!text) continue;
    added->set_salt(std::move(text->salt));
    added->set_text(std::move(text->text));
  }
}

}  // namespace

absl::StatusOr<v1::ReadEntriesResponse> LogHandlers::ReadEntries(const CallContext&,
                                                                 const v1::ReadEntriesRequest& request) {
  v1::ReadEntriesResponse response;
  response.set_position(PublishedSize(ledger_));
  if (request.start() > response.position()) {
    return errors::PositionBeyondEnd(request.start(), response.position());
  }
  if (request.start() == response.position()) return response;
  const uint32_t wanted = request.page_size() == 0 ? kDefaultEntries : request.page_size();
  ASSIGN_OR_RETURN(std::vector<ledger::StoredEntry> entries,
                   ledger_.ReadEntries(request.start(), static_cast<int>(std::min(wanted, kMaxEntries)),
                                       request.include_texts()));
  for (ledger::StoredEntry& entry : entries) {
    if (entry.position >= response.position()) break;  // published since: the next page's
    ToProto(std::move(entry), response.add_entries());
  }
  return response;
}

absl::StatusOr<Mutation<v1::RedactTextResponse>> LogHandlers::RedactText(
    const CallContext& call, const v1::RedactTextRequest& request) {
  if (request.reason().empty()) return errors::RequiredField("reason");
  RETURN_IF_ERROR(CheckWords("reason", request.reason(), kMaxReasonBytes, Lines::kAny));
  if (!call.may_wait) return WouldWait();
  ASSIGN_OR_RETURN(ledger::Command command, ToCommand(call, request, {}));
  ASSIGN_OR_RETURN(command.redaction,
                   ledger::ToRedaction(ledger_, request.position(), request.index(), request.reason()));
  auto describe = [](const ledger::Outcome&, v1::RedactTextResponse&) { return absl::OkStatus(); };
  return Mutation<v1::RedactTextResponse>{std::move(command), describe};
}

absl::Status LogHandlers::WatchEntries(const CallContext& call, const v1::WatchEntriesRequest& request,
                                       ResponseStream<v1::WatchEntriesResponse>& stream) {
  ASSIGN_OR_RETURN(Follower follower, Follower::From(ledger_, request.start()));
  bool caught_up = false;
  absl::Time heartbeat_due = absl::InfinitePast();
  while (true) {
    RETURN_IF_ERROR(stream.Alive());
    v1::WatchEntriesResponse response;
    if (follower.next() < PublishedSize(ledger_)) {
      ASSIGN_OR_RETURN(response, follower.NextBatch());
    } else if (!caught_up || absl::Now() >= heartbeat_due) {
      ASSIGN_OR_RETURN(response, follower.Heartbeat());
    } else {
      ledger_.WaitForSize(follower.next() + 1,
                          std::min({absl::Now() + kAliveCheck, heartbeat_due, call.deadline}));
      continue;
    }
    if (!caught_up && follower.next() == PublishedSize(ledger_)) {
      caught_up = true;
      response.set_caught_up(true);
    }
    RETURN_IF_ERROR(stream.Write(response));
    heartbeat_due = absl::Now() + heartbeat_;
  }
}

}  // namespace seisaku::rpc
