// Random cells of a progress sheet: each with the text as printed and what a reader must find in it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/support/documents/random_source.h"
#include "tools/policyctl/documents/progress_sheet.h"

namespace seisaku::documents {

// Names that occur once in a document. Some begin with digits that are a part of a word: 5G環境の整備.
class DerivedNames {
 public:
  explicit DerivedNames(RandomSource& random) : random_(random) {}
  std::string Title();    // 地域公園の整備
  std::string Action();   // one to three titles with spaces between them
  std::string KpiName();  // …数; `less_is_better` where its words say so
  std::string Department();
  std::string Sentence();

 private:
  std::string Unique(std::string name);

  RandomSource& random_;
  std::set<std::string> used_;
};

// "令和4年度", "R4年度", "2022(R4)年度", "平成34年度", "令和四年度" and the like.
std::string PrintFiscalYear(RandomSource& random, int year);

// `text` in another spelling that a person takes for the same, where it has something to spell otherwise.
std::string Respelled(RandomSource& random, std::string text);

// A heading's number.
enum class PrintedNumber { kPlain, kCircled, kBracketed, kLost };

// "1 名", "１　名", "1.名", "①名", "(2) 名" or "名"; `number` is set to its printed number. A plain number
// stands right before the title ("1名") only where that `may_touch`.
std::string PrintHeading(RandomSource& random, PrintedNumber form, int value, const std::string& title,
                         bool may_touch, std::string& number);

struct DerivedUnit {
  std::string printed;
  std::string base;
  std::string misread;  // as damaged print shows it
};

// What a KPI is counted in, and its figures as far as they have been printed: the next sheet prints the same.
struct DerivedSeries {
  bool words = false;
  DerivedUnit unit;
  std::vector<std::string> components;
  int decimals = 0;
  bool of_one_sheet = true;  // no other sheet has to agree with what is printed
  int first_year = 0;        // there is no figure of the years before it
  int last_judged = 0;       // the last year that has a sheet
  std::map<int, CellValue> targets;
  std::map<int, CellValue> actuals;
};

DerivedSeries DeriveSeries(RandomSource& random, bool of_one_sheet);

// What the cells of a KPI's values are like; the same for the whole row.
struct DerivedValues {
  std::vector<YearFigures> years;
  std::string unit;
  std::vector<std::string> components;
};

// Of the years' columns: numbers of one or more components, scaled or not, words, or nothing for an actual.
// Each value's source.printed is the text to print. The year that is judged has a target, but where there are
// `only_dashes`.
DerivedValues DeriveValues(RandomSource& random, const std::vector<YearColumns>& years, int fiscal_year,
                           bool only_dashes, DerivedSeries& series);

// `text` with its ASCII digits, commas, points and percent signs in full width.
std::string ToFullWidth(const std::string& text);

}  // namespace seisaku::documents
