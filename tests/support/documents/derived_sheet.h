// Random progress sheets: other names, years, figures, units and pages than any real one, with the damage of
// printed tables, and the model that a reader must find all the same.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/policyctl/documents/progress_sheet.h"

namespace seisaku::documents {

struct DerivedSheet {
  std::string text;
  ProgressSheet expected;  // without findings, and without the places where things are printed
  // Which KPI each row is about.
  struct Kpi {
    int id = 0;                // the same in every sheet of a plan
    std::string confirmed_id;  // that people have to give it, because another one has its name; else empty
  };
  std::vector<Kpi> kpis;
};

// The same seed gives the same sheet. What is damaged stays decidable: two readings are never equally good.
DerivedSheet DeriveSheet(uint64_t seed);

// The sheets of so many years of one plan, the earliest first: headings and KPIs come, go and are renumbered,
// a KPI's first sheet may have only 「-」, another one may take its name, and a year's figure is the same
// wherever it is printed. No name is lost in them.
std::vector<DerivedSheet> DeriveSheets(uint64_t seed, size_t years);

// Everything of a sheet but findings and source cells, one line per node and row, for comparing.
std::string Describe(const ProgressSheet& sheet);

}  // namespace seisaku::documents
