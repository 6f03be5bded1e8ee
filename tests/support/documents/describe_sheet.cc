#include <fmt/format.h>

#include "tests/support/documents/derived_sheet.h"

namespace seisaku::documents {

namespace {

std::string Describe(const CellValue& value) {
  std::string text = value.kind == CellValue::Kind::kText ? value.text : "";
  if (value.kind == CellValue::Kind::kNoFigure) text = fmt::format("no figure: {}", value.text);
  if (value.kind == CellValue::Kind::kMissing) text = "-";
  for (const Component& number : value.numbers) {
    text += fmt::format("{}:{}{}", number.name, number.quantity.value.ToString(), number.quantity.unit);
    if (number.qualifier != type::v1::QUALIFIER_UNSPECIFIED) {
      text += fmt::format(" {}", type::v1::Qualifier_Name(number.qualifier));
    }
    if (!number.note.empty()) text += fmt::format(" [{}]", number.note);
    text += ";";
  }
  if (value.provisional) text += "provisional";
  return text + (value.period ? fmt::format("({})", PeriodName(*value.period)) : "");
}

std::string Describe(const KpiRow& kpi) {
  std::string causes;
  for (Cause cause : kpi.causes) causes += fmt::format("+{}", CauseName(cause));
  std::string years;
  for (const YearFigures& year : kpi.years) {
    years += fmt::format("{}: ", year.year);
    if (year.target) years += fmt::format("target {} ", Describe(*year.target));
    if (year.actual)
      years += fmt::format("actual {}{} ", Describe(*year.actual), year.met_proposed ? "!" : "");
  }
  return fmt::format("{}{} under #{} by {} in {} [{}] {} | {}| {} {}{} | {} | {} | {} | {}\n", kpi.name,
                     kpi.provisional_name ? "?" : "", kpi.node, fmt::join(kpi.departments, "+"), kpi.unit,
                     fmt::join(kpi.components, ","), DirectionName(kpi.direction.direction), years,
                     kpi.fiscal_year, JudgementName(kpi.judgement), causes, kpi.implementation_status.text,
                     kpi.reason_for_delay.text, kpi.issues.text, kpi.next_steps.text);
}

}  // namespace

std::string Describe(const ProgressSheet& sheet) {
  std::string text = fmt::format("{} {}\n", sheet.fiscal_year, fmt::join(sheet.levels, "/"));
  for (const YearColumns& year : sheet.years) {
    text += fmt::format("{}{}{}\n", year.year, year.target ? " target" : "", year.actual ? " actual" : "");
  }
  for (size_t i = 0; i < sheet.nodes.size(); ++i) {
    const Node& node = sheet.nodes[i];
    text += fmt::format("#{} level {} in #{} [{}] {}{}\n", i, node.level, node.parent, node.number,
                        node.title, node.provisional ? "?" : "");
  }
  for (const KpiRow& kpi : sheet.rows) text += Describe(kpi);
  return text;
}

}  // namespace seisaku::documents
