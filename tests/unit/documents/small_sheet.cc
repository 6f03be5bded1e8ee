#include "tests/unit/documents/small_sheet.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/unit/documents/dump.h"

namespace seisaku::documents {

std::string SmallSheetText(const std::vector<SmallRow>& rows) {
  std::string text =
      "基本情報\t\t\t取組内容\t\tKPIの達成状況\t\t\t\t\t\t方向性\t\t担当課\n"
      "大目標\t小目標\t施策\t取組\t取組の実施状況\t指標名\t令和5年度目標値\t令和5年度実績値\t目標値("
      "令和7年度)\t"
      "進捗評価\t進捗が遅れている理由\t課題\t今後の方策等\t\n";
  for (const SmallRow& row : rows) {
    text += fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t-\t-\t{}\n", fmt::join(row.headings, "\t"),
                        row.action, row.status, row.name, row.target, row.actual, row.later, row.judgement,
                        row.reason, row.department);
  }
  return text;
}

ProgressSheet ReadSmallSheet(const std::vector<SmallRow>& rows, const Confirmations& confirmations) {
  return ReadProgressSheet(SmallSheetText(rows), confirmations);
}

std::string PathOf(const ProgressSheet& sheet, size_t index) {
  std::string path;
  for (int at = sheet.rows.at(index).node; at >= 0; at = sheet.nodes[static_cast<size_t>(at)].parent) {
    const std::string& title = sheet.nodes[static_cast<size_t>(at)].title;
    path = path.empty() ? title : fmt::format("{} > {}", title, path);
  }
  return path;
}

std::vector<Finding> FindingsOf(const std::vector<Finding>& findings, std::string_view code) {
  std::vector<Finding> found;
  for (const Finding& finding : findings) {
    if (finding.code == code) found.push_back(finding);
  }
  return found;
}

Finding OnlyFinding(const std::vector<Finding>& findings, std::string_view code) {
  const std::vector<Finding> found = FindingsOf(findings, code);
  EXPECT_EQ(found.size(), 1U) << code << "\n" << Dump(findings);
  return found.empty() ? Finding{} : found[0];
}

}  // namespace seisaku::documents
