// Which roles may call which method. Department scope is not decided here but in the domain.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "services/base/caller.h"

namespace seisaku::rpc {

// What is known of a method before any of its calls.
struct Method {
  std::string path;  // "/seisaku.catalog.v1.CatalogService/CreatePlan"
  std::vector<Role> roles;
  bool quick = false;
  std::string change = {};
  const google::protobuf::MethodDescriptor* descriptor = nullptr;  // nullptr: of a protocol of gRPC's own
};

// What the contract says of a method (proto/seisaku/options/v1). INTERNAL, which names the method: it gives
// no role, or one that this build does not know.
absl::StatusOr<Method> MethodOf(const google::protobuf::MethodDescriptor& descriptor);

// A method that the contracts do not declare, for every role: of health, of reflection.
Method OpenMethod(std::string path, bool quick = false);

// OK when `method` is for the caller's role, else PERMISSION_DENIED ROLE_REQUIRED.
absl::Status Authorize(const Caller& caller, const Method& method);

}  // namespace seisaku::rpc
