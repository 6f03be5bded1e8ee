// A log as it lies in a service's database.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "services/postgres/database.h"
#include "tools/auditor/verify/log_source.h"
#include "tools/bundle/trust.h"

namespace seisaku::auditor {

// The log in the database that `dsn`, a libpq string, names; its head and its entries say which one it is. It
// is read as of one moment. Compared besides: tiles, requests, head and its seal, cosignatures, and that
// nothing else is there. UNPROTECTED is a doubt: what keeps the log append-only is not as the migrations made
// it. DATABASE_UNUSABLE (metadata `why`): UNAVAILABLE where PostgreSQL does not answer, else
// INVALID_ARGUMENT; and the errors of postgres::Database that are no storage's.
absl::StatusOr<std::unique_ptr<LogSource>> OpenStoredLog(const std::string& dsn, const bundle::Trust& trust);

// Whose events the first entries are; where those cannot be read, the last.
absl::StatusOr<LogKind> KindOf(postgres::Database& database);

}  // namespace seisaku::auditor
