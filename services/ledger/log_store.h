// The log's tables as the committer and the readers use them: every SQL statement of the ledger is here.
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

// Which head an addition follows.
struct KnownHead {
  std::string version;  // of its row: every change of it makes another one, in this database
  std::string seal;     // which tells it from the heads of other histories
};

// The row of log_head.
struct Head {
  std::string origin;
  Position size = 0;
  std::string frontier;
  int64_t recorded_at_micros = 0;
  std::string version;  // as KnownHead has it
  std::string seal;     // as tree/checkpoint.h makes it; empty: none

  KnownHead known() const { return {version, seal}; }
};
// What the head says of its log. DATA_LOSS LOG_CORRUPT: its frontier is none of its size.
absl::StatusOr<Checkpoint> CheckpointOf(const Head& head);
// OK where one of `keys` sealed just this head; else DATA_LOSS LOG_CORRUPT. Says nothing of the entries.
absl::Status CheckSeal(const Head& head, absl::Span<const VerifierKey> keys);

struct RequestKey {
  std::string_view caller;
  std::string_view request_id;
};
// What a request added: its entries, from `begin` on.
struct EarlierRequest {
  Position begin;
  std::vector<std::string> entries;
};

// What one transaction adds, and the head that follows.
struct Addition {
  // Adds to the log whose tree has the given edge.
  explicit Addition(TileBuilder before) : begin(before.size()), edge(std::move(before)) {}
  // The next entry, whose bytes are those of `entry`.
  void Append(const log::v1::Entry& entry, std::string bytes);
  // Seals the head that follows, after the last Append and before Add. `key` is the log's and bears its
  // origin.
  void Seal(const SigningKey& key);

  Position begin;
  struct Entry {
    std::string bytes;
    std::string caller, request_id;  // of the command that begins here, else empty
  };
  std::vector<Entry> entries;  // dense from `begin`
  TileBuilder edge;            // of the log with them
  std::vector<Tile> tiles;     // that they fill
  int64_t recorded_at_micros = 0;
  std::string seal;  // of the head that follows; Add demands one
  struct Text {
    Position position;
    uint32_t index;
    StoredText stored;
  };
  std::vector<Text> texts;
  struct Redaction {
    Position position;  // of the text
    uint32_t index;
    Position recorded_at;  // the entry of this addition that says so
  };
  std::vector<Redaction> redactions;
};

// All functions run inside the caller's transaction and return what postgres::Database describes.

// Makes the head where there is none yet, for a log named `origin`; leaves one that is there.
absl::Status CreateHead(postgres::Transaction& transaction, const std::string& origin);
absl::StatusOr<Head> ReadHead(postgres::Transaction& transaction);

// The head, PostgreSQL's clock now, and for each key the request that has it.
struct Ahead {
  Head head;
  int64_t now_micros = 0;
  std::vector<std::optional<EarlierRequest>> requests;
};
// Waits for the head's lock, and looks then: at all that earlier holders committed. DATA_LOSS LOG_CORRUPT:
// what one of the requests is said to have added is not in the log.
absl::StatusOr<Ahead> LockHead(postgres::Transaction& transaction, const std::vector<RequestKey>& keys);

// From when until when, on PostgreSQL's clock, something may happen: microseconds since the epoch.
struct Window {
  int64_t from = std::numeric_limits<int64_t>::min();
  int64_t until = std::numeric_limits<int64_t>::max();
};
// What an addition left.
struct Added {
  int64_t now_micros;  // PostgreSQL's clock
  KnownHead head;
};
// Adds to the log whose head is `head`, and leaves it sealed with `addition.seal`. nullopt: nothing was
// added, because the head is another one, though it be of that size, or the clock is outside `when`.
// ALREADY_EXISTS STORAGE_UNIQUE_VIOLATION: the log has one of the requests. It is one statement, and more
// where texts are deleted. kCommit: the COMMIT goes in the same round trip where it can, and nothing may
// follow; what is first in its transaction then needs no lock, no BEGIN and no COMMIT.
enum class Then { kCommit, kMore };
absl::StatusOr<std::optional<Added>> Add(postgres::Transaction& transaction, const Addition& addition,
                                         const KnownHead& head, Window when, Then then);

// Writes the head row unchanged: so the commit that follows is a synchronous one, and the head is of another
// version, so that an Add that was given up and is still on its way adds nothing.
absl::Status TouchHead(postgres::Transaction& transaction);

// Seals the head as it is, which is `head` and locked by this transaction: a log from before there were
// seals, or one that the key before sealed. `key` is the log's and bears its origin.
absl::Status WriteSeal(postgres::Transaction& transaction, const Head& head, const SigningKey& key);

// Entry bytes from `begin` on, ascending, below `end`; those of the last ones are left out that would be more
// than `max_bytes` together, but at least one is returned. DATA_LOSS LOG_CORRUPT: a position missing.
absl::StatusOr<std::vector<std::string>> ReadBytes(postgres::Transaction& transaction, Position begin,
                                                   Position end,
                                                   int64_t max_bytes = std::numeric_limits<int64_t>::max());

// The texts beside entries [begin, end).
absl::StatusOr<std::vector<Addition::Text>> ReadTexts(postgres::Transaction& transaction, Position begin,
                                                      Position end);
// The texts at the given keys, opened against what their entries commit to; nullopt where there is none.
// DATA_LOSS TEXT_DIFFERS; LOG_CORRUPT: an entry is not that of the tree with this edge.
absl::StatusOr<std::vector<std::optional<std::string>>> ReadTextsAt(postgres::Transaction& transaction,
                                                                    const std::vector<Ledger::TextKey>& keys,
                                                                    const TileBuilder& edge);

// As Ledger says of its functions of these names.
absl::Status AddCosignatures(postgres::Transaction& transaction, Position size,
                             const std::vector<Cosignature>& cosignatures);
absl::StatusOr<Cosignatures> ReadCosignatures(postgres::Transaction& transaction, Position least,
                                              Position most);

// 8192 bytes. DATA_LOSS LOG_CORRUPT: not there.
absl::StatusOr<std::string> ReadTile(postgres::Transaction& transaction, int level, uint64_t index);
// Compares entries that this transaction read with the tree that has this edge.
LeafCheck CheckAgainst(const TileBuilder& edge, postgres::Transaction& transaction);

}  // namespace seisaku::ledger
