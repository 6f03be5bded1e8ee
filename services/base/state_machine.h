// What a service's domain is to its log: state = fold(events). The ledger drives it; the domain knows
// neither the ledger nor a database.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/message.h"
#include "seisaku/log/v1/entry.pb.h"
#include "seisaku/type/v1/source.pb.h"
#include "services/base/caller.h"
#include "services/base/revisions.h"

namespace seisaku {

// An event that a decision calls for, before it has a place in the log.
struct NewEvent {
  std::string type;                // Entry.type: "seisaku.catalog.v1.Event/node_created"
  std::string resource;            // Entry.resource
  std::string payload;             // the serialized Event message; TextRef.index counts `texts`
  std::vector<std::string> texts;  // free texts, stored beside the entry
  std::optional<type::v1::SourceCell> source;
};

// Not thread-safe for writing: the ledger calls Decide, Fold, Truncate and Publish from one thread at a
// time, and holds a writer lock against readers during the last three. Readers read as of a size at or below
// the published one. Parse may be called by any thread at any time.
class StateMachine {
 public:
  virtual ~StateMachine() = default;

  // Decides one step of a command against the newest state, tentative revisions included. Pure: no I/O, no
  // clock, changes nothing. No events: nothing to change. An error rejects the whole command.
  // `step` is a message of the service's changes.proto (or events.proto, for progress's CatalogAdvanced).
  virtual absl::StatusOr<std::vector<NewEvent>> Decide(const google::protobuf::Message& step,
                                                       const Caller& caller,
                                                       absl::Time recorded_at) const = 0;

  // The event of the entry at `position`, on `arena`: all of folding it that needs no state. Pure. DATA_LOSS
  // LOG_CORRUPT: the entry is of a type or has a field that this build does not know, or is not whole.
  virtual absl::StatusOr<const google::protobuf::Message*> Parse(Position position,
                                                                 const log::v1::Entry& entry,
                                                                 google::protobuf::Arena& arena) const = 0;

  // Folds what Parse made of the entry at `position`, the state's present size. Pure. DATA_LOSS LOG_CORRUPT:
  // the event contradicts the state; nothing was changed.
  virtual absl::Status Fold(Position position, const google::protobuf::Message& event) = 0;
  // Both, one after the other.
  absl::Status Evolve(Position position, const log::v1::Entry& entry);

  // Forgets everything that entries at or above `size` did. `size` is at or above the last Publish.
  virtual void Truncate(Position size) = 0;

  // Entries below `size` are durable: they will never be truncated.
  virtual void Publish(Position size) = 0;

  // Visits every record of the state as of `size`, all revisions, ascending by resource name, then revision
  // number (from 1). `position` is the entry that made the revision. `content` is the record's canonical
  // bytes: the resource's proto3 message, fields in ascending order of number, default values left out,
  // without output-only fields; free texts are not in it, in their place stand their commitments' positions.
  struct Record {
    std::string_view resource;
    uint32_t revision;
    Position position;
    std::string_view content;
    bool about_other_log = false;  // says how much of another log was copied: no content of its own
  };
  using Visit = absl::FunctionRef<void(const Record&)>;
  // Now and then `pause` is called: meanwhile the state may change at and above `size`, which is then a
  // published one. Where it returns false, the visit ends there.
  using Pause = absl::FunctionRef<bool()>;
  virtual void VisitRecords(Position size, Visit visit, Pause pause) const = 0;
  // The same without a pause.
  void VisitRecords(Position size, Visit visit) const {
    VisitRecords(size, visit, [] { return true; });
  }
};

}  // namespace seisaku
