#include "services/rpc/authn.h"

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "grpc/grpc_security_constants.h"
#include "grpcpp/security/auth_context.h"
#include "services/base/errors.h"
#include "services/base/ids.h"

namespace seisaku::rpc {
namespace {

constexpr std::string_view kScheme = "seisaku://";

constexpr std::array<std::pair<Role, std::string_view>, 5> kRoles = {{{Role::kPlanner, "planner"},
                                                                      {Role::kReporter, "reporter"},
                                                                      {Role::kAuditor, "auditor"},
                                                                      {Role::kOperator, "operator"},
                                                                      {Role::kPeer, "peer"}}};

std::optional<Role> RoleNamed(std::string_view name) {
  for (const auto& [role, role_name] : kRoles) {
    if (role_name == name) return role;
  }
  return std::nullopt;
}

std::vector<std::string_view> SplitAtSlashes(std::string_view text) {
  std::vector<std::string_view> parts;
  for (size_t slash; (slash = text.find('/')) != std::string_view::npos; text.remove_prefix(slash + 1)) {
    parts.push_back(text.substr(0, slash));
  }
  parts.push_back(text);
  return parts;
}

bool IsId(std::string_view text) { return ValidateId("uri", text).ok(); }

}  // namespace

std::string_view RoleName(Role role) {
  for (const auto& [known, name] : kRoles) {
    if (known == role) return name;
  }
  return "unknown";
}

absl::StatusOr<Caller> ParseCallerUri(std::string_view uri) {
  if (!uri.starts_with(kScheme)) return errors::CertificateUnusable("its URI is not a seisaku:// URI");
  std::vector<std::string_view> parts = SplitAtSlashes(uri.substr(kScheme.size()));
  if (parts.size() < 3)
    return errors::CertificateUnusable("its URI is not seisaku://{city}/{role}/{subject}");
  std::optional<Role> role = RoleNamed(parts[1]);
  if (!role) return errors::CertificateUnusable("its URI names no role that is known here");
  const bool reporter = role == Role::kReporter;
  if (parts.size() != (reporter ? 4u : 3u)) {
    return errors::CertificateUnusable("its URI has too many or too few parts for its role");
  }
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i != 1 && !IsId(parts[i])) return errors::CertificateUnusable("a part of its URI is not an id");
  }
  Caller caller{.subject = std::string(uri), .role = *role, .department = ""};
  if (reporter) caller.department = std::string("departments/").append(parts[2]);
  return caller;
}

absl::StatusOr<Caller> CallerOfUris(absl::Span<const std::string> uris) {
  const std::string* ours = nullptr;
  for (const std::string& uri : uris) {
    if (!uri.starts_with(kScheme)) continue;
    if (ours != nullptr) return errors::CertificateUnusable("it has more than one seisaku:// URI");
    ours = &uri;
  }
  if (ours == nullptr) return errors::CertificateUnusable("it has no seisaku:// URI");
  return ParseCallerUri(*ours);
}

absl::StatusOr<Caller> Authenticate(const grpc::AuthContext& context) {
  if (!context.IsPeerAuthenticated()) return errors::CertificateUnusable("there is none that was verified");
  std::vector<std::string> uris;
  for (const grpc::string_ref& uri : context.FindPropertyValues(GRPC_PEER_URI_PROPERTY_NAME)) {
    uris.emplace_back(uri.data(), uri.size());
  }
  return CallerOfUris(uris);
}

}  // namespace seisaku::rpc
