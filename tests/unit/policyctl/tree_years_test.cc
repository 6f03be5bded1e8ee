#include "tools/policyctl/commands/tree_years.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/policyctl/answers.h"

namespace seisaku::policyctl {
namespace {

using testing::ElementsAre;

TEST(TreeYearsTest, WhatIsBelowARetiredNodeEndsWithIt) {
  const auto tree = Read<catalog::v1::GetTreeResponse>(R"(
      items { depth: 0 node { retired_from_year: 2025 } }
      items { depth: 1 kpi {} }
      items { depth: 1 kpi { retired_from_year: 2024 } }
      items { depth: 1 node { retired_from_year: 2026 } }
      items { depth: 2 node {} }
      items { depth: 3 kpi {} }
      items { depth: 1 node {} }
      items { depth: 0 node {} }
      items { depth: 1 kpi { retired_from_year: 2030 } }
      items { depth: 1 node {} })");
  std::vector<int> ends;
  for (const ItemYears& years : YearsOf(tree)) ends.push_back(years.retired_from_year);
  EXPECT_THAT(ends, ElementsAre(2025, 2025, 2024, 2025, 2025, 2025, 2025, 0, 2030, 0));
}

TEST(TreeYearsTest, WhatIsBelowANodeBeginsWithItOrLater) {
  const auto tree = Read<catalog::v1::GetTreeResponse>(R"(
      items { depth: 0 node { first_year: 2022 } }
      items { depth: 1 kpi {} }
      items { depth: 1 kpi { first_year: 2022 } }
      items { depth: 1 node { first_year: 2023 } }
      items { depth: 2 kpi { first_year: 2022 } }
      items { depth: 0 node { first_year: 2023 } }
      items { depth: 1 kpi { first_year: 2024 } })");
  std::vector<int> firsts;
  std::vector<bool> later;
  for (const ItemYears& years : YearsOf(tree)) {
    firsts.push_back(years.first_year);
    later.push_back(years.begins_later);
  }
  EXPECT_THAT(firsts, ElementsAre(2022, 2022, 2022, 2023, 2023, 2023, 2024));
  EXPECT_THAT(later, ElementsAre(false, false, false, true, false, true, true));
}

}  // namespace
}  // namespace seisaku::policyctl
