#include "tools/policyctl/commands/tree_ends.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/policyctl/answers.h"

namespace seisaku::policyctl {
namespace {

TEST(TreeEndsTest, WhatIsBelowARetiredNodeEndsWithIt) {
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
  EXPECT_THAT(EndsOf(tree), testing::ElementsAre(2025, 2025, 2024, 2025, 2025, 2025, 2025, 0, 2030, 0));
}

}  // namespace
}  // namespace seisaku::policyctl
