#include "fmt/format.h"
#include "services/base/status.h"
#include "services/postgres/database.h"

namespace seisaku::postgres {
namespace {

// As this session has them: synchronous_commit may differ per role and database.
constexpr Statement kSettings = {"durability-settings",
                                 "SELECT name, setting FROM pg_catalog.pg_settings "
                                 "WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')"};

// "local" does not wait for the standby that takes over when this server is lost.
bool IsDurable(std::string_view value) {
  return value == "on" || value == "remote_write" || value == "remote_apply";
}

absl::Status CheckSetting(const Row& row) {
  std::string name(row.GetText(0));
  std::string value(row.GetText(1));
  if (IsDurable(value)) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "DURABILITY_OFF",
                   fmt::format("PostgreSQL does not make commits durable: {} is {}", name, value),
                   {{"setting", name}, {"value", value}});
}

}  // namespace

absl::Status CheckDurability(Database& database) {
  return database.Run(
      "check durability",
      [](Transaction& transaction) { return transaction.ForEachRow(kSettings, {}, CheckSetting); },
      Mode::kReadOnly);
}

}  // namespace seisaku::postgres
