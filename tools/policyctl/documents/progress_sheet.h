// The progress sheet of a strategy (総合戦略の進捗管理シート) as plain data. It judges one fiscal year and
// prints targets and actuals of as many as it has columns for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/policyctl/documents/cell_value.h"
#include "tools/policyctl/documents/confirmations.h"
#include "tools/policyctl/documents/direction.h"
#include "tools/policyctl/documents/finding.h"
#include "tools/policyctl/documents/heading_tree.h"
#include "tools/policyctl/documents/judgement.h"
#include "tools/policyctl/documents/sheet_header.h"

namespace seisaku::documents {

// A text of the sheet, byte for byte without white space at its ends; empty where none ("-") is printed.
struct Narrative {
  std::string text;
  SourceCell source;
};

// What a row prints for one year; nullopt where the sheet has no such column.
struct YearFigures {
  int year = 0;
  std::optional<CellValue> target;
  std::optional<CellValue> actual;
  // Qualitative only: the actual is word for word the target. Nothing else is proposed.
  bool met_proposed = false;
};

// One row: a KPI with what the sheet says about it.
struct KpiRow {
  std::string name;               // as printed; 〔指標名欠落〕 where it was lost
  bool provisional_name = false;  // it was lost
  SourceCell name_source;
  ConfirmedKpi confirmed;                // from the confirmations; empty for nothing
  int node = 0;                          // of its 主な取組, index into ProgressSheet::nodes
  std::vector<std::string> departments;  // in printed order
  SourceCell department_source;
  std::string unit;                     // of the values' base: 人 for 33万人; empty for words
  std::vector<std::string> components;  // 小学校, 中学校; empty for one series
  DecidedDirection direction;
  std::vector<YearFigures> years;             // as ProgressSheet::years
  int fiscal_year = 0;                        // as ProgressSheet::fiscal_year
  Judgement judgement = Judgement::kOnTrack;  // as the city assessed it
  std::vector<Cause> causes;                  // empty for none
  SourceCell judgement_source;
  Narrative implementation_status;
  Narrative reason_for_delay;  // or for 評価不可, with its ※ heading as printed
  Narrative issues;
  Narrative next_steps;

  // The figures of the year that is judged: with a target and an actual.
  const YearFigures& Judged() const;
  // Every value: target and actual of the year that is judged, then the others by year.
  std::vector<const CellValue*> Values() const;
  // The earliest year that it prints a figure of; at the latest the year that is judged.
  int FirstYear() const;
};

struct ProgressSheet {
  int fiscal_year = 0;              // that its judgements and texts are about: 令和4年度 is 2022
  std::vector<YearColumns> years;   // the earliest first
  std::vector<std::string> levels;  // names of the levels, highest first; the last one is 主な取組
  std::vector<Node> nodes;          // in the order in which they are printed first
  std::vector<KpiRow> rows;         // in printed order
  // The KPIs whose rows could not be read, in printed order. They are not absent from the document.
  std::vector<std::string> left_out;
  std::vector<Finding> findings;  // by line and column
};

// Reads the text of a progress sheet (UTF-8, tab separated). Every repair is a finding. When a finding is
// fatal (HasFatal), all of them are collected, the rest is what could be read and must not be imported.
// Confirmations never change what is read; they decide directions without a finding, each row carries what is
// confirmed of it (a heading that they name is its title, or the whole cell as printed), and they say which
// year is judged where the document does not: it does by its only column of actuals, by the judgement's
// column (令和4年度進捗評価), or by a title above the table.
ProgressSheet ReadProgressSheet(std::string_view bytes, const Confirmations& confirmations);

// What somebody says of a sheet of which one heading was read as two (TWO_LEVELS, TWO_HEADINGS), which
// refuses it: that they are two. They are warnings then.
void AcceptTwoHeadings(ProgressSheet& sheet);

}  // namespace seisaku::documents
