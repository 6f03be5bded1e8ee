// Which roles may call which method. Department scope is not decided here but in the domain.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "services/base/caller.h"

namespace seisaku::rpc {

// A method, as its contract declares it.
struct Method {
  std::string path;  // "/seisaku.catalog.v1.CatalogService/CreatePlan"
  std::vector<Role> roles;
  bool quick = false;
  std::string change = {};
  const google::protobuf::MethodDescriptor* descriptor = nullptr;  // nullptr: of one of gRPC's own protocols
};

// Reads the options of a method (proto/seisaku/options/v1). INTERNAL, which names the method: it has no role, or one
// that this build does not know.
absl::StatusOr<Method> MethodOf(const google::protobuf::MethodDescriptor& descriptor);

// A method of health or reflection, which every role may call.
Method OpenMethod(std::string path, bool quick = false);

// OK where the caller's role may call `method`, else PERMISSION_DENIED ROLE_REQUIRED.
absl::Status Authorize(const Caller& caller, const Method& method);

}  // namespace seisaku::rpc
