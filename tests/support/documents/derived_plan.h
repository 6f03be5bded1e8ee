// What a city does and measures over the years: what each year's sheet is printed from.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tests/support/documents/derived_cells.h"
#include "tests/support/documents/random_source.h"

namespace seisaku::documents {

// The sheets, by index, in which something is printed.
struct DerivedSpan {
  size_t first = 0;
  size_t last = 0;
  bool Has(size_t sheet) const { return first <= sheet && sheet <= last; }
};

struct DerivedKpi {
  int id = 0;  // no other has it
  std::string name;
  std::vector<std::string> departments;
  DerivedSeries series;
  DerivedSpan span;
  bool continues = false;     // printed without its 主な取組 where the row before is of the same one
  bool dashes_first = false;  // the first sheet has no figure of it
  // The KPI's id in the plan, where another one of its name ended or begins: people say which is which.
  std::string confirmed_id;
};

// KPIs that are printed one after the other under one 主な取組.
struct DerivedGroup {
  std::string action;
  DerivedSpan span;
  std::vector<DerivedKpi> kpis;
};

// Its number is its place among those that a sheet prints.
struct DerivedHeading {
  std::string title;
  DerivedSpan span;
  bool is_twin = false;  // another one beside it has its title, and another number
  std::vector<DerivedHeading> below;
  std::vector<DerivedGroup> groups;  // of the lowest
};

struct DerivedPlan {
  std::vector<std::string> levels;
  std::vector<int> years;  // of the sheets, the earliest first
  std::vector<DerivedHeading> goals;
  bool IsOneYears() const { return years.size() == 1; }
};

// What a sheet has under each heading it prints is never nothing, and something of it is always there as long
// as the heading is.
DerivedPlan DerivePlan(RandomSource& random, DerivedNames& names, size_t sheets);

}  // namespace seisaku::documents
