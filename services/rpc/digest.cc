#include "services/rpc/digest.h"

#include <algorithm>
#include <memory>
#include <string>

#include "google/protobuf/descriptor.h"
#include "services/rpc/deterministic.h"

namespace seisaku::rpc {

ledger::Hash DigestOf(std::string_view context, const google::protobuf::Message& request,
                      std::initializer_list<std::string_view> left_out) {
  std::unique_ptr<google::protobuf::Message> copy(request.New());
  copy->CopyFrom(request);
  const google::protobuf::Descriptor& type = *copy->GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const google::protobuf::FieldDescriptor& field = *type.field(i);
    if (field.name().starts_with("min_") ||
        std::find(left_out.begin(), left_out.end(), field.name()) != left_out.end()) {
      copy->GetReflection()->ClearField(copy.get(), &field);
    }
  }
  std::string bytes(context);
  bytes.push_back('\0');  // ends the context, so that no context and request can be split in two ways
  AppendDeterministically(*copy, bytes);
  return ledger::Sha256(bytes);
}

}  // namespace seisaku::rpc
