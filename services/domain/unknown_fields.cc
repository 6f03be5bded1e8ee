#include "services/domain/unknown_fields.h"

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <vector>

#include "fmt/format.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/unknown_field_set.h"
#include "google/protobuf/wire_format.h"
#include "services/base/mutex.h"

namespace seisaku {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::internal::WireFormat;
using google::protobuf::internal::WireFormatLite;

constexpr int kTagTypeBits = WireFormatLite::kTagTypeBits;

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

// Each takes something off the front of `in`; false where it is not there.
bool TakeVarint(std::string_view& in, uint64_t& value) {
  value = 0;
  for (int shift = 0; shift < 64 && !in.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}
bool TakeBytes(std::string_view& in, uint64_t length, std::string_view& bytes) {
  if (length > in.size()) return false;
  bytes = in.substr(0, length);
  in.remove_prefix(length);
  return true;
}
// What follows the tag of a field. `content`: of one that says how long it is.
bool TakeField(std::string_view& in, uint64_t tag, std::string_view& content) {
  uint64_t number = 0;
  switch (WireFormatLite::GetTagWireType(static_cast<uint32_t>(tag))) {
    case WireFormatLite::WIRETYPE_VARINT:
      return TakeVarint(in, number);
    case WireFormatLite::WIRETYPE_LENGTH_DELIMITED:
      return TakeVarint(in, number) && TakeBytes(in, number, content);
    case WireFormatLite::WIRETYPE_FIXED32:
      return TakeBytes(in, sizeof(uint32_t), content);
    case WireFormatLite::WIRETYPE_FIXED64:
      return TakeBytes(in, sizeof(uint64_t), content);
    default:
      return false;  // a group, which no message of ours has
  }
}

// Whether all of `in` are fields of the type in the form that this build writes.
bool AllKnown(std::string_view in, const Type& type) {
  while (!in.empty()) {
    uint64_t tag = 0;
    std::string_view content;
    if (!TakeVarint(in, tag)) return false;
    const uint64_t number = tag >> kTagTypeBits;
    if (number >= type.by_number.size() || type.by_number[number].tag != tag) return false;
    if (!TakeField(in, tag, content)) return false;
    const Type* field_type = type.by_number[number].type;
    if (field_type != nullptr && !AllKnown(content, *field_type)) return false;
  }
  return true;
}

// Whether all fields of the message are, those of messages in it aside.
bool AllKnown(const Message& message) { return message.GetReflection()->GetUnknownFields(message).empty(); }

Types& AllTypes() {
  static Types& types = *new Types;
  return types;
}

}  // namespace

std::optional<std::string> FindUnknownField(const Message& message, std::string_view bytes) {
  return AllKnown(bytes, AllTypes().Of(*message.GetDescriptor())) ? std::nullopt : FindUnknownField(message);
}

std::optional<std::string> FindUnknownField(const log::v1::Entry& entry) {
  // All the messages that an entry can hold; a test goes through its descriptor.
  const bool known = AllKnown(entry) && AllKnown(entry.recorded_at()) && AllKnown(entry.source()) &&
                     std::all_of(entry.texts().begin(), entry.texts().end(),
                                 [](const log::v1::TextCommitment& text) { return AllKnown(text); });
  return known ? std::nullopt : FindUnknownField(static_cast<const Message&>(entry));
}

std::optional<std::string> FindUnknownField(const Message& message) {
  std::string found = Find(message, AllTypes().Of(*message.GetDescriptor()));
  if (found.empty()) return std::nullopt;
  return found.substr(found.find_first_not_of("., "));
}

}  // namespace seisaku
