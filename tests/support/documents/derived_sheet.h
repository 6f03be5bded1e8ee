// Random progress sheets: other names, years, figures, units and pages than any real one, with the damage of
// printed tables, and the model that a reader must find all the same.
#pragma once

#include <cstdint>
#include <string>

#include "tools/policyctl/documents/progress_sheet.h"

namespace seisaku::documents {

struct DerivedSheet {
  std::string text;
  ProgressSheet expected;  // without findings, and without the places where things are printed
};

// The same seed gives the same sheet. What is damaged stays decidable: two readings are never equally good.
DerivedSheet DeriveSheet(uint64_t seed);

// Everything of a sheet but findings and source cells, one line per node and row, for comparing.
std::string Describe(const ProgressSheet& sheet);

}  // namespace seisaku::documents
