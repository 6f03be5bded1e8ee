// What a damaged log that was kept as evidence shows, for people and for programs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "seisaku/log/v1/bundle.pb.h"
#include "tools/auditor/kept_tree.h"
#include "tools/auditor/verify/evidence.h"
#include "tools/auditor/verify/verify.h"
#include "tools/bundle/trust.h"
#include "tools/policyctl/session.h"

namespace seisaku::auditor {

// One log of it.
struct ForensicFinding {
  struct Damage {
    log::v1::BundleDamage listed;
    std::optional<Violation> recomputed;  // from the files that are here
  };
  struct Kept {
    Evidence evidence;
    std::optional<KeptTree::Fit> fit;
  };
  std::string name;  // "catalog"
  std::string origin;
  uint64_t entries = 0;
  std::vector<Damage> damages;
  std::vector<Violation> unlisted;  // that the files show and the manifest does not
  uint64_t more_unlisted = 0;       // of which there are too many to keep
  std::vector<Kept> kept;           // checkpoints from outside
};

// Whether one of the logs in `folder` is a damaged one that was kept.
bool HasForensic(const std::string& folder);

// Reads those of the logs in `folder` that are: finds again what can be found from the files alone, and up to
// where their entries are those of the checkpoints in `since`. Errors: ForensicReader's.
absl::StatusOr<std::vector<ForensicFinding>> ReadForensic(const std::string& folder,
                                                          const bundle::Trust& trust,
                                                          const std::vector<Evidence>& since);

// Prints them; says first that nobody signed them.
absl::Status ShowForensic(policyctl::Session& session, const std::vector<ForensicFinding>& findings);

// What `auditor verify` ends with. DATA_LOSS LOG_VIOLATED: the first damage, as ToStatus(VerifyReport) has
// it; FAILED_PRECONDITION BUNDLE_FORENSIC: there is none, and nothing is proven.
absl::Status ToStatus(const std::string& folder, const std::vector<ForensicFinding>& findings);

}  // namespace seisaku::auditor
