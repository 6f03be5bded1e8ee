#include "tests/unit/import/importing.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <tuple>

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
  documents::ProgressSheet sheet = documents::ReadProgressSheet(text, sidecar->confirmations);
  if (options.force) documents::AcceptTwoHeadings(sheet);
  const SourceDocument document = MakeDocument("some/folder/sheet.txt", text);
  const ExistingPlan plan = city.Plan();
  const ExistingFigures figures = city.Figures(sheet.fiscal_year);
  return PlanSheetImport({.sheet = sheet,
                          .sidecar = *sidecar,
                          .document = document,
                          .plan = plan,
                          .figures = figures,
                          .overwrite = {options.overwrite, options.only},
                          .keep_absent = options.keep_absent,
                          .this_year = options.this_year,
                          .force = options.force});
}

ApplyOptions Applied(const CityServices& city, bool dry_run) {
  return {.import_id = "0123456789abcdef", .catalog_position = city.Plan().position, .dry_run = dry_run};
}

ImportPlan ImportSheet(CityServices& city, const std::string& text, const SheetOptions& options) {
  ImportPlan plan = PlanSheet(city, text, options);
  const auto outcome = ApplyImport(city, plan, Applied(city));
  EXPECT_TRUE(outcome.ok()) << outcome.status();
  return plan;
}

CityServices CityWith(const std::string& text, const SheetOptions& options) {
  CityServices city(documents::ReadProgressSheet(text, {}).levels);
  ImportSheet(city, text, options);
  city.calls.clear();
  return city;
}

std::string YearSheet(int reiwa, const std::vector<SheetLine>& lines) {
  std::string text = fmt::format(
      "基本情報\t\t\t取組内容\t\tKPIの達成状況\t\t\t\t\t\t方向性\t\t担当課\n"
      "大目標\t小目標\t施策\t取組\t取組の実施状況\t指標名\t令和{0}年度目標値\t令和{0}年度実績値\t"
      "目標値(令和10年度)\t進捗評価\t進捗が遅れている理由\t課題\t今後の方策等\t\n",
      reiwa);
  for (const SheetLine& line : lines) {
    text += fmt::format("{}\t{}\t{}\t{}\t実施した。\t{}\t{}\t{}\t{}\t順調に進捗\t-\t{}\t-\t{}\n", line.goal,
                        line.policy, line.measure, line.action, line.name, line.target, line.actual,
                        line.later, line.issues, line.department);
  }
  return text;
}

std::string FigureIn(const CityServices& city, const catalog::v1::Kpi& kpi, int year) {
  const progress::v1::Actual* last = nullptr;
  const ExistingFigures figures = city.Figures(year);
  for (const progress::v1::Actual& actual : figures.actuals) {
    if (actual.kpi() != kpi.name() || actual.reporting_year() != year) continue;
    if (last == nullptr || last->position() < actual.position()) last = &actual;
  }
  return last == nullptr || last->retracted() ? "" : last->value().printed();
}

catalog::v1::Node NodeTitled(const CityServices& city, std::string_view title, std::string_view below) {
  const ExistingPlan plan = city.Plan();
  std::map<std::string, std::string> titles;
  for (const catalog::v1::Node& node : plan.nodes) titles[node.name()] = node.title();
  for (const catalog::v1::Node& node : plan.nodes) {
    if (node.title() == title && (below.empty() || titles[node.parent()] == below)) return node;
  }
  ADD_FAILURE() << "no node " << title;
  return {};
}

std::vector<std::string> Headings(const CityServices& city, uint32_t level) {
  std::vector<std::string> headings;
  for (const catalog::v1::Node& node : city.Plan().nodes) {
    if (node.level() == level) headings.push_back(fmt::format("{} {}", node.number(), node.title()));
  }
  return headings;
}

std::vector<std::string> KpisInOrder(const CityServices& city) {
  std::vector<catalog::v1::Kpi> kpis = city.Plan().kpis;
  std::sort(kpis.begin(), kpis.end(), [](const catalog::v1::Kpi& a, const catalog::v1::Kpi& b) {
    return std::tuple(a.order(), IdOf(a.name())) < std::tuple(b.order(), IdOf(b.name()));
  });
  std::vector<std::string> titles;
  for (const catalog::v1::Kpi& kpi : kpis) titles.push_back(kpi.title());
  return titles;
}

void HaveRule(CityServices& city) {
  catalog::v1::Change change;
  change.set_reason("推定");
  change.mutable_set_rule()->set_plan(kPlan);
  catalog::v1::EvaluationRule& rule = *change.mutable_set_rule()->mutable_rule();
  rule.set_method("ratio/1");
  rule.mutable_on_track_percent()->set_value("100");
  rule.mutable_mostly_on_track_percent()->set_value("97");
  city.Have(change);
}

void Retire(CityServices& city, const std::string& name, int from_year) {
  catalog::v1::Change change;
  change.set_reason("終了");
  catalog::v1::Retire& retire =
      name.find("/kpis/") == std::string::npos ? *change.mutable_retire_node() : *change.mutable_retire_kpi();
  retire.set_name(name);
  retire.set_from_year(from_year);
  city.Have(change);
}

std::string CreateKpi(CityServices& city, const std::string& id, const std::string& node,
                      const std::string& title) {
  catalog::v1::Change change;
  catalog::v1::Kpi& kpi = *change.mutable_create_kpi();
  kpi.set_name(fmt::format("{}/kpis/{}", kPlan, id));
  kpi.set_node(node);
  kpi.set_title(title);
  kpi.set_unit("件");
  kpi.set_direction(type::v1::DIRECTION_INCREASE);
  city.Have(change);
  return kpi.name();
}

std::string CreateNode(CityServices& city, const std::string& id, const std::string& parent, int level,
                       const std::string& number, const std::string& title) {
  catalog::v1::Change change;
  catalog::v1::Node& node = *change.mutable_create_node();
  node.set_name(fmt::format("{}/nodes/{}", kPlan, id));
  node.set_parent(parent);
  node.set_level(static_cast<uint32_t>(level));
  node.set_number(number);
  node.set_title(title);
  city.Have(change);
  return node.name();
}

ImportPlan PlanManifesto(const CityServices& city, const std::string& text, const Overwrite& overwrite) {
  return PlanManifestoImport(documents::ReadManifesto(text), MakeDocument("manifesto.txt", text), city.Plan(),
                             overwrite);
}

ImportPlan ImportManifesto(CityServices& city, const std::string& text, const Overwrite& overwrite) {
  ImportPlan plan = PlanManifesto(city, text, overwrite);
  const auto outcome = ApplyImport(city, plan, Applied(city));
  EXPECT_TRUE(outcome.ok()) << outcome.status();
  return plan;
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
