#include "tools/auditor/verify/contracts_check.h"

#include <utility>

#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/base/files.h"
#include "services/catalog/domain/unknown_fields.h"
#include "tools/auditor/verify/bundle_source.h"

namespace seisaku::auditor {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;
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
      if (!IsPartOf(theirs, ours)) {
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
  return message->ParseFromString(bytes) && !catalog::FindUnknownField(*message);
}

void ContractsCheck::Lacks(uint64_t position, const std::string& message) {
  wrong_ =
      Differ({phrases::CONTRACT_OF, {{"type", message}, {"position", position}}}, phrases::CONTRACT_LESS);
}

}  // namespace seisaku::auditor
