#include "tools/seisaku-admin/appending.h"

#include "services/base/status.h"
#include "services/ledger/tree/checkpoint.h"

namespace seisaku::admin {

absl::Status Appending::Take(const log::v1::Entry& entry, std::string bytes,
                             std::vector<ledger::Addition::Text> texts) {
  const bool begins_command = entry.command_index() == 0;
  if (begins_command && (addition_.entries.size() >= 1000 || bytes_ >= kBytes)) {
    addition_.seal.assign(ledger::kSealBytes, '\0');  // of nothing
    RETURN_IF_ERROR(Add());
  }
  bytes_ += bytes.size();
  addition_.Append(entry, std::move(bytes));
  for (ledger::Addition::Text& text : texts) {
    bytes_ += text.stored.text.size();
    addition_.texts.push_back(std::move(text));
  }
  return absl::OkStatus();
}

absl::Status Appending::Seal(const ledger::SigningKey& key) {
  addition_.Seal(key);
  return Add();
}

absl::Status Appending::Add() {
  ASSIGN_OR_RETURN(std::optional<ledger::Added> added,
                   ledger::Add(transaction_, addition_, head_, {}, ledger::Then::kMore));
  if (!added.has_value()) return absl::InternalError("the log's head is not the one that was locked");
  head_ = std::move(added->head);
  const int64_t recorded_at_micros = addition_.recorded_at_micros;
  addition_ = ledger::Addition(std::move(addition_.edge));
  addition_.recorded_at_micros = recorded_at_micros;
  bytes_ = 0;
  return absl::OkStatus();
}

}  // namespace seisaku::admin
