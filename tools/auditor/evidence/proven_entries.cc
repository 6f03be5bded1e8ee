#include "tools/auditor/evidence/proven_entries.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "fmt/format.h"
#include "services/base/status.h"
#include "services/ledger/tree/free_text.h"
#include "services/ledger/tree/hash.h"
#include "services/ledger/tree/note.h"
#include "services/ledger/tree/proof.h"
#include "tools/auditor/evidence/tlog_proof.h"

namespace seisaku::auditor {
namespace {

using progress::v1::JudgementEvidence;
using progress::v1::ProvenEntry;

constexpr std::string_view kLogs[] = {"catalog", "progress"};

absl::StatusOr<ProvenLog> OpenLog(std::string_view name, const std::string& note,
                                  const bundle::Trust& trust) {
  ProvenLog log{.log = std::string(name), .checkpoint = {}, .note = note, .keys = {}};
  ASSIGN_OR_RETURN(log.checkpoint, trust.Open(note));
  ASSIGN_OR_RETURN(const auto keys, trust.LogKeys(log.checkpoint.origin));
  ASSIGN_OR_RETURN(const ledger::Note opened, ledger::OpenNote(note, keys));
  for (const auto& signature : opened.signatures) log.keys.push_back(fmt::format("{:08x}", signature.key_id));
  return log;
}

class Prover {
 public:
  explicit Prover(const bundle::Trust& trust) : trust_(trust) {}

  absl::Status Take(const ProvenEntry& proven, const std::string& where) {
    if (std::find(std::begin(kLogs), std::end(kLogs), proven.log()) == std::end(kLogs)) {
      return EvidenceInvalid(where + ".log", "catalog or progress", proven.log());
    }
    ASSIGN_OR_RETURN(const TlogProof proof, ParseTlogProof(proven.proof()));
    ASSIGN_OR_RETURN(const ProvenLog* log, LogOf(proven.log(), proof.checkpoint, where));
    const Position position = proven.stored().position();
    if (proof.index != position) {
      return EvidenceInvalid(where + ".proof", fmt::format("a proof of position {}", position),
                             fmt::to_string(proof.index));
    }
    RETURN_IF_ERROR(ledger::VerifyInclusion(ledger::LeafHash(proven.stored().entry()), position,
                                            log->checkpoint.size, proof.hashes, log->checkpoint.root));
    ASSIGN_OR_RETURN(OpenedEntry opened, OpenEntry(proven.log(), proven.stored()));
    proven_.entries.push_back(std::move(opened));
    return absl::OkStatus();
  }

  absl::StatusOr<ProvenEntries> Finish() {
    if (proven_.logs.size() == 2 && proven_.logs[0].checkpoint.origin == proven_.logs[1].checkpoint.origin) {
      return EvidenceInvalid("entries", "two logs", "both are " + proven_.logs[0].checkpoint.origin);
    }
    const auto name = [](const ProvenLog& log) { return log.log; };
    std::sort(proven_.logs.begin(), proven_.logs.end(),
              [&](const auto& a, const auto& b) { return name(a) < name(b); });
    const auto place = [](const OpenedEntry& entry) { return std::tie(entry.log, entry.position); };
    auto& entries = proven_.entries;
    std::sort(entries.begin(), entries.end(),
              [&](const auto& a, const auto& b) { return place(a) < place(b); });
    const auto twice = std::adjacent_find(entries.begin(), entries.end(),
                                          [&](const auto& a, const auto& b) { return place(a) == place(b); });
    if (twice != entries.end()) return EvidenceInvalid(twice->where(), "each entry once", "it stands twice");
    return std::move(proven_);
  }

 private:
  // The log's note is opened once; all of its entries have it.
  absl::StatusOr<const ProvenLog*> LogOf(const std::string& name, const std::string& note,
                                         const std::string& where) {
    const auto found = std::find_if(proven_.logs.begin(), proven_.logs.end(),
                                    [&](const ProvenLog& log) { return log.log == name; });
    if (found != proven_.logs.end()) {
      if (found->note == note) return &*found;
      return EvidenceInvalid(where + ".proof", "the same checkpoint note as the other entries of " + name,
                             "another one");
    }
    ASSIGN_OR_RETURN(ProvenLog log, OpenLog(name, note, trust_));
    proven_.logs.push_back(std::move(log));
    return &proven_.logs.back();
  }

  const bundle::Trust& trust_;
  ProvenEntries proven_;
};

}  // namespace

absl::Status EvidenceInvalid(std::string_view where, std::string_view expected, std::string_view actual) {
  return MakeError(
      absl::StatusCode::kDataLoss, "EVIDENCE_INVALID",
      fmt::format("{}: expected {}, found {}", where, expected, actual),
      {{"where", std::string(where)}, {"expected", std::string(expected)}, {"actual", std::string(actual)}});
}

std::string OpenedEntry::where() const { return fmt::format("{} {}", log, position); }

absl::StatusOr<OpenedEntry> OpenEntry(std::string_view log, const log::v1::StoredEntry& stored) {
  OpenedEntry opened{
      .log = std::string(log), .position = stored.position(), .stored = stored, .entry = {}, .texts = {}};
  if (!opened.entry.ParseFromString(stored.entry())) {
    return EvidenceInvalid(opened.where(), "an entry", "other bytes");
  }
  const std::string events = fmt::format("seisaku.{}.v1.Event/", log);
  if (!opened.entry.type().starts_with(events)) {
    return EvidenceInvalid(opened.where(), events, opened.entry.type());
  }
  opened.texts.resize(static_cast<size_t>(opened.entry.texts_size()));
  if (stored.texts_size() > opened.entry.texts_size()) {
    return EvidenceInvalid(opened.where(), fmt::format("{} texts", opened.entry.texts_size()),
                           fmt::to_string(stored.texts_size()));
  }
  for (int i = 0; i < stored.texts_size(); ++i) {
    auto text = ledger::OpenText(opened.entry.texts(i).salted_sha256(), stored.texts(i).salt(),
                                 stored.texts(i).text());
    if (!text.ok()) {
      return EvidenceInvalid(fmt::format("{}, text {}", opened.where(), i), "the text that it commits to",
                             "another one");
    }
    opened.texts[static_cast<size_t>(i)] = *std::move(text);
  }
  return opened;
}

absl::StatusOr<ProvenEntries> Prove(const JudgementEvidence& evidence, const bundle::Trust& trust) {
  Prover prover(trust);
  for (int i = 0; i < evidence.entries_size(); ++i) {
    RETURN_IF_ERROR(prover.Take(evidence.entries(i), fmt::format("entries[{}]", i)));
  }
  return prover.Finish();
}

}  // namespace seisaku::auditor
