// What makes two messages the same.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "google/protobuf/message.h"
#include "services/ledger/tree/hash.h"

namespace seisaku::rpc {

// Appends the serialized `message` to `out`, its maps in the order of their keys.
void AppendDeterministically(const google::protobuf::Message& message, std::string& out);

// SHA-256 over `context` and the deterministic bytes of `request` without its fields named in `left_out` and
// without those whose name begins with "min_": these say how long to wait, not what for. Pure.
ledger::Hash DigestOf(std::string_view context, const google::protobuf::Message& request,
                      std::initializer_list<std::string_view> left_out);

}  // namespace seisaku::rpc
