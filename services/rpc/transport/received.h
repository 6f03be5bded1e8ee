// Parsing requests and serializing responses. A request is checked before it is parsed, so that a small one cannot
// expand to a large message.
#pragma once

#include <cstddef>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "grpcpp/support/byte_buffer.h"
#include "services/rpc/transport/shares.h"

namespace seisaku::rpc {

// Larger requests are not parsed on the thread that takes calls.
inline constexpr size_t kQuickRequestBytes = 64 << 10;
// The limit of memory that a parsed request may take.
inline constexpr int64_t kMaxParsedBytes = 96 << 20;
// The limit of all unknown fields together: a newer caller may send a few.
inline constexpr int64_t kMaxUnknownBytes = 64 << 10;

// Parses `received` into `request`, releases `received`, and charges the memory to `share`.
// INVALID_ARGUMENT COMMAND_TOO_LARGE: a list of more than ledger::kMaxCommandEvents, or more than
// kMaxMessageBytes or kMaxParsedBytes; MALFORMED: it is no such message, or more than kMaxUnknownBytes of it
// are unknown. RESOURCE_EXHAUSTED TOO_MANY_CALLS.
absl::Status ParseRequest(grpc::ByteBuffer& received, google::protobuf::Message& request,
                          Shares::Share& share);

// A response, serialized.
grpc::ByteBuffer ToBuffer(const google::protobuf::MessageLite& response);

}  // namespace seisaku::rpc
