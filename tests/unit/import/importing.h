// Imports as the command does it, into services in memory.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "tests/unit/import/city_services.h"
#include "tools/policyctl/import/manifesto_import.h"
#include "tools/policyctl/import/sheet_import.h"

namespace seisaku::policyctl::imports {

// The bytes of a file under the source tree.
std::string ReadSourceFile(std::string_view path);

std::string SampleSheet();
std::string SampleManifesto();

// `text` with `from`, which it has, replaced by `to` once.
std::string Replaced(std::string text, std::string_view from, std::string_view to);

// A row of a sheet that prints all its cells; what is not given is unremarkable.
struct SheetLine {
  std::string goal = "1 しごと";
  std::string policy = "1 産業";
  std::string measure = "① 企業";
  std::string action = "誘致";
  std::string name;
  std::string target = "10件";
  std::string actual = "12件";
  std::string later = "-";
  std::string department = "企画課";
  std::string issues = "-";
};

// The sheet of 令和`reiwa`年度, whose later target is that of 令和10年度. Lines 1 and 2 are its header.
std::string YearSheet(int reiwa, const std::vector<SheetLine>& lines);

struct SheetOptions {
  std::string confirm;    // the sidecar's TOML
  std::string overwrite;  // the reason
  bool keep_absent = false;
  std::vector<std::string> only;  // with overwrite
  int this_year = 0;              // 0: no year is unlikely
  bool force = false;
};

// What importing `text` would come to.
ImportPlan PlanSheet(const CityServices& city, const std::string& text, const SheetOptions& options = {});
// How an import into the city's plan is applied, of which the newest state is known.
ApplyOptions Applied(const CityServices& city, bool dry_run = false);
// Imports it; the test fails where a service refuses.
ImportPlan ImportSheet(CityServices& city, const std::string& text, const SheetOptions& options = {});

// A city whose plan has the levels of the sheet, with the sheet imported.
CityServices CityWith(const std::string& text, const SheetOptions& options = {});

// How many changes of each kind: "create_kpi" -> 41.
std::map<std::string, int> Kinds(const ImportPlan& plan);

// The figure of a KPI in the Gregorian year, as printed; "" where it has none.
std::string FigureIn(const CityServices& city, const catalog::v1::Kpi& kpi, int year);

// The node with exactly this title; of several the one whose parent has the title `below`.
catalog::v1::Node NodeTitled(const CityServices& city, std::string_view title, std::string_view below = "");
// "1 しごと", "2 ひと" …: all nodes of the level, in order.
std::vector<std::string> Headings(const CityServices& city, uint32_t level);
// The titles of all KPIs in the order of the plan's sheet.
std::vector<std::string> KpisInOrder(const CityServices& city);

// What people do by hand.
void HaveRule(CityServices& city);  // the sample's: 100 % and 97 %
void Retire(CityServices& city, const std::string& name, int from_year);
std::string CreateKpi(CityServices& city, const std::string& id, const std::string& node,
                      const std::string& title);
std::string CreateNode(CityServices& city, const std::string& id, const std::string& parent, int level,
                       const std::string& number, const std::string& title);

// A manifesto imported, and what that came to.
ImportPlan PlanManifesto(const CityServices& city, const std::string& text, const Overwrite& overwrite = {});
ImportPlan ImportManifesto(CityServices& city, const std::string& text, const Overwrite& overwrite = {});

// The findings with `code`, as "line:column made".
std::vector<std::string> Findings(const ImportPlan& plan, std::string_view code);

// The KPI with exactly this title.
catalog::v1::Kpi KpiTitled(const CityServices& city, std::string_view title);

}  // namespace seisaku::policyctl::imports
