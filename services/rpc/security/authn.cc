#include "services/rpc/security/authn.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_join.h"
#include "grpc/grpc_security_constants.h"
#include "grpcpp/security/auth_context.h"
#include "services/base/errors.h"
#include "services/base/ids.h"

namespace seisaku::rpc {
namespace {

constexpr std::string_view kScheme = "seisaku://";
constexpr std::string_view kForms =
    "seisaku://{city}/{role}/{subject}, seisaku://{city}/reporter/{department}/{subject}";

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

absl::Status NotACaller(std::string_view actual) {
  return errors::CertificateUnusable(expected::CALLER_URI,
                                     {{"form", kForms}, {"actual", absl::CHexEscape(std::string(actual))}});
}

}  // namespace

std::string_view RoleName(Role role) {
  for (const auto& [known, name] : kRoles) {
    if (known == role) return name;
  }
  return "unknown";
}

absl::StatusOr<Caller> ParseCallerUri(std::string_view uri) {
  if (!uri.starts_with(kScheme)) return NotACaller(uri);
  std::vector<std::string_view> parts = SplitAtSlashes(uri.substr(kScheme.size()));
  if (parts.size() < 3) return NotACaller(uri);
  std::optional<Role> role = RoleNamed(parts[1]);
  if (!role) return NotACaller(uri);
  const bool reporter = role == Role::kReporter;
  if (parts.size() != (reporter ? 4u : 3u)) return NotACaller(uri);
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i != 1 && !IsId(parts[i])) return NotACaller(uri);
  }
  Caller caller{.subject = std::string(uri), .role = *role, .department = ""};
  if (reporter) caller.department = std::string("departments/").append(parts[2]);
  return caller;
}

bool IsCallerUri(std::string_view uri) { return uri.starts_with(kScheme); }

std::string_view CityOf(std::string_view subject) {
  subject.remove_prefix(std::min(kScheme.size(), subject.size()));
  return subject.substr(0, subject.find('/'));
}

absl::Status CheckCity(const Caller& caller, std::string_view city) {
  const std::string_view of_caller = CityOf(caller.subject);
  if (city.empty() || of_caller == city) return absl::OkStatus();
  return errors::CertificateUnusable(expected::OF_CITY, {{"city", city}, {"actual", of_caller}});
}

absl::StatusOr<Caller> CallerOfUris(absl::Span<const std::string> uris) {
  const std::string* ours = nullptr;
  for (const std::string& uri : uris) {
    if (!IsCallerUri(uri)) continue;
    if (ours != nullptr) return NotACaller(absl::StrJoin(uris, " "));
    ours = &uri;
  }
  if (ours == nullptr) return NotACaller(absl::StrJoin(uris, " "));
  return ParseCallerUri(*ours);
}

absl::StatusOr<Caller> Authenticate(const grpc::AuthContext& context) {
  if (!context.IsPeerAuthenticated()) return errors::CertificateUnusable(expected::VERIFIED_CERTIFICATE);
  std::vector<std::string> uris;
  for (const grpc::string_ref& uri : context.FindPropertyValues(GRPC_PEER_URI_PROPERTY_NAME)) {
    uris.emplace_back(uri.data(), uri.size());
  }
  return CallerOfUris(uris);
}

}  // namespace seisaku::rpc
