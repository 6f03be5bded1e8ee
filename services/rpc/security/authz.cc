#include "services/rpc/security/authz.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "seisaku/options/v1/options.pb.h"
#include "services/base/errors.h"
#include "services/rpc/security/authn.h"

namespace seisaku::rpc {
namespace {

const std::vector<Role>& AllRoles() {
  static const std::vector<Role>& all =
      *new std::vector<Role>{Role::kPlanner, Role::kReporter, Role::kAuditor, Role::kOperator, Role::kPeer};
  return all;
}

// ROLE_PLANNER in the contract is "planner" in a certificate.
std::optional<Role> RoleDeclared(int declared) {
  for (const Role role : AllRoles()) {
    if (options::v1::Role_Name(declared) == "ROLE_" + absl::AsciiStrToUpper(std::string(RoleName(role))))
      return role;
  }
  return std::nullopt;
}

absl::Status Undeclared(const google::protobuf::MethodDescriptor& method, std::string_view why) {
  return absl::InternalError(fmt::format("{}: {}", method.full_name(), why));
}

}  // namespace

absl::StatusOr<Method> MethodOf(const google::protobuf::MethodDescriptor& descriptor) {
  const options::v1::Method& declared = descriptor.options().GetExtension(options::v1::method);
  Method method{.path = fmt::format("/{}/{}", descriptor.service()->full_name(), descriptor.name()),
                .roles = {},
                .quick = declared.quick(),
                .change = declared.change(),
                .descriptor = &descriptor};
  for (const int named : declared.roles()) {
    if (named == options::v1::ROLE_ANY) {
      method.roles = AllRoles();
    } else if (const std::optional<Role> role = RoleDeclared(named)) {
      method.roles.push_back(*role);
    } else {
      return Undeclared(descriptor, fmt::format("role {} is unknown", named));
    }
  }
  if (method.roles.empty()) return Undeclared(descriptor, "the contract says no roles");
  return method;
}

Method OpenMethod(std::string path, bool quick) {
  return {.path = std::move(path), .roles = AllRoles(), .quick = quick};
}

absl::Status Authorize(const Caller& caller, const Method& method) {
  if (std::find(method.roles.begin(), method.roles.end(), caller.role) != method.roles.end()) {
    return absl::OkStatus();
  }
  return errors::RoleRequired(
      caller.subject,
      absl::StrJoin(method.roles, ", ", [](std::string* out, Role role) { out->append(RoleName(role)); }));
}

}  // namespace seisaku::rpc
