// Private to this folder: parameters as libpqxx takes them.
#pragma once

#include <pqxx/result>
#include <pqxx/transaction_base>
#include <string>

#include "services/postgres/transaction.h"

namespace seisaku::postgres {

// Executes the prepared statement `name`. At most kMaxParameters. Throws what libpqxx throws.
pqxx::result ExecutePrepared(pqxx::transaction_base& transaction, const std::string& name,
                             Parameters parameters);

}  // namespace seisaku::postgres
