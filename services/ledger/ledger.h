// The append-only record of what a service knows, in commit order, and the state that it adds up to.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "seisaku/log/v1/entry.pb.h"
#include "seisaku/type/v1/read.pb.h"
#include "services/base/caller.h"
#include "services/base/clock.h"
#include "services/base/distribution.h"
#include "services/base/mutex.h"
#include "services/base/state_machine.h"
#include "services/ledger/digest.h"
#include "services/ledger/tree/frontier.h"
#include "services/ledger/tree/note.h"
#include "services/ledger/tree/proof.h"

namespace seisaku::ledger {

// Bounds of one command (design: refused before the head lock).
inline constexpr int kMaxCommandEvents = 10'000;
inline constexpr int64_t kMaxCommandBytes = 16 << 20;

// What a caller wants changed.
struct Command {
  Caller caller;
  std::string request_id;  // UUID, lower case; unique per caller.subject for ever
  Hash request_digest{};   // of the decoded request without its request_id
  std::string correlation_id;
  std::vector<std::shared_ptr<const google::protobuf::Message>> steps;  // for StateMachine::Decide, in order
  // Steps, by index and ascending, that are so already as the caller found: they are decided, because they
  // may be refused, and add nothing.
  std::vector<size_t> unchanged;
  // What an error of Decide about the step at `index` says of the request, whose fields it then names;
  // empty: the same.
  using AsSent = std::function<absl::Status(const absl::Status& refused,
                                            const google::protobuf::Message& step, size_t index)>;
  AsSent as_sent = {};
  bool validate_only = false;
  // A text that is to be deleted, and the event that says so, which the state does not decide.
  struct Redaction {
    Position position;
    uint32_t index;
    NewEvent event;
  };
  std::optional<Redaction> redaction;
};

// What a command came to: its entries are at [begin, end). begin == end: nothing changed.
struct Outcome {
  Position begin = 0;
  Position end = 0;
  absl::Time recorded_at = absl::InfinitePast();
  bool repeated = false;   // the original outcome of an earlier request with this id
  bool tentative = false;  // validate_only: the entries are what would be, and are gone afterwards
  std::vector<log::v1::Entry> entries;
};

// Is told the outcome of a command, once. Where it is OK, the state as of outcome.end can be read meanwhile,
// under its reader lock: so it is short and does not call the ledger.
using Done = absl::AnyInvocable<void(absl::StatusOr<Outcome>) &&>;
// The same for who waits for the outcome, and is told it again afterwards.
using Describe = absl::FunctionRef<void(const Outcome&)>;

struct StoredText {
  std::string salt;
  std::string text;
};

struct StoredEntry {
  Position position = 0;
  std::string bytes;                             // of a log.v1.Entry, as hashed
  std::vector<std::optional<StoredText>> texts;  // by TextRef.index; nullopt: withdrawn; only when asked for
};

// A place to read the state from; holds the state's reader lock while it lives, so keep it short and take no
// second one in the same thread.
class Snapshot {
 public:
  Snapshot(SharedMutex& mutex, Position size);
  Snapshot(Snapshot&& other) noexcept;
  ~Snapshot();
  Position size() const { return size_; }

