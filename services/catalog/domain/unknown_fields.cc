#include "services/catalog/domain/unknown_fields.h"

#include <vector>

#include "fmt/format.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/unknown_field_set.h"

namespace seisaku::catalog {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::optional<std::string> Find(const Message& message, const std::string& path) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const google::protobuf::UnknownFieldSet& unknown = reflection.GetUnknownFields(message);
  if (!unknown.empty())
    return fmt::format("{}{}field {}", path, path.empty() ? "" : ", ", unknown.field(0).number());
  std::vector<const FieldDescriptor*> present;
  reflection.ListFields(message, &present);
  for (const FieldDescriptor* field : present) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    std::string below = fmt::format("{}{}{}", path, path.empty() ? "" : ".", field->name());
    if (!field->is_repeated()) {
      if (auto found = Find(reflection.GetMessage(message, field), below)) return found;
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      auto found = Find(reflection.GetRepeatedMessage(message, field, i), fmt::format("{}[{}]", below, i));
      if (found) return found;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> FindUnknownField(const Message& message) { return Find(message, ""); }

}  // namespace seisaku::catalog
