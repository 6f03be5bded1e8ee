// Private to services/postgres: which backends of a server are active.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/base/steady.h"

namespace seisaku::postgres {

// Those of `processes` that execute a statement, asked over a new connection to `connection_string`, which names
// one server. Left out: backends that wait for a lock, for a standby or for their client, and those that have
// ended. nullopt: no answer came by `until`.
std::optional<std::vector<int>> ReadActiveBackends(const std::string& connection_string,
                                                   const std::vector<int>& processes, SteadyTime until);

}  // namespace seisaku::postgres
