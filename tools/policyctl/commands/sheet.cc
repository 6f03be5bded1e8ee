#include <memory>
#include <set>
#include <string>
#include <vector>

#include "services/base/period.h"
#include "services/base/status.h"
#include "tools/policyctl/arguments.h"
#include "tools/policyctl/commands/commands.h"
#include "tools/policyctl/commands/sheet_remarks.h"
#include "tools/policyctl/commands/sheet_table.h"
#include "tools/policyctl/department_titles.h"
#include "tools/policyctl/naming.h"
#include "tools/policyctl/option_checks.h"

namespace seisaku::policyctl {
namespace {

struct SheetOptions {
  std::string plan;
  std::string year;
  std::string as_of;
};

// Each page names the nodes of its own rows: of all pages, each node once.
void RemoveRepeatedNodes(progress::v1::GetProgressSheetResponse& sheet) {
  google::protobuf::RepeatedPtrField<catalog::v1::Node> nodes;
  std::set<std::string> seen;
  for (catalog::v1::Node& node : *sheet.mutable_nodes()) {
    if (seen.insert(node.name()).second) nodes.Add()->Swap(&node);
  }
  sheet.mutable_nodes()->Swap(&nodes);
}

absl::Status ShowSheet(Session& session, const SheetOptions& options) {
  progress::v1::GetProgressSheetRequest request;
  ASSIGN_OR_RETURN(const int year, ParseFiscalYear(options.year));
  request.set_reporting_year(year);
  RETURN_IF_ERROR(SetAsOf(options.as_of, request));
  ASSIGN_OR_RETURN(*request.mutable_parent(), ChoosePlan(session, options.plan, request.as_of()));
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  ASSIGN_OR_RETURN(progress::v1::GetProgressSheetResponse sheet,
                   client->CallForAllPages(&Progress::GetProgressSheet, std::move(request)));
  RemoveRepeatedNodes(sheet);
  if (session.output().options().format == Format::kJson) return session.output().Print(sheet, Table({}));
  // Of what progress had copied of catalog; without rows nobody asks for a title.
  Titles departments;
  if (!sheet.rows().empty()) {
    departments = DepartmentTitles(session, *client, sheet.rows(0).evaluation().catalog_position());
  }
  std::vector<std::string> remarks = SheetRemarks(session.language(), sheet, year);
  if (sheet.has_import_under_way()) {
    const progress::v1::ImportUnderWay& import = sheet.import_under_way();
    remarks.insert(remarks.begin(), session.Say(text::kImportUnderWay, import.part(), import.parts()));
  }
  if (session.output().options().format == Format::kCsv) {
    for (const std::string& remark : remarks) session.Note(remark);
  }
  return session.output().Print(
      sheet,
      [&](const TableLayout& layout) {
        return SheetText(session.language(), sheet, year, departments, layout, remarks);
      },
      [&] { return SheetRecords(session.language(), sheet, departments); });
}

}  // namespace

void AddSheetCommand(CommandLine& line) {
  auto options = std::make_shared<SheetOptions>();
  CLI::App& sheet = line.Add(line.root(),
                             {.name = "sheet",
                              .help = text::kSheetHelp,
                              .example = "policyctl sheet --plan strategy --fiscal-year 2022\n"
                                         "policyctl sheet --plan strategy --fiscal-year R4 --output r4.csv"},
                             [options](Session& session) { return ShowSheet(session, *options); });
  sheet.add_option("--plan", options->plan, line.In(text::kPlanOption))->type_name("PLAN");
  sheet.add_option("--fiscal-year", options->year, line.In(text::kYearOption))
      ->check(IsFiscalYear())
      ->required();
  sheet.add_option("--as-of", options->as_of, line.In(text::kAsOfOption))->check(IsAsOf());
}

}  // namespace seisaku::policyctl
