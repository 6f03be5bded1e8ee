// Who calls: read from the verified client certificate.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "services/base/caller.h"

namespace grpc {
class AuthContext;
}

namespace seisaku::rpc {

// Reads "seisaku://{city}/{role}/{subject}", role planner, auditor, operator or peer, or
// "seisaku://{city}/reporter/{department}/{subject}"; every part but the role is [a-z0-9-]{1,63}. The
// caller's subject is the whole URI. Pure. UNAUTHENTICATED CERTIFICATE_UNUSABLE: another form.
absl::StatusOr<Caller> ParseCallerUri(std::string_view uri);

// The caller whose certificate was verified in the handshake: the one URI of that form among its subject
// alternative names (others, such as spiffe:, are ignored). UNAUTHENTICATED CERTIFICATE_UNUSABLE: no such
// URI, or more than one.
absl::StatusOr<Caller> Authenticate(const grpc::AuthContext& context);

// "planner", "reporter", …: the role's part of the URI.
std::string_view RoleName(Role role);

}  // namespace seisaku::rpc
