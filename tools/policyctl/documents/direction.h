// Which way a KPI is meant to go, proposed from the words of its name.
#pragma once

#include <string_view>

#include "tools/policyctl/documents/cell_value.h"
#include "tools/policyctl/documents/confirmations.h"

namespace seisaku::documents {

// How a KPI's direction was decided.
enum class DirectionBasis {
  kConfirmed,   // the sidecar says so
  kPrinted,     // the row prints it: an arrow, 減少を目指す
  kTextTarget,  // the year's target is words
  kName,        // the name has a word for what should get less (事故), or such a word turned round (除却)
  kDefault,     // nothing in the name speaks against "more is better"
};

// Whether a person has said it, in the sidecar or on the sheet. What is not is only proposed.
bool IsConfirmed(DirectionBasis basis);

struct DecidedDirection {
  Direction direction = Direction::kIncrease;
  DirectionBasis basis = DirectionBasis::kDefault;
};

// From the name alone: kName or kDefault.
DecidedDirection ProposeDirection(std::string_view kpi_name);

// Whether the later target moves against `direction`, in any component that both have: then a person should
// confirm. False where the two cannot be compared.
bool MovesAgainst(Direction direction, const CellValue& target, const CellValue& later_target);

// For people: "増加 (increase)" and the like.
std::string_view DirectionName(Direction direction);
std::string_view DirectionBasisName(DirectionBasis basis);

}  // namespace seisaku::documents
