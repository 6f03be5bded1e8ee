#include "tools/seisaku-admin/migrate.h"

#include "fmt/format.h"
#include "services/base/status.h"
#include "services/ledger/schema.h"
#include "services/postgres/migrations.h"

namespace seisaku::admin {
namespace {

constexpr size_t kLongestRole = 63;  // PostgreSQL cuts longer names off

bool IsPlainRole(std::string_view role) {
  if (role.empty() || role.size() > kLongestRole || (role[0] >= '0' && role[0] <= '9')) return false;
  for (char c : role) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
  }
  return true;
}

bool IsUri(std::string_view dsn) {
  return dsn.starts_with("postgresql://") || dsn.starts_with("postgres://");
}

}  // namespace

absl::StatusOr<std::string> WithServiceRole(std::string_view dsn, std::string_view service_role) {
  if (!IsPlainRole(service_role)) {
    return absl::InvalidArgumentError(fmt::format(
        "{} cannot be the service role: lower-case letters, digits and _ are possible", service_role));
  }
  // libpq takes the last of several.
  if (IsUri(dsn)) {
    const char joint = dsn.find('?') == std::string_view::npos ? '?' : '&';
    return fmt::format("{}{}options=-c%20seisaku.service_role%3D{}", dsn, joint, service_role);
  }
  return fmt::format("{} options='-c seisaku.service_role={}'", dsn, service_role);
}

absl::StatusOr<int> MigrateLog(const Target& target) {
  ASSIGN_OR_RETURN(std::string dsn, WithServiceRole(target.dsn, target.service_role));
  return postgres::Migrate(dsn, target.owner_role, ledger::Schema());
}

}  // namespace seisaku::admin
