// The entries of a file of evidence, each seen to be in its log.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "seisaku/log/v1/entry.pb.h"
#include "seisaku/log/v1/log_service.pb.h"
#include "seisaku/progress/v1/evidence.pb.h"
#include "services/base/revisions.h"
#include "services/ledger/tree/checkpoint.h"
#include "tools/bundle/trust.h"

namespace seisaku::auditor {

// DATA_LOSS EVIDENCE_INVALID: at `where` (an entry, a field of the file) something else than `expected`
// stands; metadata `where`, `expected`, `actual`.
absl::Status EvidenceInvalid(std::string_view where, std::string_view expected, std::string_view actual);

// An entry with its texts, each of them opened against its commitment.
struct OpenedEntry {
  std::string log;  // "catalog", "progress"
  Position position = 0;
  log::v1::StoredEntry stored;
  log::v1::Entry entry;
  std::vector<std::optional<std::string>> texts;  // by TextRef.index; nullopt: the file does not have it

  std::string where() const;  // "catalog 12"
};

// EVIDENCE_INVALID: it is no entry of an event of `log`, or a text is not what the entry commits to.
absl::StatusOr<OpenedEntry> OpenEntry(std::string_view log, const log::v1::StoredEntry& stored);

// A log and the one checkpoint against which its entries were proven.
struct ProvenLog {
  std::string log;
  ledger::Checkpoint checkpoint;
  std::string note;               // the signed note with it
  std::vector<std::string> keys;  // ids, in hexadecimal, of the log's trusted keys that signed it
};

struct ProvenEntries {
  std::vector<ProvenLog> logs;       // catalog first
  std::vector<OpenedEntry> entries;  // catalog's first, ascending by position, each once
};

// Sees that every entry is in its log as a trusted key signed it, all of one log by one note, with its texts.
// EVIDENCE_INVALID; PROOF_INVALID; MALFORMED: a proof breaks off; bundle::Trust::Open's errors.
absl::StatusOr<ProvenEntries> Prove(const progress::v1::JudgementEvidence& evidence,
                                    const bundle::Trust& trust);

}  // namespace seisaku::auditor
