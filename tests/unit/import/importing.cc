#include "tests/unit/import/importing.h"

#include <fstream>
#include <iterator>

#include "fmt/format.h"
#include "gtest/gtest.h"
#include "tools/policyctl/import/differences.h"

namespace seisaku::policyctl::imports {

std::string ReadSourceFile(std::string_view path) {
  std::ifstream file(fmt::format("{}/{}", SEISAKU_SOURCE_DIR, path), std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string SampleSheet() { return ReadSourceFile("deploy/sample/isesaki/progress-sheet.txt"); }
std::string SampleManifesto() { return ReadSourceFile("deploy/sample/isesaki/manifesto.txt"); }

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

ImportPlan PlanSheet(const CityServices& city, const std::string& text, const SheetOptions& options) {
  const absl::StatusOr<Sidecar> sidecar = ParseSidecar("confirm.toml", options.confirm);
  EXPECT_TRUE(sidecar.ok()) << sidecar.status();
  const documents::ProgressSheet sheet = documents::ReadProgressSheet(text, sidecar->confirmations);
  const SourceDocument document = MakeDocument("some/folder/sheet.txt", text);
  const ExistingPlan plan = city.Plan();
  ExistingFigures figures = city.Figures(sheet.fiscal_year);
  for (const documents::YearColumns& year : sheet.years) {
    if (!year.actual || year.year == sheet.fiscal_year) continue;
    for (progress::v1::Actual& actual : city.Figures(year.year).actuals) figures.actuals.push_back(actual);
  }
  return PlanSheetImport({sheet, *sidecar, document, plan, figures, options.overwrite});
}

ImportPlan ImportSheet(CityServices& city, const std::string& text, const SheetOptions& options) {
  ImportPlan plan = PlanSheet(city, text, options);
  const auto outcome = ApplyImport(city, plan, city.Plan().position, /*dry_run=*/false, [](uint64_t) {});
  EXPECT_TRUE(outcome.ok()) << outcome.status();
  return plan;
}

CityServices CityWith(const std::string& text, const SheetOptions& options) {
  CityServices city(documents::ReadProgressSheet(text, {}).levels);
  ImportSheet(city, text, options);
  city.calls.clear();
  return city;
}

std::map<std::string, int> Kinds(const ImportPlan& plan) {
  std::map<std::string, int> kinds;
  for (const Difference& difference : DifferencesOf(plan)) ++kinds[difference.action];
  return kinds;
}

std::vector<std::string> Findings(const ImportPlan& plan, std::string_view code) {
  std::vector<std::string> found;
  for (const documents::Finding& finding : plan.findings) {
    if (finding.code == code)
      found.push_back(fmt::format("{}:{} {}", finding.line, finding.column, finding.made));
  }
  return found;
}

catalog::v1::Kpi KpiTitled(const CityServices& city, std::string_view title) {
  for (const catalog::v1::Kpi& kpi : city.Plan().kpis) {
    if (kpi.title() == title) return kpi;
  }
  ADD_FAILURE() << "no KPI " << title;
  return {};
}

}  // namespace seisaku::policyctl::imports
