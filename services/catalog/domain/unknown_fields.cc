#include "services/catalog/domain/unknown_fields.h"

#include <memory>
#include <unordered_map>
#include <vector>

#include "fmt/format.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/unknown_field_set.h"
#include "google/protobuf/wire_format.h"
#include "services/base/mutex.h"

namespace seisaku::catalog {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::internal::WireFormat;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

// What is looked up once of a type, because every entry of a log passes here when it is folded.
struct Type {
  struct Field {
    const FieldDescriptor* descriptor;
    bool repeated;
    const Type* type;
  };
  std::vector<Field> messages;  // the fields that hold messages
  // By number: the tag as it is written (number and wire type), and the type of a message. 0: no such field.
  struct Known {
    uint32_t tag = 0;
    const Type* type = nullptr;
  };
  std::vector<Known> by_number;
};

class Types {
 public:
  // Valid for ever.
  const Type& Of(const Descriptor& descriptor) {
    MutexLock lock(mutex_);
    return Known(descriptor);
  }

 private:
  const Type& Known(const Descriptor& descriptor) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    auto [found, added] = types_.try_emplace(&descriptor);
    if (!added) return *found->second;  // perhaps not complete yet, where a type contains itself
    Type& type = *(found->second = std::make_unique<Type>());
    for (int f = 0; f < descriptor.field_count(); ++f) {
      const FieldDescriptor* field = descriptor.field(f);
      const bool message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
      const Type* field_type = message ? &Known(*field->message_type()) : nullptr;
      if (message) type.messages.push_back({field, field->is_repeated(), field_type});
      const auto number = static_cast<size_t>(field->number());
      if (type.by_number.size() <= number) type.by_number.resize(number + 1);
      type.by_number[number] = {WireFormat::MakeTag(field), field_type};
    }
    return type;
  }

  Mutex mutex_;
  std::unordered_map<const Descriptor*, std::unique_ptr<Type>> types_ ABSL_GUARDED_BY(mutex_);
};

// The path of the first unknown field, built from its end once one is found; empty where there is none.
std::string Find(const Message& message, const Type& type) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const google::protobuf::UnknownFieldSet& unknown = reflection.GetUnknownFields(message);
  if (!unknown.empty()) return fmt::format(", field {}", unknown.field(0).number());
  for (const Type::Field& field : type.messages) {
    if (!field.repeated) {
      if (!reflection.HasField(message, field.descriptor)) continue;
      std::string found = Find(reflection.GetMessage(message, field.descriptor), *field.type);
      if (!found.empty()) return fmt::format(".{}{}", field.descriptor->name(), found);
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field.descriptor); ++i) {
      std::string found = Find(reflection.GetRepeatedMessage(message, field.descriptor, i), *field.type);
      if (!found.empty()) return fmt::format(".{}[{}]{}", field.descriptor->name(), i, found);
    }
  }
  return "";
}

// Whether all that is left of `in` are fields of the type in the form that this build writes.
bool AllKnown(CodedInputStream& in, const Type& type) {
  while (const uint32_t tag = in.ReadTag()) {
    const auto number = static_cast<size_t>(WireFormatLite::GetTagFieldNumber(tag));
    if (number >= type.by_number.size() || type.by_number[number].tag != tag) return false;
    const Type* field_type = type.by_number[number].type;
    if (field_type == nullptr) {
      if (!WireFormatLite::SkipField(&in, tag)) return false;
      continue;
    }
    uint32_t length = 0;
    if (!in.ReadVarint32(&length)) return false;
    const auto limit = in.PushLimit(static_cast<int>(length));
    if (!AllKnown(in, *field_type)) return false;
    in.PopLimit(limit);
  }
  return in.ConsumedEntireMessage();
}

Types& AllTypes() {
  static Types& types = *new Types;
  return types;
}

}  // namespace

std::optional<std::string> FindUnknownField(const Message& message, std::string_view bytes) {
  const Type& type = AllTypes().Of(*message.GetDescriptor());
  CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()), static_cast<int>(bytes.size()));
  return AllKnown(in, type) ? std::nullopt : FindUnknownField(message);
}

std::optional<std::string> FindUnknownField(const Message& message) {
  std::string found = Find(message, AllTypes().Of(*message.GetDescriptor()));
  if (found.empty()) return std::nullopt;
  return found.substr(found.find_first_not_of("., "));
}

}  // namespace seisaku::catalog
