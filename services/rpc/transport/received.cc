#include "services/rpc/transport/received.h"

#include <string>
#include <unordered_map>

#include "fmt/format.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"
#include "grpcpp/support/slice.h"
#include "services/base/errors.h"
#include "services/ledger/ledger.h"
#include "services/ledger/tree/errors.h"
#include "services/rpc/transport/limits.h"

namespace seisaku::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

// Smaller requests are not scanned first: their messages are small too.
constexpr size_t kSmallBytes = 1 << 10;
// The memory of a string or an unknown field beyond its bytes.
constexpr int64_t kEach = 40;
constexpr int kMaxDepth = 100;  // as protobuf's own

absl::Status NoSuchMessage(const Descriptor& type) {
  return errors::Malformed("request", "it is not a " + type.full_name());
}

// Walks over the fields of a serialized message without parsing it.
class Survey {
 public:
  explicit Survey(const Descriptor& type) : type_(type) {}

  // False where it is no such message.
  bool Over(const uint8_t* bytes, int length) {
    CodedInputStream in(bytes, length);
    return Fields(in, type_, 0);
  }

  absl::Status Check() const {
    for (const auto& [list, count] : counts_) {
      if (count <= ledger::kMaxCommandEvents) continue;
      return errors::CommandTooLarge(list->name(), ledger::kMaxCommandEvents, count);
    }
    if (unknown_bytes_ > kMaxUnknownBytes) {
      return errors::Malformed(
          "request", fmt::format("{} bytes of it are fields that this build does not know", unknown_bytes_));
    }
    if (parsed_bytes_ <= kMaxParsedBytes) return absl::OkStatus();
    // The count when the limit was exceeded.
    return errors::CommandTooLarge("parsed_bytes", kMaxParsedBytes, parsed_bytes_);
  }

  // About the memory of the message.
  int64_t parsed_bytes() const { return parsed_bytes_; }

 private:
  // Stops where a limit is exceeded.
  bool Fields(CodedInputStream& in, const Descriptor& type, int depth) {
    parsed_bytes_ += SizeOf(type);
    while (true) {
      const int begin = in.CurrentPosition();
      const uint32_t tag = in.ReadTag();
      if (tag == 0) return in.ConsumedEntireMessage();
      const FieldDescriptor* field = type.FindFieldByNumber(WireFormatLite::GetTagFieldNumber(tag));
      // Only the request's own lists: the memory limit bounds all others.
      const bool counted = depth == 0 && field != nullptr && field->is_repeated();
      const bool too_much = (counted && Count(*field) > ledger::kMaxCommandEvents) || IsTooMuch();
      if (field != nullptr && !too_much) {
        if (!Known(in, tag, *field, depth)) return false;
        continue;
      }
      if (!WireFormatLite::SkipField(&in, tag)) return false;
      if (field != nullptr) continue;
      unknown_bytes_ += in.CurrentPosition() - begin;
      parsed_bytes_ += kEach + in.CurrentPosition() - begin;
    }
  }

  bool IsTooMuch() const { return parsed_bytes_ > kMaxParsedBytes; }

  int64_t Count(const FieldDescriptor& list) {
    if (counted_ != &list) {
      counted_ = &list;
      count_ = &counts_[&list];
    }
    return ++*count_;
  }

  bool Known(CodedInputStream& in, uint32_t tag, const FieldDescriptor& field, int depth) {
    if (WireFormatLite::GetTagWireType(tag) != WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      if (field.is_repeated()) parsed_bytes_ += sizeof(uint64_t);
      return WireFormatLite::SkipField(&in, tag);
    }
    int length = 0;
    if (!in.ReadVarintSizeAsInt(&length)) return false;
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      const bool text = field.cpp_type() == FieldDescriptor::CPPTYPE_STRING;
      // A packed number has at least one byte.
      parsed_bytes_ += text ? kEach + length : int64_t{sizeof(uint64_t)} * length;
      return in.Skip(length);
    }
    if (depth >= kMaxDepth) return false;
    const CodedInputStream::Limit outer = in.PushLimit(length);
    if (!Fields(in, *field.message_type(), depth + 1)) return false;
    in.PopLimit(outer);
    return true;
  }

  int64_t SizeOf(const Descriptor& type) {
    if (sized_ == &type) return size_;
    sized_ = &type;
    int64_t& known = sizes_[&type];
    if (known == 0) {
      const Message* empty = google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type);
      known = static_cast<int64_t>(empty->SpaceUsedLong() + sizeof(void*));
    }
    return size_ = known;
  }

  const Descriptor& type_;
  int64_t parsed_bytes_ = 0;
  int64_t unknown_bytes_ = 0;
  std::unordered_map<const FieldDescriptor*, int64_t> counts_;
  std::unordered_map<const Descriptor*, int64_t> sizes_;
  // Those that were looked up last: most lists are long.
  const FieldDescriptor* counted_ = nullptr;
  int64_t* count_ = nullptr;
  const Descriptor* sized_ = nullptr;
  int64_t size_ = 0;
};

absl::Status Parse(grpc::ByteBuffer& received, Message& request, Shares::Share& share) {
  if (received.Length() > static_cast<size_t>(kMaxMessageBytes)) {
    return errors::CommandTooLarge("bytes", kMaxMessageBytes, static_cast<int64_t>(received.Length()));
  }
  grpc::Slice slice;
  if (!received.TrySingleSlice(&slice).ok()) {
    if (!received.DumpToSingleSlice(&slice).ok()) return NoSuchMessage(*request.GetDescriptor());
  }
  received.Clear();
  const int length = static_cast<int>(slice.size());
  if (slice.size() > kSmallBytes) {
    Survey survey(*request.GetDescriptor());
    if (!survey.Over(slice.begin(), length)) return NoSuchMessage(*request.GetDescriptor());
    RETURN_IF_ERROR(survey.Check());
    RETURN_IF_ERROR(share.Grow(survey.parsed_bytes() - length));
  }
  return request.ParseFromArray(slice.begin(), length) ? absl::OkStatus()
                                                       : NoSuchMessage(*request.GetDescriptor());
}

}  // namespace

absl::Status ParseRequest(grpc::ByteBuffer& received, Message& request, Shares::Share& share) {
  absl::Status parsed = Parse(received, request, share);
  received.Clear();  // whatever came of it
  return parsed;
}

grpc::ByteBuffer ToBuffer(const google::protobuf::MessageLite& response) {
  grpc::Slice slice(response.ByteSizeLong());
  // As gRPC writes small messages: into a slice that nothing else refers to yet.
  response.SerializeWithCachedSizesToArray(const_cast<uint8_t*>(slice.begin()));
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace seisaku::rpc
