// Appends entries to a service's database as the service would, and seals the head at the end.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "seisaku/log/v1/entry.pb.h"
#include "services/ledger/log_store.h"
#include "services/ledger/tree/key.h"
#include "services/ledger/tree/tiles.h"

namespace seisaku::admin {

// Appends to the log whose head is `before` and locked by `transaction`, which outlives it. Until Seal only a
// rollback leaves a sound log. Not thread-safe.
class Appending {
 public:
  // `edge` is that of the tree of `before`.
  Appending(postgres::Transaction& transaction, const ledger::Head& before, ledger::TileBuilder edge)
      : transaction_(transaction), head_(before.identity()), write_batch_(std::move(edge)) {
    write_batch_.recorded_at_micros = before.recorded_at_micros;
  }

  // Appends the next entry, with `bytes`, those of `entry`, and its texts that were not withdrawn. Writes to
  // PostgreSQL from time to time, where a command ends.
  absl::Status Take(const log::v1::Entry& entry, std::string bytes,
                    std::vector<ledger::WriteBatch::Text> texts);
  // The last entry withdraws a text.
  void Withdraw(Position position, uint32_t index) {
    write_batch_.redactions.push_back({position, index, write_batch_.edge.size() - 1});
  }
  // The tree after the last entry.
  const ledger::Frontier& frontier() const { return write_batch_.edge.frontier(); }

  // Writes the rest, and the head with a seal by `key`. Nothing is sealed before: a caller who verifies the tree first
  // never makes a seal of a wrong one, not even in a transaction that is rolled back.
  absl::Status Seal(const ledger::SigningKey& key);

 private:
  static constexpr size_t kBytes = 4 << 20;
  absl::Status Add();

  postgres::Transaction& transaction_;
  ledger::HeadIdentity head_;
  ledger::WriteBatch write_batch_;
  size_t bytes_ = 0;
};

}  // namespace seisaku::admin
