#include <memory>

#include "services/base/status.h"
#include "tools/policyctl/arguments.h"
#include "tools/policyctl/commands/commands.h"
#include "tools/policyctl/display.h"
#include "tools/policyctl/naming.h"
#include "tools/policyctl/option_checks.h"

namespace seisaku::policyctl {
namespace {

absl::Status ListDepartments(Session& session, const std::string& as_of) {
  catalog::v1::ListDepartmentsRequest request;
  RETURN_IF_ERROR(SetAsOf(as_of, request));
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  ASSIGN_OR_RETURN(const catalog::v1::ListDepartmentsResponse response,
                   client->CallForAllPages(&Catalog::ListDepartments, std::move(request)));
  Table table({{std::string(session.In(text::kId))},
               {std::string(session.In(text::kTitle))},
               {std::string(session.In(text::kRetiredFrom))}});
  for (const catalog::v1::Department& department : response.departments()) {
    const int year = department.retired_from_year();
    table.AddRow(
        {IdOf(department.name()), department.title(), year == 0 ? "" : YearText(session.language(), year)});
  }
  return session.output().Print(response, table);
}

}  // namespace

void AddDepartmentCommands(CommandLine& line) {
  CLI::App& department = line.Group(
      {.name = "department", .help = text::kDepartmentHelp, .example = "policyctl department list"});
  auto as_of = std::make_shared<std::string>();
  CLI::App& list = line.Add(
      department, {.name = "list", .help = text::kDepartmentListHelp, .example = "policyctl department list"},
      [as_of](Session& session) { return ListDepartments(session, *as_of); });
  list.add_option("--as-of", *as_of, line.In(text::kAsOfOption))->check(IsAsOf());
}

}  // namespace seisaku::policyctl
