#include "tools/policyctl/import/differences.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/policyctl/contract_words.h"

namespace seisaku::policyctl::imports {
namespace {

TEST(DifferencesTest, JapaneseHasNoNamesOfTheContract) {
  ImportPlan plan;
  catalog::v1::UpdateKpi& update = *plan.catalog.emplace_back().mutable_update_kpi();
  update.mutable_kpi()->set_name("plans/p/kpis/k");
  update.mutable_update_mask()->add_paths("departments");
  update.mutable_update_mask()->add_paths("first_year");
  progress::v1::Narrative& narrative = *plan.progress.emplace_back().mutable_record_narrative();
  narrative.set_kind(progress::v1::NARRATIVE_KIND_ISSUES);
  narrative.set_text("担い手の不足");
  const std::vector<Difference> japanese = DifferencesOf(plan, Language::kJapanese);
  EXPECT_EQ(japanese[0].detail, "担当課、開始年度");
  EXPECT_EQ(InWords(Language::kJapanese, japanese[0].action), "指標の変更");
  EXPECT_EQ(japanese[1].detail, "課題: 担い手の不足");
  EXPECT_EQ(DifferencesOf(plan)[1].detail, "NARRATIVE_KIND_ISSUES: 担い手の不足");
}

}  // namespace
}  // namespace seisaku::policyctl::imports
