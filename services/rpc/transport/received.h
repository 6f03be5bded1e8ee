// Messages and the bytes that they are on the wire. Nothing is parsed that is larger than a request may be,
// whatever it unfolds to.
#pragma once

#include <cstddef>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "grpcpp/support/byte_buffer.h"
#include "services/rpc/transport/shares.h"

namespace seisaku::rpc {

// At most so many bytes are parsed on a thread that takes calls.
inline constexpr size_t kQuickRequestBytes = 64 << 10;
// A request whose messages, lists and texts take more memory than this is refused.
inline constexpr int64_t kMaxParsedBytes = 96 << 20;
// The fields that this build does not know may be so large together: a newer caller's few.
inline constexpr int64_t kMaxUnknownBytes = 64 << 10;

// Parses `received`, which is let go of, into `request`, and lets `share` hold what that takes.
// INVALID_ARGUMENT COMMAND_TOO_LARGE: a list of more than ledger::kMaxCommandEvents, or more than
// kMaxMessageBytes or kMaxParsedBytes; MALFORMED: it is no such message, or more than kMaxUnknownBytes of it
// are unknown. RESOURCE_EXHAUSTED TOO_MANY_CALLS.
absl::Status ParseRequest(grpc::ByteBuffer& received, google::protobuf::Message& request,
                          Shares::Share& share);

// A response as it goes out.
grpc::ByteBuffer ToBuffer(const google::protobuf::MessageLite& response);

}  // namespace seisaku::rpc
