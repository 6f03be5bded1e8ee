#include "tools/seisaku-admin/log_database.h"

#include <algorithm>

#include "services/base/status.h"
#include "services/ledger/schema.h"

namespace seisaku::admin {
namespace {

constexpr Position kPage = 5000;
constexpr int64_t kPageBytes = 4 << 20;

}  // namespace

absl::StatusOr<std::unique_ptr<postgres::Database>> OpenLogDatabase(const std::string& dsn) {
  ASSIGN_OR_RETURN(auto database, postgres::Database::Create({.dsn = dsn,
                                                              .answer_timeout = absl::Minutes(5),
                                                              .idle_in_transaction_timeout = absl::Minutes(5),
                                                              .settings = {}}));
  RETURN_IF_ERROR(postgres::CheckSchema(*database, ledger::Schema()));
  RETURN_IF_ERROR(postgres::CheckDurability(*database));
  return database;
}

absl::StatusOr<ledger::Head> ReadHead(postgres::Database& database) {
  return database.Read("read head", ledger::ReadHead);
}

absl::StatusOr<std::vector<std::string>> ReadPage(postgres::Database& database, Position begin,
                                                  Position end) {
  return database.Read("read entries", [&](postgres::Transaction& transaction) {
    return ledger::ReadBytes(transaction, begin, std::min(end, begin + kPage), kPageBytes);
  });
}

}  // namespace seisaku::admin
