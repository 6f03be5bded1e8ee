#include "tests/fuzz/mutate.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "seisaku/log/v1/entry.pb.h"
#include "tests/fuzz/property.h"

namespace seisaku::fuzz {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr size_t kLongestText = 300;

class Mutation {
 public:
  explicit Mutation(std::minstd_rand& random) : random_(random) {}

  void Change(std::vector<log::v1::StoredEntry>& log) {
    const size_t at = Below(log.size());
    switch (Below(12)) {
      case 0:
        log.erase(log.begin() + static_cast<ptrdiff_t>(at));
        break;
      case 1:
        log.insert(log.begin() + static_cast<ptrdiff_t>(Below(log.size())), log[at]);
        break;
      case 2:
        std::swap(log[at], log[Below(log.size())]);
        break;
      case 3:
        for (size_t i = 0; i < log.size(); ++i) log[i].set_position(i);
        break;
      case 4:
        ChangeField(log[at]);
        break;
      default:
        ChangeEntry(*log[at].mutable_entry());
    }
  }

 private:
  struct Place {
    Message* message;
    const FieldDescriptor* field;
  };

  size_t Below(size_t end) { return std::uniform_int_distribution<size_t>(0, end - 1)(random_); }

  // Most changes are for the event that an entry holds.
  void ChangeEntry(std::string& bytes) {
    log::v1::Entry entry;
    if (!entry.ParseFromString(bytes)) return ChangeBytes(bytes);
    const std::string type = entry.type().substr(0, entry.type().find('/'));
    const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(type);
    if (descriptor == nullptr || Below(5) == 0) {
      ChangeField(entry);
    } else {
      auto* factory = google::protobuf::MessageFactory::generated_factory();
      const std::unique_ptr<Message> event(factory->GetPrototype(descriptor)->New());
      event->ParsePartialFromString(entry.payload());
      ChangeField(*event);
      entry.set_payload(event->SerializePartialAsString());
    }
    bytes = entry.SerializePartialAsString();
  }

  // Every field of every message that is there, the fields that are not set too.
  void Collect(Message& message) {
    const Reflection& reflection = *message.GetReflection();
    for (int f = 0; f < message.GetDescriptor()->field_count(); ++f) {
      const FieldDescriptor* field = message.GetDescriptor()->field(f);
      places_.push_back({&message, field});
      if (field->type() == FieldDescriptor::TYPE_STRING) CollectTexts(message, *field);
      if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
      if (!field->is_repeated()) {
        if (reflection.HasField(message, field)) Collect(*reflection.MutableMessage(&message, field));
        continue;
      }
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        Collect(*reflection.MutableRepeatedMessage(&message, field, i));
      }
    }
  }

  void CollectTexts(const Message& message, const FieldDescriptor& field) {
    const Reflection& reflection = *message.GetReflection();
    if (!field.is_repeated()) {
      texts_.push_back(reflection.GetString(message, &field));
    } else if (reflection.FieldSize(message, &field) > 0) {
      texts_.push_back(reflection.GetRepeatedString(message, &field, 0));
    }
  }

  void ChangeField(Message& root) {
    places_.clear();
    Collect(root);
    // A field that is set says more than one that is not.
    Place place = places_[Below(places_.size())];
    for (int tries = 0; tries < 4 && !IsSet(place); ++tries) place = places_[Below(places_.size())];
    if (place.field->is_repeated()) {
      ChangeRepeated(*place.message, *place.field);
    } else {
      ChangeSingle(*place.message, *place.field);
    }
  }

  static bool IsSet(const Place& place) {
    const Reflection& reflection = *place.message->GetReflection();
    if (place.field->is_repeated()) return reflection.FieldSize(*place.message, place.field) > 0;
    return reflection.HasField(*place.message, place.field);
  }

