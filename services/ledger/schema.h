// The log's tables, compiled in from services/ledger/schema/*.sql.
#pragma once

#include <vector>

#include "services/postgres/migrations.h"

namespace seisaku::ledger {

// What postgres::Migrate applies and postgres::CheckSchema demands. The session that migrates has the setting
// seisaku.service_role.
const std::vector<postgres::Migration>& Schema();

}  // namespace seisaku::ledger
