// Which roles may call which method. Department scope is not decided here but in the domain.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "services/base/caller.h"

namespace seisaku::rpc {

struct MethodRoles {
  std::string_view method;  // "/seisaku.catalog.v1.CatalogService/CreatePlan"
  std::vector<Role> roles;
};

// Every method that is served, once: of the three services, health and reflection.
absl::Span<const MethodRoles> AuthorizationTable();

// OK when the table gives `method` to the caller's role. PERMISSION_DENIED ROLE_REQUIRED otherwise, and for a
// method that is not in the table.
absl::Status Authorize(const Caller& caller, std::string_view method);

}  // namespace seisaku::rpc
