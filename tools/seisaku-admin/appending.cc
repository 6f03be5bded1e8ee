#include "tools/seisaku-admin/appending.h"

#include <utility>

#include "services/base/status.h"

namespace seisaku::admin {

void Appending::Begin() {
  addition_ = ledger::Addition(std::move(addition_.edge));
  bytes_ = 0;
}

void Appending::Take(const log::v1::Entry& entry, std::string bytes,
                     std::vector<ledger::Addition::Text> texts) {
  at_command_end_ = entry.command_index() + 1 == entry.command_size();
  bytes_ += bytes.size();
  addition_.Append(entry, std::move(bytes));
  for (ledger::Addition::Text& text : texts) {
    bytes_ += text.stored.text.size();
    addition_.texts.push_back(std::move(text));
  }
}

absl::Status Appending::Add(postgres::Transaction& transaction, ledger::Head& before) {
  ASSIGN_OR_RETURN(std::optional<ledger::Added> added,
                   ledger::Add(transaction, addition_, before.version, {}, ledger::Then::kMore));
  if (!added.has_value()) return absl::InternalError("the log's head is not the one that was locked");
  before.size = addition_.edge.size();
  before.frontier = addition_.edge.frontier().ToBytes();
  before.recorded_at_micros = addition_.recorded_at_micros;
  before.version = added->version;
  Begin();
  return absl::OkStatus();
}

}  // namespace seisaku::admin
