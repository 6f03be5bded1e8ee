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

// What somebody who wants to know may not take for proven although nothing contradicts it.
enum class Doubt {
  kNoKey,         // no key of the log is trusted
  kNoCheckpoint,  // nobody who is trusted stands for a checkpoint of these entries
  kNoCatalogKey,  // no key is trusted that could have signed what was copied of catalog
  kLost,          // a checkpoint that was kept has entries of the log before that are lost
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
  uint64_t proven_size = 0;         // up to there everything is proven
  std::optional<CopyReport> copy;   // of progress
  std::optional<PreviousReport> previous;
  std::vector<Doubt> doubts;

  bool is_proven() const { return violations.empty() && doubts.empty(); }
  // Whether a checkpoint of this log that was kept outside was compared: whoever has the log's key could have
  // made all the others.
  bool has_kept_checkpoint() const;
};

struct VerifyReport {
  std::vector<LogReport> logs;
  std::optional<Violation> contracts;
  std::vector<std::string> unused;  // checkpoints of logs that are not there

  bool is_proven() const;
};

struct VerifyOptions {
  // Checkpoints that were kept outside, of the logs and of those before them: each log takes its own.
  std::vector<Evidence> since;
  bool fold = true;  // whether evolve has to accept every event
};

// Reads each source to its end, catalog's log before progress's, which is compared with it. Errors: those of
// a place that cannot be reached; all that is wrong with the logs is in the report.
absl::StatusOr<VerifyReport> Verify(std::vector<std::unique_ptr<LogSource>> sources,
                                    const bundle::Trust& trust, const VerifyOptions& options);

}  // namespace seisaku::auditor