 private:
  SharedMutex* mutex_;
  Position size_;
};

struct ReadOptions {
  std::optional<type::v1::AsOf> as_of;
  Position min_position = 0;
  absl::Time deadline = absl::InfiniteFuture();
};

// A signature line that a cosigner added to the checkpoint of a size.
struct Cosignature {
  std::string cosigner;  // its key's name, '+' and id in hexadecimal
  std::string line;      // with its newline
};

// Those that are kept for one size.
struct Cosignatures {
  Position size = 0;
  std::vector<std::string> lines;
};

// What this replica counts of itself since it was started.
struct Figures {
  size_t queued_commands = 0;            // not taken into a batch yet
  Distribution::Reading batch_commands;  // of each batch that was added, or was to be
  Distribution::Reading batch_seconds;
  // To PostgreSQL, for transactions: how many there may be, how many there are, how many of them are used.
  int max_connections = 0;
  int open_connections = 0;
  int used_connections = 0;
  std::map<std::string, uint64_t> storage_errors;  // by reason
  // The newest checkpoint that was kept, and when; nullopt: none.
  std::optional<Position> checkpoint_size;
  absl::Time checkpoint_at = absl::InfinitePast();
};

// Thread-safe.
class Ledger {
 public:
  struct Options {
    std::string origin;             // the log's name in checkpoints (C2SP: schema-less URL form)
    std::string dsn;                // of the service role
    std::optional<SigningKey> key;  // bears the origin; seals the head and signs checkpoints; required
    // The log's key before a rotation: it signs checkpoints too, and a head that it sealed is accepted.
    std::optional<SigningKey> previous_key;
    std::string producer;         // Entry.producer of what is appended: "seisaku-catalog/0.1.0"
    std::string checkpoint_file;  // keeps the newest checkpoint that was signed; "" only in tests
    absl::Duration clock_tolerance = absl::Minutes(5);  // how far PostgreSQL's clock may be from the host's
    size_t max_queued_commands = 4096;
    absl::Duration poll_interval = absl::Seconds(1);  // how often to look for entries when NOTIFY is lost
    // How long what was seen counts as the whole log. Half of what progress waits for before it takes a
    // shorter log for another one.
    absl::Duration stale_after = absl::Seconds(15);
  };

  // Checks schema, durability settings and the log's origin, folds the whole log into `state`, sees that its
  // head is sealed and that the database protects it, and starts the committer. `state` and `clock` outlive
  // the ledger; `state` is empty. A log from before there were seals is sealed here where the checkpoint file
  // has its size, or it is empty; a head that the previous key sealed is sealed anew. FAILED_PRECONDITION:
  // SCHEMA_MISMATCH, DURABILITY_OFF, ORIGIN_MISMATCH, PROTECTION_MISSING; LOG_UNSEALED: the log is not
  // sealed, and the checkpoint file does not vouch for all of it; LOG_KEY_NOT_CURRENT: it names another key.
  // DATA_LOSS LOG_CORRUPT: the log is not what was committed, its seal does not fit or was lost, or it has an
  // event that this build does not know. UNAVAILABLE STORAGE_UNAVAILABLE. With a checkpoint file also:
  // FAILED_PRECONDITION CHECKPOINT_FILE_UNUSABLE; DATA_LOSS LOG_ROLLED_BACK: the log is shorter than the kept
  // checkpoint; LOG_FORK: it does not begin with it.
  static absl::StatusOr<std::unique_ptr<Ledger>> Open(Options options, StateMachine& state,
                                                      const Clock& clock);

  virtual ~Ledger() = default;

  // Decides `command` against the newest state and appends its events, all or none. `done` is told after they
  // are durable and published, on a thread of the ledger's, or on the caller's where it is refused at once. A
  // repeated request_id yields the first outcome. For validate_only nothing is appended, and `done` sees the
  // tentative state. Errors: what Decide says, its fields named by `as_sent`;
  // INVALID_ARGUMENT REQUEST_ID_REUSED, COMMAND_TOO_LARGE; RESOURCE_EXHAUSTED QUEUE_FULL; UNAVAILABLE
  // STORAGE_UNAVAILABLE, CLOCK_UNSOUND, SHUTTING_DOWN; DEADLINE_EXCEEDED OUTCOME_UNKNOWN: told at `deadline`
  // where the outcome is not known until then; the same request_id finds it.
  virtual void Submit(Command command, absl::Time deadline, Done done) = 0;
  // Submits and waits; `describe` sees an OK outcome. Not to be called under the state's reader lock.
  absl::StatusOr<Outcome> Append(Command command, absl::Time deadline, Describe describe);

  // Tells everyone who waits that this replica stops: SHUTTING_DOWN, or OUTCOME_UNKNOWN where a commit is
  // under way. Nothing is taken any more; reading goes on.
  virtual void Stop() = 0;

