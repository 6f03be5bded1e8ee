// The append-only record of what a service knows, in commit order, and the state that is folded from it. One
// interface appends, another reads.
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

// Bounds of one command, checked before it is queued.
inline constexpr int kMaxCommandEvents = 10'000;
inline constexpr int64_t kMaxCommandBytes = 16 << 20;

// A change that a caller requests.
struct Command {
  Caller caller;
  std::string request_id;  // UUID, lower case; unique per caller.subject for ever
  Hash request_digest{};   // of the decoded request without its request_id
  std::string correlation_id;
  std::vector<std::shared_ptr<const google::protobuf::Message>> steps;  // for StateMachine::Decide, in order
  // The indexes, ascending, of steps that the caller found to change nothing. They are decided, for they may be
  // refused, and append nothing.
  std::vector<size_t> unchanged;
  // Translates an error of Decide about the step at `index` into the request's fields; empty: not needed.
  using AsSent = std::function<absl::Status(const absl::Status& refused,
                                            const google::protobuf::Message& step, size_t index)>;
  AsSent as_sent = {};
  bool validate_only = false;
  // A text to delete, and the event that records it. The state does not decide it.
  struct Redaction {
    Position position;
    uint32_t index;
    NewEvent event;
  };
  std::optional<Redaction> redaction;
};

// The outcome of a command: its entries are at [begin, end). begin == end: nothing changed.
struct Outcome {
  Position begin = 0;
  Position end = 0;
  absl::Time recorded_at = absl::InfinitePast();
  bool repeated = false;   // the original outcome of an earlier request with this id
  bool tentative = false;  // validate_only: the entries were not appended
  std::vector<log::v1::Entry> entries;
};

// Called with the outcome of a command, once. For an OK outcome the state's reader lock is held, and the state as of
// outcome.end can be read: so it must be quick, and must not call the ledger.
using Done = absl::AnyInvocable<void(absl::StatusOr<Outcome>) &&>;
// The same, for a caller of Append.
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

// A size to read the state at. Holds the state's reader lock while it lives: keep it short, and take no second one in
// the same thread.
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

// The cosignatures that are stored for one size.
struct Cosignatures {
  Position size = 0;
  std::vector<std::string> lines;
};

// Metrics of this replica since its start.
struct Figures {
  size_t queued_commands = 0;            // waiting for a batch
  Distribution::Reading batch_commands;  // of each batch, whether it was committed or not
  Distribution::Reading batch_seconds;
  // The connection pool to PostgreSQL.
  int max_connections = 0;
  int open_connections = 0;
  int used_connections = 0;
  std::map<std::string, uint64_t> storage_errors;  // by reason
  // The newest checkpoint in the checkpoint file, and when it was written; nullopt: none.
  std::optional<Position> checkpoint_size;
  absl::Time checkpoint_at = absl::InfinitePast();
};

// Appends to the log. Thread-safe.
class Appender {
 public:
  virtual ~Appender() = default;

  // Decides `command` against the newest state and appends its events, all or none. Calls `done` once, when they
  // are durable and published, on a thread of the ledger's; or on the caller's where it is refused at once. A
  // repeated request_id yields the first outcome. With validate_only nothing is appended, and `done` sees the
  // tentative state. Errors: those of StateMachine::Decide, whose fields `as_sent` names;
  // INVALID_ARGUMENT REQUEST_ID_REUSED, COMMAND_TOO_LARGE; RESOURCE_EXHAUSTED QUEUE_FULL; UNAVAILABLE
  // STORAGE_UNAVAILABLE, CLOCK_UNSOUND, SHUTTING_DOWN; DEADLINE_EXCEEDED OUTCOME_UNKNOWN: the outcome is not known
  // at `deadline`; the same request_id finds it later.
  virtual void Submit(Command command, absl::Time deadline, Done done) = 0;
  // Submits and waits. `describe` sees an OK outcome. Must not be called under the state's reader lock.
  absl::StatusOr<Outcome> Append(Command command, absl::Time deadline, Describe describe);

  // Stores cosignatures of the checkpoint of `size`, which the caller has verified. Of each cosigner the first one
  // for a size stays. Writes PostgreSQL. UNAVAILABLE STORAGE_UNAVAILABLE: repeat the call.
  virtual absl::Status AddCosignatures(Position size, const std::vector<Cosignature>& cosignatures) = 0;
};

// Reads the state, and the log that it is folded from. Thread-safe.
class LogReader {
 public:
  virtual ~LogReader() = default;

  // Waits for options.min_position, resolves as_of to the end of a whole command, and locks the state for reading.
  // DEADLINE_EXCEEDED POSITION_NOT_REACHED; OUT_OF_RANGE POSITION_BEYOND_END; INVALID_ARGUMENT INVALID_FIELD:
  // as_of.time is no timestamp.
  virtual absl::StatusOr<Snapshot> Read(const ReadOptions& options) = 0;

  // Waits until the published size is at least `size`, and returns it; at `deadline` returns the smaller one.
  virtual Position WaitForSize(Position size, absl::Time deadline) = 0;

  // At most `limit` stored entries from `begin` on, below the published size; about 4 MiB, and at least one. They
  // are not verified: only for auditors, who check them, and for signers, who hash them. Reads PostgreSQL.
  // UNAVAILABLE STORAGE_UNAVAILABLE.
  virtual absl::StatusOr<std::vector<StoredEntry>> ReadEntries(Position begin, int limit,
                                                               bool with_texts) = 0;

