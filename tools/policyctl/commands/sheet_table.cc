#include "tools/policyctl/commands/sheet_table.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "tools/policyctl/commands/arithmetic.h"
#include "tools/policyctl/commands/sheet_notes.h"
#include "tools/policyctl/display.h"
#include "tools/policyctl/naming.h"

namespace seisaku::policyctl {
namespace {

using progress::v1::ComponentEvaluation;
using progress::v1::Evaluation;
using progress::v1::GetProgressSheetResponse;
using progress::v1::SheetRow;
using Nodes = std::map<std::string, const catalog::v1::Node*>;

constexpr int kHeadingLevels = 3;
constexpr int kReadableTitle = 16;
constexpr int kReadableOfficial = 12;

Nodes NodesByName(const GetProgressSheetResponse& sheet) {
  Nodes nodes;
  for (const catalog::v1::Node& node : sheet.nodes()) nodes[node.name()] = &node;
  return nodes;
}

std::string NodeTitle(const Nodes& nodes, const std::string& name) {
  const auto found = nodes.find(name);
  return found == nodes.end() ? IdOf(name) : NodeText(*found->second);
}

std::string DepartmentsText(const catalog::v1::Kpi& kpi, const Titles& departments) {
  std::vector<std::string> titles;
  for (const std::string& name : kpi.departments()) {
    const auto found = departments.find(name);
    titles.push_back(found == departments.end() ? IdOf(name) : found->second);
  }
  return absl::StrJoin(titles, "・");
}

bool HasComponents(const SheetRow& row) { return row.kpi().components_size() > 0; }

// Of a KPI without components.
const ComponentEvaluation& OnlyComponent(const Evaluation& evaluation) {
  return evaluation.components_size() > 0 ? evaluation.components(0)
                                          : ComponentEvaluation::default_instance();
}

// Adds rows and headings one after another.
class Builder {
 public:
  Builder(Language language, const Nodes& nodes, const Titles& departments, Table& table)
      : language_(language), nodes_(nodes), departments_(departments), table_(table), notes_(language) {}

  void Add(const SheetRow& row) {
    AddHeadings(row);
    const Evaluation& evaluation = row.evaluation();
    const bool split = HasComponents(row);
    const ComponentEvaluation& only = OnlyComponent(evaluation);
    std::string marks = notes_.MarksOf(evaluation);
    if (!split) marks = Both(marks, notes_.MarksOf(only));
    table_.AddRow({IdOf(row.kpi().name()), row.kpi().title(), split ? "" : ValueText(only.target()),
                   split ? "" : ValueText(only.actual().value()), RateText(evaluation.rate_percent()),
                   JudgementText(language_, evaluation.judgement()),
                   OfficialText(language_, evaluation.official()), evaluation.differs() ? "≠" : "",
                   DepartmentsText(row.kpi(), departments_), marks});
    for (const ComponentEvaluation& component : evaluation.components()) {
      if (split) AddComponent(component);
    }
  }

  std::vector<std::string> Footnotes() const { return notes_.Lines(); }

 private:
  static std::string Both(const std::string& a, const std::string& b) {
    return a.empty() ? b : b.empty() ? a : a + " " + b;
  }

  // The goals that are not those of the row before. A goal's own KPI that follows one of a goal below it
  // stands under its heading again.
  void AddHeadings(const SheetRow& row) {
    const int levels = std::min(kHeadingLevels, row.path_size());
    int same = 0;
    while (same < levels && same < static_cast<int>(path_.size()) && path_[same] == row.path(same)) ++same;
    if (same == levels && levels < static_cast<int>(path_.size())) --same;
    for (int level = std::max(same, 0); level < levels; ++level)
      table_.AddHeading(NodeTitle(nodes_, row.path(level)), level * 2);
    path_.assign(row.path().begin(), row.path().begin() + levels);
  }

  void AddComponent(const ComponentEvaluation& component) {
    table_.AddRow({"", "  " + component.component(), ValueText(component.target()),
                   ValueText(component.actual().value()), RateText(component.rate_percent()),
                   JudgementText(language_, component.judgement()), "", "", "", notes_.MarksOf(component)});
  }

