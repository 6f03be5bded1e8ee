// Sheets of a few rows, each with one kind of damage.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/policyctl/documents/progress_sheet.h"

namespace seisaku::documents {

// What a row prints; the rest is filled in so that nothing else is remarkable.
struct SmallRow {
  std::vector<std::string> headings;  // as printed: three cells, or fewer where the row has lost some
  std::string action;                 // empty: blank
  std::string name = "参加者数";
  std::string target = "10人";
  std::string actual = "12人";
  std::string later = "15人";
  std::string judgement = "順調に進捗";
  std::string reason = "-";
  std::string department = "企画課";
  std::string status = "実施した。";
};

// Lines 1 and 2 are the header, rows begin in line 3.
std::string SmallSheetText(const std::vector<SmallRow>& rows);
ProgressSheet ReadSmallSheet(const std::vector<SmallRow>& rows, const Confirmations& confirmations = {});

// "政策 > 施策 …" of the action of row `index`, titles only.
std::string PathOf(const ProgressSheet& sheet, size_t index);

// The findings of one code.
std::vector<Finding> FindingsOf(const std::vector<Finding>& findings, std::string_view code);
// The only finding of a code; fails the test when there is none or another.
Finding OnlyFinding(const std::vector<Finding>& findings, std::string_view code);

}  // namespace seisaku::documents