  // The published entry at `position`, verified. Reads PostgreSQL. DATA_LOSS LOG_CORRUPT: another one is stored.
  virtual absl::StatusOr<log::v1::Entry> ReadEntry(Position position) = 0;

  // The texts at `keys`, in that order, each verified against its entry's commitment; nullopt: withdrawn. Reads
  // PostgreSQL. DATA_LOSS TEXT_DIFFERS, metadata `position`, `index`, `expected`, `actual`: another text is stored.
  // DATA_LOSS LOG_CORRUPT: another entry is stored.
  struct TextKey {
    Position position;
    uint32_t index;
  };
  virtual absl::StatusOr<std::vector<std::optional<std::string>>> ReadTexts(
      const std::vector<TextKey>& keys) = 0;

  // The frontier of the first `size` entries (size <= published), verified to be a prefix of the published tree.
  // Reads a few tiles. DATA_LOSS LOG_CORRUPT: the stored tiles are not of this log.
  virtual absl::StatusOr<Frontier> FrontierAt(Position size) = 0;

  // The inner hashes of the published tree, for one proof by one thread. The ledger outlives it. Tiles are read as
  // they are stored, at most two per level: verify the proof before it is handed out.
  virtual std::unique_ptr<HashReader> Tree() = 0;

  // The cosignatures of the greatest size in [least, most] that has any; else no lines. Reads PostgreSQL.
  virtual absl::StatusOr<Cosignatures> ReadCosignatures(Position least, Position most) = 0;

  // The digests of the state as of `size`, which is published. The log may grow meanwhile. DEADLINE_EXCEEDED.
  virtual absl::StatusOr<Digests> DigestState(Position size, absl::Time deadline) = 0;
};

// A replica of one log: both interfaces, its key, and its life. Thread-safe.
class Ledger : public Appender, public LogReader {
 public:
  struct Options {
    std::string origin;             // the log's name in checkpoints (C2SP: schema-less URL form)
    std::string dsn;                // of the service role
    std::optional<SigningKey> key;  // bears the origin; seals the head and signs checkpoints; required
    // The log's key before a rotation. It signs checkpoints too, and a head that it sealed is accepted.
    std::optional<SigningKey> previous_key;
    std::string producer;         // Entry.producer of what is appended: "seisaku-catalog/0.1.0"
    std::string checkpoint_file;  // keeps the newest checkpoint that was signed; "" only in tests
    absl::Duration clock_tolerance = absl::Minutes(5);  // between PostgreSQL's clock and the host's
    size_t max_queued_commands = 4096;
    absl::Duration poll_interval = absl::Seconds(1);  // how often to look for entries when NOTIFY is lost
    // How long the log's end counts as current after it was seen. Half of the time after which progress takes a
    // shorter log for another one.
    absl::Duration stale_after = absl::Seconds(15);
  };

  // Checks the schema, its protection, durability settings and the origin; folds the log into `state`, which is
  // empty; verifies the head's seal; starts the committer. `state` and `clock` outlive the ledger.
  //
  // A log from before there were seals is sealed where the checkpoint file has its size, or the log is empty. A
  // head that the previous key sealed is sealed again.
  //
  // FAILED_PRECONDITION: SCHEMA_MISMATCH; DURABILITY_OFF; ORIGIN_MISMATCH; PROTECTION_MISSING; LOG_UNSEALED: the
  // log is not sealed, and the checkpoint file does not vouch for all of it; LOG_KEY_NOT_CURRENT: the log names
  // another key; CHECKPOINT_FILE_UNUSABLE.
  // DATA_LOSS: LOG_CORRUPT: the log is not what was committed, the seal does not fit or was lost, or this build
  // does not know an event; LOG_ROLLED_BACK: the log is shorter than the kept checkpoint; LOG_FORK: it does not
  // begin with it.
  // UNAVAILABLE STORAGE_UNAVAILABLE.
  static absl::StatusOr<std::unique_ptr<Ledger>> Open(Options options, StateMachine& state,
                                                      const Clock& clock);

  // Fails waiting and later commands: with SHUTTING_DOWN, or OUTCOME_UNKNOWN where a commit is in flight. Reads go
  // on.
  virtual void Stop() = 0;

  // Signs a checkpoint for a frontier of this log, at most at its published size: with the log's key, and with the
  // previous one where it was given. The checkpoint file holds one of that size or more before it returns.
  // FAILED_PRECONDITION CHECKPOINT_FILE_UNUSABLE. DATA_LOSS LOG_CORRUPT: the published tree does not extend the
  // frontier. Current()'s errors.
  virtual absl::StatusOr<std::string> SignCheckpoint(const Frontier& frontier) = 0;

  // OK while appends are possible and checkpoints can be kept; else why not (readiness).
  virtual absl::Status Health() = 0;

  // OK while the published size is the log's, as seen within Options.stale_after. Otherwise the published log must
  // not be mistaken for one that became shorter: DATA_LOSS LOG_CORRUPT, FAILED_PRECONDITION LOG_KEY_NOT_CURRENT,
  // UNAVAILABLE STORAGE_UNAVAILABLE.
  virtual absl::Status Current() = 0;

  // Does not block.
  virtual Figures figures() { return {}; }
};

// The redaction that withdraws text `index` beside the entry at `position`, for `reason`; nullopt: the text is
// withdrawn already. Reads PostgreSQL. NOT_FOUND TEXT_NOT_FOUND: the log has no such text. When two callers withdraw
// the same text at the same time, both may be recorded.
absl::StatusOr<std::optional<Command::Redaction>> ToRedaction(LogReader& reader, Position position,
                                                              uint32_t index, std::string reason);

}  // namespace seisaku::ledger
