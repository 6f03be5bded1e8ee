// The register of withdrawn texts.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "tools/auditor/changes/changes.h"
#include "tools/policyctl/session.h"

namespace seisaku::auditor {

// Of changes that withdrew texts: which text of which entry, whose, when and why it was withdrawn and by
// whom. As a table or CSV; JSON is that of ShowChanges. Errors: Output::Print's.
absl::Status ShowWithdrawals(policyctl::Session& session, const std::vector<ChangeSet>& sets);

}  // namespace seisaku::auditor
