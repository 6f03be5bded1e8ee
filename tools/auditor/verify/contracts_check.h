// The contracts that came with a bundle, beside what its entries are made of.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/dynamic_message.h"
#include "tools/auditor/verify/verify.h"

namespace seisaku::auditor {

// Sees the entries of a bundle's logs go by. Its contracts.binpb has to say nothing that this build, which
// may know more, does not say too; and all that is in the entries: with nothing but these contracts each is
// read to its last field, and each value of an enum has a name. Not thread-safe.
class ContractsCheck final : public Observer {
 public:
  // Reads `folder`/contracts.binpb.
  explicit ContractsCheck(const std::string& folder);

  void OnStored(LogKind, const log::v1::StoredEntry&) override {}
  void OnViolation(LogKind, const Violation&) override {}
  void OnEntry(LogKind log, uint64_t position, const log::v1::Entry& entry) override;

  // CONTRACTS_DIFFER: what is wrong with them, first of all.
  const std::optional<Violation>& wrong() const { return wrong_; }

 private:
  // What is known of a message by its name.
  struct Contract {
    const google::protobuf::Descriptor* theirs = nullptr;  // nullptr: none
    bool is_ours = false;                                  // in full: what this build reads, it describes
  };
  void Read(const std::string& folder);
  bool IsOurs(const google::protobuf::FileDescriptor& file) const;
  const Contract& Of(const std::string& message);
  bool Reads(const Contract& contract, const std::string& bytes) const;
  void Lacks(uint64_t position, const std::string& message);

  std::optional<Violation> wrong_;
  google::protobuf::DescriptorPool pool_;
  mutable google::protobuf::DynamicMessageFactory factory_;
  std::set<std::string> differing_;  // files that say less than this build
  std::map<std::string, Contract> contracts_;
};

}  // namespace seisaku::auditor
