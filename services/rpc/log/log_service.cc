#include "services/rpc/log/log_service.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "seisaku/log/v1/entry.pb.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/base/steady.h"
#include "services/base/words.h"
#include "services/ledger/ledger.h"
#include "services/ledger/tree/frontier.h"
#include "services/ledger/tree/hash.h"
#include "services/rpc/log/entry_batches.h"

namespace seisaku::rpc {
namespace {

namespace v1 = log::v1;

constexpr uint32_t kDefaultEntries = 500;
constexpr uint32_t kMaxEntries = 1000;
// How often a waiting stream checks that it is still alive.
constexpr absl::Duration kAliveCheck = absl::Seconds(1);
// How often a stream that has caught up gets a checkpoint while entries arrive. Each checkpoint is written to a file
// and flushed before it is sent.
constexpr absl::Duration kSignInterval = absl::Seconds(1);

Position PublishedSize(ledger::Ledger& ledger) { return ledger.WaitForSize(0, absl::InfinitePast()); }

// What a caller wants of the entries.
class Filter {
 public:
  explicit Filter(const v1::WatchEntriesRequest& request)
      : resource_prefix_(request.resource_prefix()), types_(request.types().begin(), request.types().end()) {}

  bool lets_all_through() const { return resource_prefix_.empty() && types_.empty(); }
  bool LetsThrough(const v1::Entry& entry) const {
    return entry.resource().compare(0, resource_prefix_.size(), resource_prefix_) == 0 &&
           (types_.empty() || types_.count(entry.type()) > 0);
  }

 private:
  const std::string resource_prefix_;
  const std::set<std::string> types_;
};

// A log's entries from one position on, as responses that each begin where the one before ended.
class Follower {
 public:
  static absl::StatusOr<std::unique_ptr<Follower>> From(ledger::Ledger& ledger,
                                                        const v1::WatchEntriesRequest& request) {
    if (const Position size = PublishedSize(ledger); request.start() > size) {
      return errors::PositionBeyondEnd(request.start(), size);
    }
    auto follower = std::make_unique<Follower>(ledger, request);
    if (request.checkpoint_each()) RETURN_IF_ERROR(follower->HashFromNowOn());
    return follower;
  }
  Follower(ledger::Ledger& ledger, const v1::WatchEntriesRequest& request)
      : ledger_(ledger),
        batches_(ledger, request.start()),
        filter_(request),
        sign_interval_(request.checkpoint_each() ? absl::ZeroDuration() : kSignInterval) {
    response_.set_start(request.start());
  }

  // Up to where it has read.
  Position next() const { return batches_.next(); }
  // Whether there is anything to send.
  bool has_entries() const { return !response_.entries().empty(); }

  // From now on every entry is hashed. The next response has a signed checkpoint, and later ones when it is due.
  absl::Status HashFromNowOn() {
    if (frontier_) return absl::OkStatus();
    ASSIGN_OR_RETURN(frontier_, ledger_.FrontierAt(next()));
    return absl::OkStatus();
  }

  // Takes the next commands of a log that has `published` entries, which is more than next().
  absl::Status Take(Position published) {
    Position at = next();
    ASSIGN_OR_RETURN(std::vector<std::string> entries, batches_.Next(published));
    response_.mutable_entries()->Reserve(response_.entries_size() + static_cast<int>(entries.size()));
    for (std::string& bytes : entries) {
      if (frontier_) frontier_->Append(ledger::LeafHash(bytes));
      RETURN_IF_ERROR(Show(at++, std::move(bytes)));
    }
    return absl::OkStatus();
  }

  // The response with what was taken since the last one. Told records that it was sent.
  absl::StatusOr<v1::WatchEntriesResponse*> Response() {
    response_.set_next_position(next());
    if (frontier_ && (SteadyNow() >= sign_due_ || !has_entries())) {
      sign_due_ = SteadyAfter(sign_interval_);
      ASSIGN_OR_RETURN(*response_.mutable_checkpoint(), ledger_.SignCheckpoint(*frontier_));
    }
    return &response_;
  }
  void Told() {
    response_.Clear();
    response_.set_start(next());
  }
  // Where a caller resumes that has not received the last response.
  Position resume_at() const { return response_.start(); }

 private:
  absl::Status Show(Position position, std::string bytes) {
    if (!filter_.lets_all_through()) {
      if (!entry_.ParseFromString(bytes)) return errors::LogCorrupt(position, "the entry cannot be parsed");
      if (!filter_.LetsThrough(entry_)) return absl::OkStatus();
      response_.add_positions(position);
    }
    response_.add_entries(std::move(bytes));
    return absl::OkStatus();
  }

  ledger::Ledger& ledger_;
  EntryBatches batches_;
  const Filter filter_;
  const absl::Duration sign_interval_;
  SteadyTime sign_due_;
  v1::Entry entry_;
  std::optional<ledger::Frontier> frontier_;  // of the entries below next()
  v1::WatchEntriesResponse response_;
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
  ASSIGN_OR_RETURN(auto follower, Follower::From(ledger_, request));
  bool caught_up = false;
  SteadyTime progress_due = SteadyAfter(progress_interval_);
  while (true) {
    RETURN_IF_ERROR(stream.Alive());
    RETURN_IF_ERROR(ledger_.Current());
    const Position size = PublishedSize(ledger_);
    if (follower->next() < size) RETURN_IF_ERROR(follower->Take(size));
    const bool catches_up = !caught_up && follower->next() >= size;
    if (!follower->has_entries() && !catches_up && SteadyNow() < progress_due) {
      const absl::Duration wait = std::min(kAliveCheck, UntilSteady(progress_due));
      ledger_.WaitForSize(follower->next() + 1, std::min(absl::Now() + wait, call.deadline));
      continue;
    }
    if (catches_up) RETURN_IF_ERROR(follower->HashFromNowOn());
    ASSIGN_OR_RETURN(v1::WatchEntriesResponse * response, follower->Response());
    response->set_caught_up(catches_up);
    if (absl::Status written = stream.Write(*response); !written.ok()) {
      if (!absl::IsResourceExhausted(written)) return written;
      return WithMetadata(written, {{"next_position", absl::StrCat(follower->resume_at())}});
    }
    follower->Told();
    caught_up |= catches_up;
    progress_due = SteadyAfter(progress_interval_);
  }
}

LogRpc::LogRpc(Adapter& adapter, ledger::Ledger& ledger, LogKeys keys, absl::Duration progress_interval)
    : ContractService(*v1::ReadEntriesRequest::descriptor()->file()->FindServiceByName("LogService"), adapter,
                      ledger),
      handlers_(ledger, std::move(keys), progress_interval) {
  Answer(handlers_, &LogHandlers::GetCheckpoint);
  Answer(handlers_, &LogHandlers::ReadEntries);
  Answer(handlers_, &LogHandlers::WatchEntries);
  Answer(handlers_, &LogHandlers::GetInclusionProof);
  Answer(handlers_, &LogHandlers::GetConsistencyProof);
  Answer(handlers_, &LogHandlers::AddCosignature);
  Answer(handlers_, &LogHandlers::GetStateDigest);
  Answer(handlers_, &LogHandlers::RedactText);
}

}  // namespace seisaku::rpc
