// The log's tables. Every SQL statement of the ledger is here, except those that check the schema.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/base/revisions.h"
#include "services/ledger/ledger.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/key.h"
#include "services/ledger/tree/tiles.h"
#include "services/postgres/database.h"

namespace seisaku::ledger {

// The channel that a commit notifies of the new size.
inline constexpr char kChannel[] = "seisaku_log";

// The head that an append expects. The version alone is not enough: a copy of the database, or a promoted standby,
// gives the same number to another head.
struct HeadIdentity {
  std::string version;  // xmin of its row: every update changes it
  std::string seal;
};

// The row of log_head.
struct Head {
  std::string origin;
  Position size = 0;
  std::string frontier;
  int64_t recorded_at_micros = 0;
  std::string version;  // see HeadIdentity
  std::string seal;     // see SealHead; empty: not sealed

  HeadIdentity identity() const { return {version, seal}; }
};
// `head` as a checkpoint. DATA_LOSS LOG_CORRUPT: the frontier does not fit the size.
absl::StatusOr<Checkpoint> CheckpointOf(const Head& head);
// OK where one of `keys` sealed exactly this head; else DATA_LOSS LOG_CORRUPT. Does not look at the entries.
absl::Status CheckSeal(const Head& head, absl::Span<const VerifierKey> keys);

struct RequestKey {
  std::string_view caller;
  std::string_view request_id;
};
// A request that the log has: its entries, from `begin` on.
struct EarlierRequest {
  Position begin;
  std::vector<std::string> entries;
};

// The rows that one transaction appends, and the head that follows.
struct WriteBatch {
  // Follows the log whose tree has this edge.
  explicit WriteBatch(TileBuilder before) : begin(before.size()), edge(std::move(before)) {}
  // Adds the next entry; `bytes` is `entry` serialized.
  void Append(const log::v1::Entry& entry, std::string bytes);
  // Seals the head that follows. Called after the last Append and before AppendEntries. `key` is the log's and
  // bears its origin.
  void Seal(const SigningKey& key);

  Position begin;
  struct Entry {
    std::string bytes;
    std::string caller, request_id;  // in the first entry of a command, else empty
  };
  std::vector<Entry> entries;  // dense from `begin`
  TileBuilder edge;            // after the entries
  std::vector<Tile> tiles;     // that the entries fill
  int64_t recorded_at_micros = 0;
  std::string seal;  // of the head that follows; required
  struct Text {
    Position position;
    uint32_t index;
    StoredText stored;
  };
  std::vector<Text> texts;
  struct Redaction {
    Position position;  // of the text
    uint32_t index;
    Position recorded_at;  // of the entry in this batch that records it
  };
  std::vector<Redaction> redactions;
};

// All functions below run inside the caller's transaction. Errors are postgres::Database's and those named here.

// Creates the head of a log named `origin` where there is none.
absl::Status CreateHead(postgres::Transaction& transaction, const std::string& origin);
absl::StatusOr<Head> ReadHead(postgres::Transaction& transaction);

// What LockHead read under the lock.
struct LockedHead {
  Head head;
  int64_t now_micros = 0;                               // PostgreSQL's clock
  std::vector<std::optional<EarlierRequest>> requests;  // for each key; nullopt: the log has no such request
};
// Locks the head until the transaction ends, then reads: it sees what earlier holders committed. DATA_LOSS
// LOG_CORRUPT: entries of one of the requests are not in the log.
absl::StatusOr<LockedHead> LockHead(postgres::Transaction& transaction, const std::vector<RequestKey>& keys);

// An interval on PostgreSQL's clock, in microseconds since the epoch; both ends are included.
struct ClockWindow {
  int64_t from = std::numeric_limits<int64_t>::min();
  int64_t until = std::numeric_limits<int64_t>::max();
};
// The head after an append.
struct Appended {
  int64_t now_micros;  // PostgreSQL's clock
  HeadIdentity head;
};
// Appends `batch` to the log if its head is still `head` and the clock is inside `window`; the new head has
// `batch.seal`. nullopt: it is not, and nothing was appended. ALREADY_EXISTS STORAGE_UNIQUE_VIOLATION: the log has
// one of the requests. One statement, and one more for each redaction.
//
// kCommit: commits in the same round trip where it can, and nothing may follow in the transaction. As the only
// statement of its transaction it needs no lock, no BEGIN and no COMMIT.
enum class AfterAppend { kCommit, kContinue };
absl::StatusOr<std::optional<Appended>> AppendEntries(postgres::Transaction& transaction,
                                                      const WriteBatch& batch, const HeadIdentity& head,
                                                      ClockWindow window, AfterAppend then);

// Updates the head row without changing it. The commit that follows is then synchronous, and the row has a new
// version: an AppendEntries that was given up and still arrives appends nothing.
absl::Status TouchHead(postgres::Transaction& transaction);

// Seals `head`, which this transaction has locked: it has no seal yet, or one by the previous key. `key` is the
// log's and bears its origin.
absl::Status WriteSeal(postgres::Transaction& transaction, const Head& head, const SigningKey& key);

// The bytes of the entries [begin, end), ascending: as many as fit into `max_bytes`, and at least one. DATA_LOSS
// LOG_CORRUPT: a position is missing.
absl::StatusOr<std::vector<std::string>> ReadBytes(postgres::Transaction& transaction, Position begin,
                                                   Position end,
                                                   int64_t max_bytes = std::numeric_limits<int64_t>::max());

// The texts beside entries [begin, end).
absl::StatusOr<std::vector<WriteBatch::Text>> ReadTexts(postgres::Transaction& transaction, Position begin,
                                                        Position end);
// The texts at `keys`, each verified against its entry's commitment; nullopt: no text is there. DATA_LOSS
// TEXT_DIFFERS. DATA_LOSS LOG_CORRUPT: an entry is not the one in the tree with this edge.
absl::StatusOr<std::vector<std::optional<std::string>>> ReadTextsAt(postgres::Transaction& transaction,
                                                                    const std::vector<Ledger::TextKey>& keys,
                                                                    const TileBuilder& edge);

// See Appender and LogReader.
absl::Status AddCosignatures(postgres::Transaction& transaction, Position size,
                             const std::vector<Cosignature>& cosignatures);
absl::StatusOr<Cosignatures> ReadCosignatures(postgres::Transaction& transaction, Position least,
                                              Position most);

// The 8192 bytes of a full tile. DATA_LOSS LOG_CORRUPT: it is missing.
absl::StatusOr<std::string> ReadTile(postgres::Transaction& transaction, int level, uint64_t index);
// Verifies entries that `transaction` read against the tree with this edge.
LeafCheck MakeLeafCheck(const TileBuilder& edge, postgres::Transaction& transaction);

}  // namespace seisaku::ledger
