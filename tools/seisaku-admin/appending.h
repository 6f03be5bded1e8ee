// Putting entries into a service's database as the service would put them there, sealed at the end.
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

// Adds entries to the log whose head is `before` and locked by `transaction`, which outlives it. Until it is
// sealed, only the transaction's roll-back leaves a sound log. Not thread-safe.
class Appending {
 public:
  // `edge` is that of the tree of `before`.
  Appending(postgres::Transaction& transaction, const ledger::Head& before, ledger::TileBuilder edge)
      : transaction_(transaction), head_(before.known()), addition_(std::move(edge)) {
    addition_.recorded_at_micros = before.recorded_at_micros;
  }

  // The next entry, whose bytes are those of `entry`, with the texts that are still there. Now and then,
  // where a command ends, what was taken goes to PostgreSQL.
  absl::Status Take(const log::v1::Entry& entry, std::string bytes,
                    std::vector<ledger::Addition::Text> texts);
  // The entry taken last withdraws a text.
  void Withdraw(Position position, uint32_t index) {
    addition_.redactions.push_back({position, index, addition_.edge.size() - 1});
  }
  // The tree of the log with all that was taken.
  const ledger::Frontier& frontier() const { return addition_.edge.frontier(); }

  // The end: adds what is left, and the head with the seal of `key`. There was none before: who compares the
  // tree first gives no seal of another one away, not even to a transaction that is rolled back.
  absl::Status Seal(const ledger::SigningKey& key);

 private:
  static constexpr size_t kBytes = 4 << 20;
  absl::Status Add();

  postgres::Transaction& transaction_;
  ledger::KnownHead head_;
  ledger::Addition addition_;
  size_t bytes_ = 0;
};

}  // namespace seisaku::admin
