// Putting entries that exist already into a service's database, as the service would have put them there.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "seisaku/log/v1/entry.pb.h"
#include "services/ledger/log_store.h"
#include "services/ledger/tree/tiles.h"

namespace seisaku::admin {

// Gathers whole commands of one log and adds them. Not thread-safe.
class Appending {
 public:
  // Continues the log whose tree has the given edge.
  explicit Appending(ledger::TileBuilder edge) : addition_(std::move(edge)) {}

  // The next entry, whose bytes are those of `entry`, with the texts that are still there.
  void Take(const log::v1::Entry& entry, std::string bytes, std::vector<ledger::Addition::Text> texts);
  // The entry taken last withdraws a text.
  void Withdraw(Position position, uint32_t index) {
    addition_.redactions.push_back({position, index, addition_.edge.size() - 1});
  }

  // Whether what was gathered ends with a command's end and is worth a statement.
  bool is_ready() const { return at_command_end_ && (addition_.entries.size() >= 1000 || bytes_ >= kBytes); }
  bool is_empty() const { return addition_.entries.empty(); }

  // Adds what was gathered, whole commands, to the log whose head is `before` and locked. Afterwards
  // nothing is gathered. `before` becomes the new head.
  absl::Status Add(postgres::Transaction& transaction, ledger::Head& before);

 private:
  static constexpr size_t kBytes = 4 << 20;
  void Begin();

  ledger::Addition addition_;
  size_t bytes_ = 0;
  bool at_command_end_ = true;
};

}  // namespace seisaku::admin
