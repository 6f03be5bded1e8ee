// What people and machines are told of an import.
#pragma once

#include <string>

#include "google/protobuf/struct.pb.h"
#include "tools/policyctl/import/apply.h"
#include "tools/policyctl/messages.h"

namespace seisaku::policyctl::imports {

struct ImportReport {
  std::string document;
  std::string plan;     // "plans/{plan}"; empty where the file was refused before it was compared
  int fiscal_year = 0;  // 0 for a manifesto
  bool dry_run = false;
  ImportPlan import;
  ImportOutcome outcome;
};

// For a terminal: errors and warnings with their places, how many findings there are of each severity, in a
// dry run the changes one by one, and what was added to each service.
std::string ReportText(Language language, const ImportReport& report);

// For machines: document, plan, fiscalYear, dryRun, written, conflicts, leftOut, catalog and progress
// (changes, entries, position), differences (in a dry run), findings.
google::protobuf::Struct ReportStruct(Language language, const ImportReport& report);

}  // namespace seisaku::policyctl::imports
