// Brings a service's database to the schema that this build knows.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace seisaku::admin {

struct Target {
  std::string dsn;           // of an administrator who may SET ROLE to the owner
  std::string owner_role;    // owns the tables; cannot log in
  std::string service_role;  // what the service logs in as
};

// `dsn` (key words or URI) whose session has the setting seisaku.service_role, which the schema's grants
// read. Options that the dsn carries are replaced. Pure. INVALID_ARGUMENT: `service_role` is not
// [a-z_][a-z0-9_]{0,62}, so it would need quoting here and there.
absl::StatusOr<std::string> WithServiceRole(std::string_view dsn, std::string_view service_role);

// Applies what the database lacks; returns how many migrations that were. Errors: WithServiceRole's and
// postgres::Migrate's.
absl::StatusOr<int> MigrateLog(const Target& target);

}  // namespace seisaku::admin
