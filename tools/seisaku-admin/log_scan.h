// The entries of one log as they go by: checked, hashed, and which key is the log's.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "seisaku/log/v1/log_service.pb.h"
#include "services/ledger/log_store.h"
#include "services/ledger/tree/key.h"
#include "services/ledger/tree/tiles.h"
#include "tools/bundle/entry_check.h"

namespace seisaku::admin {

// "SIZE:ROOT", the root in base64: the entries that were looked at, as whoever accepts them repeats it.
std::string SizeAndRoot(const ledger::Checkpoint& log);

// From the first entry on. What is written or accepted is what was taken here. Not thread-safe.
class LogScan {
 public:
  explicit LogScan(std::string origin) : origin_(std::move(origin)) {}

  // The next entry. EntryCheck's errors; DATA_LOSS LOG_CORRUPT: it names a next key that did not agree, or
  // in the place of a key that was not the log's.
  absl::StatusOr<log::v1::Entry> Take(const log::v1::StoredEntry& stored);
  // After the last entry: EntryCheck's errors.
  absl::Status Finish() const { return check_.Finish(); }

  // The tree of the entries taken.
  const ledger::TileBuilder& edge() const { return edge_; }
  ledger::Checkpoint head() const {
    return {.origin = origin_, .size = edge_.size(), .root = edge_.frontier().Root()};
  }
  // When the last entry was recorded; 0: there is none.
  int64_t recorded_at_micros() const { return recorded_at_micros_; }
  // One of the entries says that the log's head was sealed then: it has had a seal ever since.
  bool says_sealed() const { return says_sealed_; }
  // The text that the last entry says was withdrawn.
  const auto& withdrawn_by_last() const { return check_.withdrawn_by_last(); }
  // The last change of this log's key, and the entry that names it.
  struct Rotation {
    Position position;
    ledger::KeyRotation keys;
  };
  const std::optional<Rotation>& rotation() const { return rotation_; }

  // OK where `key` is the log's after the entries taken: the one that the last rotation names; any key of
  // the log where there was none. FAILED_PRECONDITION: another one is.
  absl::Status CheckKey(const ledger::VerifierKey& key) const;
  // Those of `keys` that may have sealed the head of the entries taken: all where there was no rotation; else
  // the key that the last one names, and where that is the last entry the one before, which sealed just that.
  std::vector<ledger::VerifierKey> MaySeal(std::vector<ledger::VerifierKey> keys) const;
  // OK where `head`, as it stands in the database, is that of the entries taken. DATA_LOSS LOG_CORRUPT.
  absl::Status CheckHead(const ledger::Head& head) const;

 private:
  absl::Status TakeRotation(Position position, const log::v1::Entry& entry);

  const std::string origin_;
  bundle::EntryCheck check_;
  ledger::TileBuilder edge_;
  int64_t recorded_at_micros_ = 0;
  bool says_sealed_ = false;
  std::optional<Rotation> rotation_;
};

}  // namespace seisaku::admin
