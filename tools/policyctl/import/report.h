// What people and machines are told of an import.
#pragma once

#include <string>

#include "google/protobuf/struct.pb.h"
#include "tools/policyctl/import/apply.h"
#include "tools/policyctl/messages.h"
#include "tools/policyctl/table.h"

namespace seisaku::policyctl::imports {

struct ImportReport {
  std::string document;
  std::string plan;     // "plans/{plan}"; empty where the file was refused before it was compared
  int fiscal_year = 0;  // 0 for a manifesto
  bool dry_run = false;
  ImportPlan import;
  ImportOutcome outcome;
};

// For a terminal: first what is not imported, then errors, warnings, what is absent from the document, how
// many findings there are of each severity, in a dry run the changes one by one, what was added to each
// service; at last the directions that wait for somebody to confirm them, with the command that does. Of a
// refused file only what refuses it.
std::string ReportText(Language language, const ImportReport& report, const TableLayout& layout = {});

// For machines: document, plan, fiscalYear, dryRun, written, incomplete, leftOut, missing (the findings about
// what is not imported), conflicts, commands, catalog and progress (changes, entries, position), differences
// (in a dry run), findings, proposals (kpi, title, direction, because, target, laterTarget), confirmCommand.
google::protobuf::Struct ReportStruct(Language language, const ImportReport& report);

}  // namespace seisaku::policyctl::imports
