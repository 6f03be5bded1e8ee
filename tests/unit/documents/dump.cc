#include "tests/unit/documents/dump.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace seisaku::documents {

namespace {

std::string Start(std::string_view text, int characters) {
  for (size_t i = 0; i < text.size(); ++i) {
    const bool starts_character = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    if (starts_character && characters-- == 0)
      return fmt::format("{}…({} bytes)", text.substr(0, i), text.size());
  }
  return std::string(text);
}

std::string At(const SourceCell& cell) { return fmt::format("{}:{}", cell.line, cell.column); }

std::string Dump(const CellValue& value) {
  std::string text;
  for (const Component& number : value.numbers) {
    text += fmt::format("{}{}[{}|{}]", text.empty() ? "" : " ", number.name, number.quantity.value.ToString(),
                        number.quantity.unit);
  }
  if (value.kind == CellValue::Kind::kText) text = fmt::format("\"{}\"", value.text);
  if (value.kind == CellValue::Kind::kMissing) text = "missing";
  if (value.period) text += fmt::format(" about {}", PeriodName(*value.period));
  if (value.provisional) text += " provisional";
  return fmt::format("{} @{} <{}>", text, At(value.source), value.source.printed);
}

std::string Dump(const Narrative& narrative) {
  return fmt::format("@{} {}", At(narrative.source), Start(narrative.text, 24));
}

std::string Path(const ProgressSheet& sheet, int node) {
  std::string path;
  for (int at = node; at >= 0; at = sheet.nodes[static_cast<size_t>(at)].parent) {
    path = fmt::format("{}{}", at, path.empty() ? "" : " > " + path);
  }
  return path;
}

std::string Dump(const ProgressSheet& sheet, const KpiRow& kpi) {
  std::string causes;
  for (Cause cause : kpi.causes) causes += fmt::format(" {}", CauseName(cause));
  std::string text = fmt::format("KPI {} @{}{}\n", kpi.name, At(kpi.name_source),
                                 kpi.provisional_name ? " provisional" : "");
  if (kpi.confirmed.corrected_name)
    text += fmt::format("  corrected name {}\n", *kpi.confirmed.corrected_name);
  if (kpi.confirmed.id) text += fmt::format("  id {}\n", *kpi.confirmed.id);
  text += fmt::format("  under {}\n", Path(sheet, kpi.node));
  text += fmt::format("  departments @{} {}\n", At(kpi.department_source), fmt::join(kpi.departments, " + "));
  text +=
      fmt::format("  unit {} components [{}] direction {} by {}\n", kpi.unit, fmt::join(kpi.components, ","),
                  DirectionName(kpi.direction.direction), DirectionBasisName(kpi.direction.basis));
  for (const YearFigures& year : kpi.years) {
    const bool judged = year.year == kpi.fiscal_year;
    const std::string name = judged ? "" : fmt::format("{} ", year.year);
    const bool later = year.year > kpi.fiscal_year;
    if (year.target)
      text += fmt::format("  {}{}\n", later ? "later  " : name + "target ", Dump(*year.target));
    if (year.actual) text += fmt::format("  {}actual {}\n", name, Dump(*year.actual));
  }
  text += fmt::format("  {}{} @{} <{}>{}\n", JudgementName(kpi.judgement), causes, At(kpi.judgement_source),
                      kpi.judgement_source.printed, kpi.Judged().met_proposed ? " met proposed" : "");
  text +=
      fmt::format("  status {}\n  delay  {}\n", Dump(kpi.implementation_status), Dump(kpi.reason_for_delay));
  text += fmt::format("  issues {}\n  next   {}\n", Dump(kpi.issues), Dump(kpi.next_steps));
  return text;
}

}  // namespace

std::string Dump(const Manifesto& manifesto) {
  std::string text =
      fmt::format("title {}\nlevels {}\n", manifesto.title, fmt::join(manifesto.levels, " / "));
  for (const Item& item : manifesto.items) {
    text += fmt::format("{:{}}{} {} @{}:{}{}\n", "", item.level * 2, item.number, item.title, item.line,
                        item.column, item.provisional ? " provisional" : "");
  }
  return text;
}

std::string Dump(const ProgressSheet& sheet) {
  std::string text = fmt::format("years {}", sheet.fiscal_year);
  for (const YearColumns& year : sheet.years) {
    if (year.year != sheet.fiscal_year) text += fmt::format(" {}", year.year);
  }
  text += fmt::format("\nlevels {}\n", fmt::join(sheet.levels, " / "));
  for (size_t i = 0; i < sheet.nodes.size(); ++i) {
    const Node& node = sheet.nodes[i];
    text += fmt::format("{:{}}#{} [{}] {} @{} <{}> in {}{}\n", "", node.level * 2, i, node.number, node.title,
                        At(node.source), node.level < 3 ? node.source.printed : "", node.parent,
                        node.provisional ? " provisional" : "");
  }
  for (const KpiRow& kpi : sheet.rows) text += Dump(sheet, kpi);
  return text;
}

std::string Dump(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += fmt::format("{}:{} {} {} {} <{}> -> {}\n", finding.line, finding.column,
                        SeverityName(finding.severity), finding.code, finding.column_name,
                        Start(finding.printed, 40), Start(finding.made, 60));
  }
  return text;
}

std::string ReadSourceFile(std::string_view path) {
  std::ifstream file(fmt::format("{}/{}", SEISAKU_SOURCE_DIR, path), std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

}  // namespace seisaku::documents
