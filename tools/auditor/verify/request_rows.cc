#include "tools/auditor/verify/request_rows.h"

#include "absl/strings/ascii.h"
#include "services/ledger/tree/hash.h"

namespace seisaku::auditor {
namespace {

// The row that a command has to have.
RequestRow RowOf(const CommandSeen& command) {
  return {static_cast<int64_t>(command.position), static_cast<int64_t>(command.size), command.actor,
          absl::AsciiStrToLower(command.request_id), command.request_digest};
}

bundle::Phrase InWords(const RequestRow& row) {
  return {phrases::REQUEST_ROW,
          {{"request", row.request_id},
           {"actor", row.caller},
           {"digest", ledger::ToBase64(row.digest)},
           {"size", row.size}}};
}

}  // namespace

void RequestRows::Take(const CommandSeen& command, Report report) {
  const auto position = static_cast<int64_t>(command.position);
  while (!waiting_.empty() && waiting_.front().position < position) PassStray(report);
  const RequestRow expected = RowOf(command);
  if (waiting_.empty() || waiting_.front().position != position) {
    report({command.position, "REQUEST_ROW_MISSING", InWords(expected), phrases::NO_ROW});
    return;
  }
  const RequestRow& found = waiting_.front();
  if (found != expected) report({command.position, "REQUEST_ROW_DIFFERS", InWords(expected), InWords(found)});
  waiting_.pop_front();
}

void RequestRows::Finish(Report report) {
  while (!waiting_.empty()) PassStray(report);
}

void RequestRows::PassStray(Report report) {
  const RequestRow& row = waiting_.front();
  report({static_cast<uint64_t>(row.position), "REQUEST_ROW_STRAY", phrases::NO_ROW_THERE, InWords(row)});
  waiting_.pop_front();
}

}  // namespace seisaku::auditor
