// Who asks. Made by services/rpc from the verified client certificate, never from a request field.
#pragma once

#include <string>

namespace seisaku {

enum class Role { kPlanner, kReporter, kAuditor, kOperator, kPeer };

struct Caller {
  std::string subject;  // the certificate's URI, recorded as the actor; opaque
  Role role = Role::kAuditor;
  std::string department;  // "departments/{department}" of a reporter, else empty
};

}  // namespace seisaku
