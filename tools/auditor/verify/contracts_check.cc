#include "tools/auditor/verify/contracts_check.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/base/files.h"
#include "services/domain/unknown_fields.h"
#include "tools/auditor/verify/bundle_source.h"

namespace seisaku::auditor {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::DescriptorProto;
using google::protobuf::FieldDescriptor;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

constexpr size_t kMaxBytes = 1 << 20;  // they have less than a tenth of it

// Whether all that is in `theirs` is in `ours`. What a later build has added to a message is not in an older
// bundle.
bool IsPartOf(const FileDescriptorProto& theirs, const FileDescriptorProto& ours) {
  MessageDifferencer differencer;
  differencer.set_scope(MessageDifferencer::PARTIAL);
  differencer.set_repeated_field_comparison(MessageDifferencer::AS_SET);
  return differencer.Compare(theirs, ours);
}

// What a field is, besides its options: without its label a list is a single value, and the rest of it is
// lost.
std::string KindOf(FieldDescriptorProto field) {
  field.clear_options();
  field.clear_json_name();
  return field.SerializeAsString();
}

// Whether the fields of `theirs`, which is a part of `ours`, are what they are there.
bool HasSameKinds(const DescriptorProto& theirs, const Descriptor& ours) {
  const auto is_same = [&](const FieldDescriptorProto& field) {
    const auto* known = ours.FindFieldByName(field.name());
    if (known == nullptr) return false;
    FieldDescriptorProto there;
    known->CopyTo(&there);
    return KindOf(field) == KindOf(there);
  };
  const auto has_same = [&](const DescriptorProto& nested) {
    const Descriptor* known = ours.FindNestedTypeByName(nested.name());
    return known != nullptr && HasSameKinds(nested, *known);
  };
  return std::all_of(theirs.field().begin(), theirs.field().end(), is_same) &&
         std::all_of(theirs.nested_type().begin(), theirs.nested_type().end(), has_same);
}

bool HasSameKinds(const FileDescriptorProto& theirs, const FileDescriptor& ours) {
  FileDescriptorProto there;
  ours.CopyTo(&there);
  return theirs.syntax() == there.syntax() &&
         std::all_of(theirs.message_type().begin(), theirs.message_type().end(),
                     [&](const DescriptorProto& message) {
                       const Descriptor* known = ours.FindMessageTypeByName(message.name());
                       return known != nullptr && HasSameKinds(message, *known);
                     });
}

// Whether each value of an enum that is in the message has a name there.
bool HasNamesOfValues(const Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  return std::all_of(fields.begin(), fields.end(), [&](const FieldDescriptor* field) {
    const bool is_list = field->is_repeated();
    const int count = is_list ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        if (!HasNamesOfValues(is_list ? reflection.GetRepeatedMessage(message, field, i)
                                      : reflection.GetMessage(message, field)))
          return false;
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
        const int value = is_list ? reflection.GetRepeatedEnumValue(message, field, i)
                                  : reflection.GetEnumValue(message, field);
        if (field->enum_type()->FindValueByNumber(value) == nullptr) return false;
      }
    }
    return true;
  });
}

Violation Differ(bundle::Phrase expected, bundle::Phrase found) {
  return {.code = "CONTRACTS_DIFFER", .expected = std::move(expected), .found = std::move(found)};
}

// Says nothing on standard error.
class Silent final : public DescriptorPool::ErrorCollector {
  void AddError(const std::string&, const std::string&, const google::protobuf::Message*, ErrorLocation,
                const std::string&) override {}
};

}  // namespace

ContractsCheck::ContractsCheck(const std::string& folder) { Read(folder); }

void ContractsCheck::Read(const std::string& folder) {
  const auto bytes = ReadRegularFile(folder + "/contracts.binpb", kMaxBytes, Links::kRefuse);
  if (!bytes.ok()) {
    wrong_ = Differ(std::string("contracts.binpb"), std::string(bytes.status().message()));
    return;
  }
  FileDescriptorSet set;
  const bundle::Phrase whole(phrases::MESSAGE, {{"type", set.GetTypeName()}});
  // Written in one way only, so that no byte is without meaning.
  if (!set.ParseFromString(*bytes) || set.SerializeAsString() != *bytes || set.file().empty()) {
    wrong_ = Differ(whole, phrases::OTHER_BYTES);
    return;
  }
  Silent silent;
  for (const FileDescriptorProto& theirs : set.file()) {
    const auto* known = DescriptorPool::generated_pool()->FindFileByName(theirs.name());
    if (known == nullptr) {
      wrong_ = Differ(phrases::KNOWN_FILES, theirs.name());
      return;
    }
    FileDescriptorProto ours;
    known->CopyTo(&ours);
    if (theirs.SerializeAsString() != ours.SerializeAsString()) {
      if (!IsPartOf(theirs, ours) || !HasSameKinds(theirs, *known)) {
        wrong_ = Differ({phrases::FILE_AS_HERE, {{"file", theirs.name()}}}, phrases::ANOTHER);
        return;
      }
      differing_.insert(theirs.name());
    }
    // Each stands behind what it imports.
    if (pool_.BuildFileCollectingErrors(theirs, &silent) == nullptr) {
      wrong_ = Differ({phrases::FILE_AS_HERE, {{"file", theirs.name()}}}, phrases::OTHER_BYTES);
      return;
    }
  }
}

void ContractsCheck::OnEntry(LogKind, uint64_t position, const log::v1::Entry& entry) {
  if (wrong_) return;
  const Contract& of_entry = Of(log::v1::Entry::descriptor()->full_name());
  if (!of_entry.is_ours && !Reads(of_entry, entry.SerializeAsString())) {
    return Lacks(position, log::v1::Entry::descriptor()->full_name());
  }
  const std::string message = entry.type().substr(0, entry.type().find('/'));
  const Contract& of_event = Of(message);
  if (!of_event.is_ours && !Reads(of_event, entry.payload())) Lacks(position, message);
}

const ContractsCheck::Contract& ContractsCheck::Of(const std::string& message) {
  const auto [found, added] = contracts_.try_emplace(message);
  if (added) {
    found->second.theirs = pool_.FindMessageTypeByName(message);
    found->second.is_ours = found->second.theirs != nullptr && IsOurs(*found->second.theirs->file());
  }
  return found->second;
}

bool ContractsCheck::IsOurs(const FileDescriptor& file) const {
  if (differing_.count(file.name()) > 0) return false;
  for (int i = 0; i < file.dependency_count(); ++i) {
    if (!IsOurs(*file.dependency(i))) return false;
  }
  return true;
}

bool ContractsCheck::Reads(const Contract& contract, const std::string& bytes) const {
  if (contract.theirs == nullptr) return false;
  const std::unique_ptr<google::protobuf::Message> message(factory_.GetPrototype(contract.theirs)->New());
  return message->ParseFromString(bytes) && !FindUnknownField(*message) && HasNamesOfValues(*message);
}

void ContractsCheck::Lacks(uint64_t position, const std::string& message) {
  wrong_ =
      Differ({phrases::CONTRACT_OF, {{"type", message}, {"position", position}}}, phrases::CONTRACT_LESS);
}

}  // namespace seisaku::auditor
