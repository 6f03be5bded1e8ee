#include "services/catalog/domain/unknown_fields.h"

#include "fmt/format.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/unknown_field_set.h"

namespace seisaku::catalog {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The path of the first unknown field, built from its end once one is found; empty where there is none. Every
// entry of a log passes here when it is folded, so nothing is written down on the way.
std::string Find(const Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const google::protobuf::UnknownFieldSet& unknown = reflection.GetUnknownFields(message);
  if (!unknown.empty()) return fmt::format(", field {}", unknown.field(0).number());
  const google::protobuf::Descriptor& type = *message.GetDescriptor();
  for (int f = 0; f < type.field_count(); ++f) {
    const FieldDescriptor* field = type.field(f);
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      if (!reflection.HasField(message, field)) continue;
      std::string found = Find(reflection.GetMessage(message, field));
      if (!found.empty()) return fmt::format(".{}{}", field->name(), found);
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      std::string found = Find(reflection.GetRepeatedMessage(message, field, i));
      if (!found.empty()) return fmt::format(".{}[{}]{}", field->name(), i, found);
    }
  }
  return "";
}

}  // namespace

std::optional<std::string> FindUnknownField(const Message& message) {
  std::string found = Find(message);
  if (found.empty()) return std::nullopt;
  return found.substr(found.find_first_not_of("., "));
}

}  // namespace seisaku::catalog
