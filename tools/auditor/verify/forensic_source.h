// A damaged log in a database or among files, read as far as it can be.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tools/auditor/verify/log_source.h"
#include "tools/bundle/forensic.h"
#include "tools/bundle/trust.h"

namespace seisaku::auditor {

// The log in the database that `dsn` names, as OpenStoredLog has it, but where a row cannot be read (a broken
// page of PostgreSQL's) that is ENTRY_UNREADABLE, and what stands behind it is read all the same; a log
// without a head is read too. Needs a role that may read. DATABASE_UNUSABLE, and OpenStoredLog's other
// errors.
absl::StatusOr<std::unique_ptr<LogSource>> OpenDamagedLog(const std::string& dsn, const bundle::Trust& trust);

// Writes what the database has besides entries and texts: tiles, head, cosignatures, texts that stand
// nowhere. What of it cannot be read is a damage. Errors: the writer's.
absl::Status SaveRows(const std::string& dsn, bundle::ForensicWriter& writer);

// The log that was written to `folder`, a forensic one. `folder` outlives nothing. BUNDLE_UNUSABLE.
absl::StatusOr<std::unique_ptr<LogSource>> OpenForensicLog(LogKind kind, const std::string& folder);

}  // namespace seisaku::auditor
