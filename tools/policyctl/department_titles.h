// Titles of departments.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "tools/policyctl/session.h"

namespace seisaku::policyctl {

// Name to title of all departments as of this size of catalog's log, which is what the answer reflects that
// they are shown in. Catalog knows them; where it does not answer, a note says so on standard error, and the
// map is empty: readers show the ids.
std::map<std::string, std::string> DepartmentTitles(Session& session, Client& client, uint64_t catalog_size);

}  // namespace seisaku::policyctl
