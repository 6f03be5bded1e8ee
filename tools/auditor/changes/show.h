// Changes, told.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "google/protobuf/struct.pb.h"
#include "tools/auditor/changes/changes.h"
#include "tools/policyctl/contract_words.h"
#include "tools/policyctl/session.h"

namespace seisaku::auditor {

// As a table, JSON or CSV, whichever was asked for. Errors: Output::Print's.
absl::Status ShowChanges(policyctl::Session& session, const std::vector<ChangeSet>& sets);

// A page that can be printed and needs nothing but itself.
std::string ChangesPage(policyctl::Language language, const std::string& title,
                        const std::vector<ChangeSet>& sets);

// Of the contract's names.
using policyctl::FieldInWords;
using policyctl::InWords;

// "value.number.value.value: 1 → 2; …" or 「数値: 1 → 2; …」, and the words that came with it.
std::string Describe(policyctl::Language language, const Change& change);
// Which text of which entry was withdrawn, and whose it was.
std::string DescribeWithdrawn(policyctl::Language language, const policyctl::WithdrawnText& withdrawn);

// What ShowChanges prints as JSON.
google::protobuf::ListValue ChangesJson(const std::vector<ChangeSet>& sets);

// A message's protojson as a Struct, to stand inside another.
google::protobuf::Struct AsStruct(const google::protobuf::Message& message);

}  // namespace seisaku::auditor
