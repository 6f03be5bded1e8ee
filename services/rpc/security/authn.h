// Who calls: read from the verified client certificate.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/base/caller.h"

namespace grpc {
class AuthContext;
}

namespace seisaku::rpc {

// Reads "seisaku://{city}/{role}/{subject}", role planner, auditor, operator or peer, or
// "seisaku://{city}/reporter/{department}/{subject}"; every part but the role is an id as ValidateId takes
// it. The caller's subject is the whole URI. Pure. UNAUTHENTICATED CERTIFICATE_UNUSABLE: another form.
absl::StatusOr<Caller> ParseCallerUri(std::string_view uri);

// Whether `uri` begins with "seisaku://", as a caller's does. Pure.
bool IsCallerUri(std::string_view uri);

// The city of a caller's subject: "isesaki" of "seisaku://isesaki/planner/sato". Pure.
std::string_view CityOf(std::string_view subject);

// OK where `caller` is of this city, or `city` is "". UNAUTHENTICATED CERTIFICATE_UNUSABLE: of another one,
// whose authority may be the same. Pure.
absl::Status CheckCity(const Caller& caller, std::string_view city);

// The caller that a certificate with these URIs names: the one that begins with "seisaku://"; others
// (spiffe:) are ignored. Pure. UNAUTHENTICATED CERTIFICATE_UNUSABLE: none, more than one, or not of the form
// above.
absl::StatusOr<Caller> CallerOfUris(absl::Span<const std::string> uris);

// The same for the certificate that was verified in the handshake of a call's connection.
absl::StatusOr<Caller> Authenticate(const grpc::AuthContext& context);

// "planner", "reporter", …: the role's part of the URI.
std::string_view RoleName(Role role);

}  // namespace seisaku::rpc
