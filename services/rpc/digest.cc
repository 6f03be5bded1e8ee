#include "services/rpc/digest.h"

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

#include <algorithm>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"

namespace seisaku::rpc {
namespace {

using google::protobuf::internal::WireFormatLite;

using LeftOut = std::initializer_list<std::string_view>;

bool IsLeftOut(const google::protobuf::FieldDescriptor* field, const LeftOut& left_out) {
  if (field == nullptr) return false;
  return field->name().starts_with("min_") ||
         std::find(left_out.begin(), left_out.end(), field->name()) != left_out.end();
}

}  // namespace

ledger::Hash DigestOf(std::string_view context, const google::protobuf::Message& request, LeftOut left_out) {
  std::string all;
  AppendDeterministically(request, all);
  std::string bytes(context);
  bytes.reserve(bytes.size() + 1 + all.size());
  bytes.push_back('\0');  // ends the context, so that no context and request can be split in two ways
  // A serialized message is its fields one after the other: leaving out fields leaves out their bytes.
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(all.data()),
                                            static_cast<int>(all.size()));
  for (size_t begin = 0; const uint32_t tag = in.ReadTag();
       begin = static_cast<size_t>(in.CurrentPosition())) {
    if (!WireFormatLite::SkipField(&in, tag)) break;
    const int number = WireFormatLite::GetTagFieldNumber(tag);
    if (IsLeftOut(request.GetDescriptor()->FindFieldByNumber(number), left_out)) continue;
    bytes.append(all, begin, static_cast<size_t>(in.CurrentPosition()) - begin);
  }
  return ledger::Sha256(bytes);
}

void AppendDeterministically(const google::protobuf::Message& message, std::string& out) {
  google::protobuf::io::StringOutputStream stream(&out);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
}

}  // namespace seisaku::rpc
