// Why a certificate does not open the door, found out on this side: a server only hangs up.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/rpc/security/credentials.h"

namespace seisaku::policyctl {

// UNAUTHENTICATED CERTIFICATE_EXPIRED or CERTIFICATE_NOT_YET_VALID (metadata `file`, `not_after` or
// `not_before` and `now`). OK also for files that cannot be read: who connects with them says so.
absl::Status CheckValidity(const rpc::TlsFiles& files, absl::Time now);

// UNAUTHENTICATED CERTIFICATE_FOREIGN (metadata `file`, `issuer`, `ca`): the authority in `ca` has not issued
// the certificate. That is no error by itself, as servers may trust another authority than the one that signs
// their own certificates, but the likely cause where they do not answer.
absl::Status CheckIssuer(const rpc::TlsFiles& files);

}  // namespace seisaku::policyctl
