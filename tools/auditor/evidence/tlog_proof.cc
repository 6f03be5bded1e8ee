#include "tools/auditor/evidence/tlog_proof.h"

#include <charconv>

#include "fmt/format.h"
#include "services/base/status.h"
#include "services/ledger/tree/errors.h"
#include "services/ledger/tree/hash.h"

namespace seisaku::auditor {
namespace {

constexpr std::string_view kHeader = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kIndex = "index ";

// The line without its newline; nullopt where there is none any more.
std::optional<std::string_view> TakeLine(std::string_view& text) {
  const size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

absl::Status Malformed(std::string_view why) { return errors::Malformed("tlog-proof", why); }

}  // namespace

std::string Format(const TlogProof& proof) {
  std::string text = fmt::format("{}\n{}{}\n", kHeader, kIndex, proof.index);
  for (const ledger::Hash& hash : proof.hashes) text += ledger::ToBase64(ledger::ToBytes(hash)) + "\n";
  return text + "\n" + proof.checkpoint;
}

absl::StatusOr<TlogProof> ParseTlogProof(std::string_view text) {
  if (TakeLine(text) != kHeader) return Malformed("its first line is another");
  auto line = TakeLine(text);
  if (line && line->starts_with("extra ")) line = TakeLine(text);
  if (!line || !line->starts_with(kIndex)) return Malformed("there is no index");
  TlogProof proof;
  const char* end = line->data() + line->size();
  const auto [rest, error] = std::from_chars(line->data() + kIndex.size(), end, proof.index);
  if (rest != end || error != std::errc()) return Malformed("the index is no number");
  while ((line = TakeLine(text)) && !line->empty()) {
    ASSIGN_OR_RETURN(const std::string bytes, ledger::FromBase64(*line));
    ASSIGN_OR_RETURN(const ledger::Hash hash, ledger::HashFromBytes(bytes));
    proof.hashes.push_back(hash);
  }
  if (!line) return Malformed("it breaks off");
  proof.checkpoint = text;
  return proof;
}

}  // namespace seisaku::auditor
