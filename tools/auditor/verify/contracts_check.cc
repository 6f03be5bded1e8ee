#include <filesystem>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/base/files.h"
#include "tools/auditor/verify/bundle_source.h"

namespace seisaku::auditor {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;
using google::protobuf::util::MessageDifferencer;

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

}  // namespace

bool HasContracts(const std::string& folder) {
  std::error_code error;
  return std::filesystem::exists(folder + "/contracts.binpb", error);
}

std::optional<Violation> CheckContracts(const std::string& folder) {
  const absl::StatusOr<std::string> bytes = ReadFile(folder + "/contracts.binpb");
  if (!bytes.ok()) return Differ(std::string("contracts.binpb"), std::string(bytes.status().message()));
  FileDescriptorSet set;
  // Written in one way only, so that no byte is without meaning.
  if (!set.ParseFromString(*bytes) || set.SerializeAsString() != *bytes || set.file().empty()) {
    return Differ({phrases::MESSAGE, {{"type", set.GetTypeName()}}}, phrases::OTHER_BYTES);
  }
  for (const FileDescriptorProto& theirs : set.file()) {
    const auto* known = DescriptorPool::generated_pool()->FindFileByName(theirs.name());
    if (known == nullptr) return Differ(phrases::KNOWN_FILES, theirs.name());
    FileDescriptorProto ours;
    known->CopyTo(&ours);
    if (theirs.SerializeAsString() == ours.SerializeAsString()) continue;
    if (!IsPartOf(theirs, ours))
      return Differ({phrases::FILE_AS_HERE, {{"file", theirs.name()}}}, phrases::ANOTHER);
  }
  return std::nullopt;
}

}  // namespace seisaku::auditor
