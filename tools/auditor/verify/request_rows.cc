#include "tools/auditor/verify/request_rows.h"

#include "absl/strings/ascii.h"
#include "fmt/format.h"
#include "services/ledger/tree/hash.h"

namespace seisaku::auditor {
namespace {

std::string InWords(const std::string& caller, const std::string& id, const std::string& digest,
                    uint64_t size) {
  return fmt::format("request {} of {}, SHA-256 {}, {} entries", id, caller, ledger::ToBase64(digest), size);
}

std::string InWords(const RequestRow& row) {
  return InWords(row.caller, row.request_id, row.digest, static_cast<uint64_t>(row.size));
}

}  // namespace

void RequestRows::Take(const CommandSeen& command, Report report) {
  const auto position = static_cast<int64_t>(command.position);
  while (!waiting_.empty() && waiting_.front().position < position) PassStray(report);
  const std::string expected =
      InWords(command.actor, absl::AsciiStrToLower(command.request_id), command.request_digest, command.size);
  if (waiting_.empty() || waiting_.front().position != position) {
    report({command.position, "REQUEST_ROW_MISSING", expected, "no row"});
    return;
  }
  const std::string found = InWords(waiting_.front());
  if (found != expected) report({command.position, "REQUEST_ROW_DIFFERS", expected, found});
  waiting_.pop_front();
}

void RequestRows::Finish(Report report) {
  while (!waiting_.empty()) PassStray(report);
}

void RequestRows::PassStray(Report report) {
  const RequestRow& row = waiting_.front();
  report({static_cast<uint64_t>(row.position), "REQUEST_ROW_STRAY", "no row: no command begins there",
          InWords(row)});
  waiting_.pop_front();
}

}  // namespace seisaku::auditor
