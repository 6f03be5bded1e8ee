// Private to this folder: what a server says of its own processes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/base/steady.h"

namespace seisaku::postgres {

// Those of `processes` that are at work on a statement, asked through a connection of its own, which names
// just their server: not those that wait for a lock, for a standby or for their client, and not those that
// have gone. nullopt: no answer came until then.
std::optional<std::vector<int>> AtWork(const std::string& connection_string,
                                       const std::vector<int>& processes, SteadyTime until);

}  // namespace seisaku::postgres
