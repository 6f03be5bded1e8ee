// Proves one log or both of a city.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "tools/auditor/verify/evidence.h"
#include "tools/auditor/verify/log_source.h"
#include "tools/auditor/verify/log_verifier.h"
#include "tools/auditor/verify/violation.h"
#include "tools/bundle/trust.h"

namespace seisaku::auditor {

// Progress's copy of catalog's log.
struct CopyReport {
  uint64_t size = 0;      // entries that were copied
  uint64_t compared = 0;  // with catalog's own log
  uint64_t signed_size = 0;
};

// The log before, where this one took its place.
struct PreviousReport {
  struct Kept {
    Evidence evidence;
    Relation relation;
  };
  Continued continued;
  std::vector<Kept> kept;  // its checkpoints that were kept outside
};

struct LogReport {
  LogKind kind = LogKind::kCatalog;
  std::string origin;
  std::string place;
  LogFacts facts;
  Violations violations;
  std::vector<Evidence> evidences;  // ascending by size
  // Those that were kept outside when the log was longer than this export: not compared; ascending by size.
  std::vector<Evidence> later;
  uint64_t proven_size = 0;        // up to there everything is proven
  std::optional<CopyReport> copy;  // of progress
  std::optional<PreviousReport> previous;
  std::vector<KeyChange> key_changes;
  std::vector<Sealing> sealings;
  std::optional<Quorum> quorum;  // who stands for the proven entries, where that was asked
  // NO_KEY: no key of the log is trusted; NO_CHECKPOINT: nobody who is trusted stands for a checkpoint of
  // these entries; NO_CATALOG_KEY: a key that signed what was copied of catalog is not trusted; ENTRIES_LOST:
  // a checkpoint that was kept has entries of the log before that are lost; UNFINISHED: the export has not
  // come to its end; KEY_NOT_TRUSTED, KEY_CHANGED: another key has signed, which an entry names or none;
  // COSIGNATURE_UNFIT: one that is trusted does not fit the entries, and nothing from outside covers them;
  // NO_QUORUM.
  std::vector<Doubt> doubts;
  Remarks remarks;

  bool is_proven() const { return violations.empty() && doubts.empty(); }
  // Up to where a checkpoint of this log that was kept outside holds, whose signatures are trusted: whoever
  // has the log's key could have made all that is behind.
  uint64_t kept_size() const;
};

struct VerifyReport {
  std::vector<LogReport> logs;
  std::vector<LogKind> absent;  // logs of a city of which nothing was there to be read, and nothing is said
  std::optional<Violation> contracts;
  bool lacks_contracts = false;  // the export has not come to its end
  // Checkpoints of logs that are not there, or cannot be read.
  struct Unused {
    std::string from;  // the witness's folder, where it was one
    std::string origin;
  };
  std::vector<Unused> unused;

  bool is_proven() const;
};

// Is shown what Verify reads and what is wrong with it, one by one.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void OnStored(LogKind log, const log::v1::StoredEntry& stored) = 0;
  virtual void OnViolation(LogKind log, const Violation& violation) = 0;
  virtual void OnEntry(LogKind /*log*/, uint64_t /*position*/, const log::v1::Entry& /*entry*/) {}
};

struct VerifyOptions {
  // Checkpoints that were kept outside, of the logs and of those before them: each log takes its own.
  std::vector<Evidence> since;
  bool fold = true;              // whether evolve has to accept every event
  size_t quorum = 0;             // how many cosigners have to stand for what is proven
  Observer* observer = nullptr;  // if set, outlives the verification
};

// Reads each source to its end, catalog's log before progress's, which is compared with it. Errors: those of
// a place that cannot be reached; all that is wrong with the logs is in the report.
absl::StatusOr<VerifyReport> Verify(std::vector<std::unique_ptr<LogSource>> sources,
                                    const bundle::Trust& trust, const VerifyOptions& options);

}  // namespace seisaku::auditor
