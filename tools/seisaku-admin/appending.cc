#include "tools/seisaku-admin/appending.h"

#include <iterator>
#include <utility>

#include "services/base/status.h"
#include "services/base/timestamp.h"

namespace seisaku::admin {

void Appending::Begin() {
  addition_ = {};
  addition_.begin = edge_.size();
  bytes_ = 0;
}

void Appending::Take(const log::v1::Entry& entry, std::string bytes,
                     std::vector<ledger::Addition::Text> texts) {
  const Position position = edge_.size();
  if (entry.command_index() == 0) {
    addition_.requests.push_back({entry.actor(), entry.request_id(), entry.request_digest(), position,
                                  static_cast<int64_t>(entry.command_size())});
  }
  at_command_end_ = entry.command_index() + 1 == entry.command_size();
  recorded_at_micros_ = ToMicros(entry.recorded_at());
  edge_.Append(ledger::LeafHash(bytes), &addition_.tiles);
  bytes_ += bytes.size();
  addition_.entries.push_back(std::move(bytes));
  for (ledger::Addition::Text& text : texts) {
    bytes_ += text.stored.text.size();
    addition_.texts.push_back(std::move(text));
  }
}

absl::Status Appending::Add(postgres::Transaction& transaction, ledger::Head& before) {
  ledger::Head after = {.origin = before.origin,
                        .size = edge_.size(),
                        .frontier = edge_.frontier().ToBytes(),
                        .recorded_at_micros = recorded_at_micros_};
  ASSIGN_OR_RETURN(std::optional<ledger::Added> added,
                   ledger::Add(transaction, addition_, before.version, after, {}, ledger::Then::kMore));
  if (!added.has_value()) return absl::InternalError("the log's head is not the one that was locked");
  after.version = added->version;
  before = std::move(after);
  Begin();
  return absl::OkStatus();
}

}  // namespace seisaku::admin
