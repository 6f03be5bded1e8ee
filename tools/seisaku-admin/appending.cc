#include "tools/seisaku-admin/appending.h"

#include "services/base/status.h"
#include "services/ledger/tree/checkpoint.h"

namespace seisaku::admin {

absl::Status Appending::Take(const log::v1::Entry& entry, std::string bytes,
                             std::vector<ledger::WriteBatch::Text> texts) {
  const bool begins_command = entry.command_index() == 0;
  if (begins_command && (write_batch_.entries.size() >= 1000 || bytes_ >= kBytes)) {
    write_batch_.seal.assign(ledger::kSealBytes, '\0');  // of nothing
    RETURN_IF_ERROR(Add());
  }
  bytes_ += bytes.size();
  write_batch_.Append(entry, std::move(bytes));
  for (ledger::WriteBatch::Text& text : texts) {
    bytes_ += text.stored.text.size();
    write_batch_.texts.push_back(std::move(text));
  }
  return absl::OkStatus();
}

absl::Status Appending::Seal(const ledger::SigningKey& key) {
  write_batch_.Seal(key);
  return Add();
}

absl::Status Appending::Add() {
  ASSIGN_OR_RETURN(
      std::optional<ledger::Appended> added,
      ledger::AppendEntries(transaction_, write_batch_, head_, {}, ledger::AfterAppend::kContinue));
  if (!added.has_value()) return absl::InternalError("the log's head is not the one that was locked");
  head_ = std::move(added->head);
  const int64_t recorded_at_micros = write_batch_.recorded_at_micros;
  write_batch_ = ledger::WriteBatch(std::move(write_batch_.edge));
  write_batch_.recorded_at_micros = recorded_at_micros;
  bytes_ = 0;
  return absl::OkStatus();
}

}  // namespace seisaku::admin