  Language language_;
  const Nodes& nodes_;
  const Titles& departments_;
  Table& table_;
  SheetNotes notes_;
  std::vector<std::string> path_;
};

std::string CountsLine(Language language, const GetProgressSheetResponse& sheet) {
  int counts[type::v1::Judgement_ARRAYSIZE] = {};
  int differing = 0;
  for (const SheetRow& row : sheet.rows()) {
    ++counts[row.evaluation().judgement()];
    if (row.evaluation().differs()) ++differing;
  }
  return Say(language, text::kSheetCounts, sheet.rows_size(), counts[type::v1::JUDGEMENT_ON_TRACK],
             counts[type::v1::JUDGEMENT_MOSTLY_ON_TRACK], counts[type::v1::JUDGEMENT_DELAYED],
             counts[type::v1::JUDGEMENT_NOT_EVALUABLE], differing, sheet.position());
}

std::vector<std::string> Codes(Language language, const google::protobuf::RepeatedField<int>& codes) {
  std::vector<std::string> words;
  for (const int code : codes)
    words.push_back(CodeText(language, static_cast<progress::v1::EvaluationCode>(code)));
  return words;
}

std::string NotesText(Language language, const ComponentEvaluation& component) {
  std::vector<std::string> words = Codes(language, component.codes());
  const RateShown shown = HowRateIsShown(component);
  if (shown == RateShown::kCutOff) words.emplace_back(In(language, text::kRateIsCutOff));
  if (shown == RateShown::kRaised) words.emplace_back(In(language, text::kRateIsRaised));
  return absl::StrJoin(words, " / ");
}

// Of a KPI whose components have records of their own.
std::string NotesText(Language language, const Evaluation& evaluation) {
  return absl::StrJoin(Codes(language, evaluation.codes()), " / ");
}

}  // namespace

Table SheetTable(Language language, const GetProgressSheetResponse& sheet, const Titles& departments,
                 std::vector<std::string>& footnotes) {
  const auto title = [language](const Text& text) { return std::string(In(language, text)); };
  using Align = Column::Align;
  // What gives way first are the reasons, last the figures; never whose they are, and what was judged.
  Table table({{title(text::kId), Align::kLeft, false, 2},
               {title(text::kKpi), Align::kLeft, true, 0, kReadableTitle},
               {title(text::kTarget), Align::kRight, false, 5},
               {title(text::kActual), Align::kRight, false, 7},
               {title(text::kRate), Align::kRight, false, 3},
               {title(text::kDerived)},
               {title(text::kOfficial), Align::kLeft, true, 6, kReadableOfficial},
               {"", Align::kLeft, false, 8},
               {title(text::kDepartments), Align::kLeft, true, 1},
               {title(text::kNotes), Align::kLeft, false, 4}});
  const Nodes nodes = NodesByName(sheet);
  Builder builder(language, nodes, departments, table);
  for (const SheetRow& row : sheet.rows()) builder.Add(row);
  footnotes = builder.Footnotes();
  return table;
}

std::string SheetText(Language language, const GetProgressSheetResponse& sheet, int reporting_year,
                      const Titles& departments, const TableLayout& layout,
                      const std::vector<std::string>& remarks) {
  std::vector<std::string> footnotes;
  const Table table = SheetTable(language, sheet, departments, footnotes);
  std::string text =
      WrapLine(Say(language, text::kSheetTitle, YearText(language, reporting_year)), layout) + "\n";
  for (const std::string& remark : remarks) text += WrapLine(remark, layout);
  if (!remarks.empty()) text += "\n";
  std::vector<std::string> left_out;
  text += Render(Fitting(table, layout, left_out), layout) + "\n";
  const bool has_marks =
      std::find(left_out.begin(), left_out.end(), In(language, text::kNotes)) == left_out.end();
  for (const std::string& line : footnotes) text += has_marks ? WrapLine(line, layout) : "";
  if (!left_out.empty()) {
    const std::string titles = absl::StrJoin(left_out, language == Language::kJapanese ? "、" : ", ");
    text += WrapLine(Say(language, text::kColumnsLeftOut, titles), layout);
  }
  return text + WrapLine(CountsLine(language, sheet), layout);
}

Records SheetRecords(Language language, const GetProgressSheetResponse& sheet, const Titles& departments) {
  const auto title = [language](const Text& text) { return std::string(In(language, text)); };
  Records records = {{title(text::kId), title(text::kGoals), title(text::kKpi), title(text::kComponent),
                      title(text::kTarget), title(text::kActual), title(text::kRate), title(text::kDerived),
                      title(text::kDerivedOfComponent), title(text::kOfficial), title(text::kDiffers),
                      title(text::kDepartments), title(text::kNotes)}};
  const Nodes nodes = NodesByName(sheet);
  for (const SheetRow& row : sheet.rows()) {
    std::vector<std::string> goals;
    for (const std::string& name : row.path()) goals.push_back(NodeTitle(nodes, name));
    const Evaluation& evaluation = row.evaluation();
    const std::string id = IdOf(row.kpi().name());
    const std::string path = absl::StrJoin(goals, " > ");
    const std::string in_charge = DepartmentsText(row.kpi(), departments);
    const bool split = HasComponents(row);
    const ComponentEvaluation& only = OnlyComponent(evaluation);
    records.push_back({id, path, row.kpi().title(), "", split ? "" : ValueText(only.target()),
                       split ? "" : ValueText(only.actual().value()), RateText(evaluation.rate_percent()),
                       JudgementText(language, evaluation.judgement()), "",
                       OfficialText(language, evaluation.official()), evaluation.differs() ? "≠" : "",
                       in_charge, split ? NotesText(language, evaluation) : NotesText(language, only)});
    if (!split) continue;
    for (const ComponentEvaluation& component : evaluation.components()) {
      records.push_back({id, path, row.kpi().title(), component.component(), ValueText(component.target()),
                         ValueText(component.actual().value()), RateText(component.rate_percent()), "",
                         JudgementText(language, component.judgement()), "", "", in_charge,
                         NotesText(language, component)});
    }
  }
  return records;
}

}  // namespace seisaku::policyctl
