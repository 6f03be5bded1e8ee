#include "tools/auditor/verify/stored_head.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/hash.h"

namespace seisaku::auditor {
namespace {

// As JSON a row has the columns that there are.
constexpr postgres::Statement kReadHead = {
    "read_stored_head",
    "SELECT origin, size, frontier, recorded_at, row ? 'seal', "
    "coalesce(decode(substr(row ->> 'seal', 3), 'hex'), ''), (row ->> 'sealed_size')::bigint "
    "FROM log_head AS h, to_jsonb(h) AS row ORDER BY size DESC LIMIT 1"};

std::string Hex(std::string_view bytes) {
  std::string hex;
  for (const unsigned char byte : bytes) hex += fmt::format("{:02x}", byte);
  return hex;
}

// The short name of the key that a seal names.
std::string SealedBy(const std::string& origin, const std::string& seal) {
  return fmt::format("{}+{}", origin, Hex(seal.substr(0, 4)));
}

// The key of that short name that an entry tells of; nullptr: none does.
const ledger::VerifierKey* NamedKey(const KeyHistory& keys, const std::string& name) {
  const KeyChange* change = keys.Naming(name);
  if (change == nullptr) return nullptr;
  return ShortName(change->next) == name ? &change->next : &change->previous;
}

}  // namespace

absl::StatusOr<StoredHead> ReadStoredHead(postgres::Transaction& transaction) {
  ASSIGN_OR_RETURN(const postgres::Rows rows, transaction.Execute(kReadHead));
  if (rows.empty()) return errors::LogCorrupt(0, "log_head has no row");
  StoredHead stored;
  stored.head.origin = std::string(rows.GetText(0, 0));
  stored.head.size = static_cast<Position>(rows.GetInt64(0, 1));
  stored.head.frontier = rows.GetBytes(0, 2);
  stored.head.recorded_at_micros = rows.GetInt64(0, 3);
  stored.has_seals = rows.GetBool(0, 4);
  stored.head.seal = rows.GetBytes(0, 5);
  if (!rows.IsNull(0, 6)) stored.sealed_size = rows.GetInt64(0, 6);
  return stored;
}

void CheckSeal(const StoredHead& stored, const std::string& origin, const bundle::Trust& trust,
               LogVerifier& verifier, Findings& findings) {
  const ledger::Head& head = stored.head;
  const LogFacts facts = verifier.facts();
  const uint64_t end = std::min<uint64_t>(facts.size, head.size);
  if (stored.has_seals && stored.sealed_size != static_cast<int64_t>(head.size)) {
    verifier.Report({end,
                     "HEAD_DIFFERS",
                     {phrases::SIZE_IN_HEAD, {{"size", head.size}}},
                     {phrases::SIZE_SEALED, {{"size", stored.sealed_size.value_or(0)}}}});
  }
  if (head.seal.empty()) {
    if (verifier.keys().is_sealed()) {
      verifier.Report({end, "HEAD_UNSEALED", phrases::SEALED_HEAD, phrases::NONE});
    } else {
      verifier.Note({"NO_SEAL", phrases::NO_SEAL});
    }
    return;
  }
  const auto trusted = trust.LogKeys(origin);
  const auto checkpoint = ledger::CheckpointOf(head);
  if (!trusted.ok() || !checkpoint.ok()) return;  // of which HEAD_DIFFERS and NO_KEY tell
  const auto invalid = [&](bundle::Phrase found) {
    verifier.Report({end,
                     "SEAL_INVALID",
                     {phrases::SEAL_OF,
                      {{"size", head.size},
                       {"root", ledger::ToBase64(ledger::ToBytes(checkpoint->root))},
                       {"origin", origin}}},
                     std::move(found)});
  };
  const std::string key = SealedBy(origin, head.seal);
  const bool by_trusted =
      std::any_of(trusted->begin(), trusted->end(), [&](const auto& one) { return ShortName(one) == key; });
  const ledger::VerifierKey* named = NamedKey(verifier.keys(), key);
  const KeyChange* last = verifier.keys().LastOf(origin);
  // Of the change itself it is the key before that sealed.
  if ((by_trusted || named != nullptr) && last != nullptr && ShortName(last->next) != key &&
      (ShortName(last->previous) != key || last->position + 1 != head.size)) {
    return invalid({phrases::SEAL_BY_REPLACED, {{"key", key}, {"position", last->position}}});
  }
  if (ledger::CheckSeal(head, *trusted).ok()) {
    const bool is_of_entries =
        !facts.has_gap && facts.frontier.ToBytes() == head.frontier && facts.size == head.size;
    if (is_of_entries && head.origin == origin) {
      findings.evidences.push_back(
          {.from = "seal of " + origin, .checkpoint = *checkpoint, .is_signed = true});
    }
    return;
  }
  if (by_trusted) return invalid(phrases::ANOTHER_SEAL);
  if (named == nullptr) return invalid({phrases::SEAL_BY_OTHER, {{"key", key}}});
  if (!ledger::CheckSeal(head, {named, 1}).ok()) return invalid(phrases::ANOTHER_SEAL);
  findings.doubts.push_back(
      {"KEY_CHANGED",
       {phrases::DOUBT_KEY_CHANGED,
        {{"file", "log_head"}, {"key", key}, {"position", verifier.keys().Naming(key)->position}}}});
}

}  // namespace seisaku::auditor