  void ChangeSingle(Message& message, const FieldDescriptor& field) {
    const Reflection& reflection = *message.GetReflection();
    if (Below(8) == 0) return reflection.ClearField(&message, &field);
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        reflection.MutableMessage(&message, &field);
        break;
      case FieldDescriptor::CPPTYPE_STRING:
        reflection.SetString(&message, &field, Changed(reflection.GetString(message, &field), field));
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        reflection.SetEnumValue(&message, &field, static_cast<int>(Below(12)));
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        reflection.SetBool(&message, &field, !reflection.GetBool(message, &field));
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        reflection.SetInt32(&message, &field,
                            static_cast<int32_t>(Number(reflection.GetInt32(message, &field))));
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        reflection.SetInt64(&message, &field, Number(reflection.GetInt64(message, &field)));
        break;
      case FieldDescriptor::CPPTYPE_UINT32:
        reflection.SetUInt32(&message, &field,
                             static_cast<uint32_t>(Number(reflection.GetUInt32(message, &field))));
        break;
      case FieldDescriptor::CPPTYPE_UINT64: {
        const auto now = static_cast<int64_t>(reflection.GetUInt64(message, &field));
        reflection.SetUInt64(&message, &field, static_cast<uint64_t>(Number(now)));
        break;
      }
      default:
        break;  // There is no floating point in this project.
    }
  }

  void ChangeRepeated(Message& message, const FieldDescriptor& field) {
    const Reflection& reflection = *message.GetReflection();
    const int size = reflection.FieldSize(message, &field);
    const int at = size == 0 ? 0 : static_cast<int>(Below(static_cast<size_t>(size)));
    switch (size == 0 ? 0 : Below(4)) {
      case 0:
        return Add(message, field);
      case 1:
        return reflection.RemoveLast(&message, &field);
      case 2:
        return reflection.SwapElements(&message, &field, at, size - 1);
      default:
        if (field.cpp_type() != FieldDescriptor::CPPTYPE_STRING) return;
        reflection.SetRepeatedString(&message, &field, at,
                                     Changed(reflection.GetRepeatedString(message, &field, at), field));
    }
  }

  void Add(Message& message, const FieldDescriptor& field) {
    const Reflection& reflection = *message.GetReflection();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      reflection.AddMessage(&message, &field);
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      reflection.AddString(&message, &field, Changed("", field));
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      reflection.AddEnumValue(&message, &field, static_cast<int>(Below(12)));
    }
  }

  int64_t Number(int64_t now) {
    static constexpr int64_t kEdges[] = {0,         1,          2,         2022,      INT32_MIN,
                                         INT32_MAX, UINT32_MAX, INT64_MIN, INT64_MAX, -1};
    if (Below(2) == 0) return kEdges[Below(std::size(kEdges))];
    return static_cast<int64_t>(static_cast<uint64_t>(now) + Below(7) - 3);
  }

  // Bytes hold another entry, or a hash; a text is often the name of something that is there.
  std::string Changed(std::string text, const FieldDescriptor& field) {
    if (field.type() == FieldDescriptor::TYPE_BYTES) {
      if (log::v1::Entry entry; entry.ParseFromString(text) && !entry.type().empty()) {
        Mutation(random_).ChangeEntry(text);
      } else {
        ChangeBytes(text);
      }
    } else if (!texts_.empty() && Below(2) == 0) {
      text = texts_[Below(texts_.size())];
    } else {
      ChangeBytes(text);
    }
    return text;
  }

  static void ChangeBytes(std::string& bytes) {
    const size_t size = bytes.size();
    bytes.resize(std::max(size, kLongestText));
    bytes.resize(LLVMFuzzerMutate(reinterpret_cast<uint8_t*>(bytes.data()), size, bytes.size()));
  }

  std::minstd_rand& random_;
  std::vector<Place> places_;
  std::vector<std::string> texts_;
};

}  // namespace

std::string MutateLog(const std::string& bytes, std::minstd_rand& random) {
  auto log = ReadLog(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  if (log.empty()) return bytes;
  Mutation(random).Change(log);
  return WriteLog(log);
}

size_t MutateLogInPlace(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  std::minstd_rand random(seed);
  const std::string changed = MutateLog(std::string(data, data + size), random);
  if (changed.empty() || changed.size() > max_size || random() % 8 == 0) {
    return LLVMFuzzerMutate(data, size, max_size);
  }
  std::copy(changed.begin(), changed.end(), data);
  return changed.size();
}

}  // namespace seisaku::fuzz
