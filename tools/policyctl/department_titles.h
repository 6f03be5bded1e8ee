// Titles of departments.
#pragma once

#include <map>
#include <string>

#include "tools/policyctl/session.h"

namespace seisaku::policyctl {

// Name to title of all departments. Catalog knows them; where it does not answer, a note says so on standard
// error, and the map is empty: readers show the ids.
std::map<std::string, std::string> DepartmentTitles(Session& session, Client& client);

}  // namespace seisaku::policyctl
