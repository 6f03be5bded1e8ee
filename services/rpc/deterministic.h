// Bytes of messages that are the same whenever the messages are.
#pragma once

#include <string>

#include "google/protobuf/message.h"

namespace seisaku::rpc {

// Appends the serialized `message` to `out`, its maps in the order of their keys.
void AppendDeterministically(const google::protobuf::Message& message, std::string& out);

}  // namespace seisaku::rpc