  // Waits for options.min_position, resolves as_of to a whole command's end, and locks the state for reading.
  // DEADLINE_EXCEEDED POSITION_NOT_REACHED; OUT_OF_RANGE POSITION_BEYOND_END; INVALID_ARGUMENT INVALID_FIELD:
  // as_of.time is no timestamp.
  virtual absl::StatusOr<Snapshot> Read(const ReadOptions& options) = 0;

  // The published size, now or as soon as it is at least `size`; the size at `deadline` otherwise.
  virtual Position WaitForSize(Position size, absl::Time deadline) = 0;

  // Stored entries from `begin` on, as they are stored: only for auditors, who check them, and hashed by
  // whoever signs about them; at most `limit` and about 4 MiB (at least one), below the published size. Reads
  // PostgreSQL. UNAVAILABLE STORAGE_UNAVAILABLE.
  virtual absl::StatusOr<std::vector<StoredEntry>> ReadEntries(Position begin, int limit,
                                                               bool with_texts) = 0;

  // The entry at `position`, which is published, as it was folded. Reads PostgreSQL. DATA_LOSS LOG_CORRUPT:
  // the stored one is another.
  virtual absl::StatusOr<log::v1::Entry> ReadEntry(Position position) = 0;

  // The texts at (position, index), in that order, each opened against what its entry commits to; nullopt:
  // withdrawn. Reads PostgreSQL. DATA_LOSS TEXT_DIFFERS, metadata `position`, `index`, `expected`, `actual`:
  // a stored text is another one. LOG_CORRUPT: its stored entry is.
  struct TextKey {
    Position position;
    uint32_t index;
  };
  virtual absl::StatusOr<std::vector<std::optional<std::string>>> ReadTexts(
      const std::vector<TextKey>& keys) = 0;

  // The tree of the first `size` entries (size <= published), of which the published tree is an extension.
  // Reads at most a few tiles. DATA_LOSS LOG_CORRUPT: those are not of this log.
  virtual absl::StatusOr<Frontier> FrontierAt(Position size) = 0;

  // The inner hashes of the tree over all that is published now, for proofs, which are to be verified before
  // they are handed out: tiles are read as they are stored. The ledger outlives it. A proof reads at most two
  // tiles per level from PostgreSQL. Used by one thread.
  virtual std::unique_ptr<HashReader> Tree() = 0;

  // Keeps cosignatures of the checkpoint of `size`, which the caller has verified; of each cosigner the first
  // one for that size. Writes PostgreSQL. UNAVAILABLE STORAGE_UNAVAILABLE: repeat it.
  virtual absl::Status AddCosignatures(Position size, const std::vector<Cosignature>& cosignatures) = 0;
  // Those of the greatest size from `least` to `most` that has any; no lines where none has. Reads
  // PostgreSQL.
  virtual absl::StatusOr<Cosignatures> ReadCosignatures(Position least, Position most) = 0;

  // The digests of the state as of `size`, which is published. The log goes on growing meanwhile.
  // DEADLINE_EXCEEDED: not done by then.
  virtual absl::StatusOr<Digests> DigestState(Position size, absl::Time deadline) = 0;

  // A signed checkpoint for a frontier of this log, of at most its published size: signed by the log's key,
  // and by the previous one where it was given. One of that size or more is in the checkpoint file when it
  // returns. FAILED_PRECONDITION CHECKPOINT_FILE_UNUSABLE. DATA_LOSS LOG_CORRUPT: the published tree does not
  // extend it, and it is not signed. Nor is anything while Current() is an error, which is returned.
  virtual absl::StatusOr<std::string> SignCheckpoint(const Frontier& frontier) = 0;

  // OK while appends are possible and checkpoints can be kept; else why not (readiness).
  virtual absl::Status Health() = 0;

  // OK while the published size is the log's, as this replica saw within Options.stale_after. One that has
  // stopped, or sees nothing, must not be taken for a log that is shorter than it was: DATA_LOSS LOG_CORRUPT,
  // FAILED_PRECONDITION LOG_KEY_NOT_CURRENT, UNAVAILABLE STORAGE_UNAVAILABLE.
  virtual absl::Status Current() = 0;

  // Waits for nothing.
  virtual Figures figures() { return {}; }
};

}  // namespace seisaku::ledger
