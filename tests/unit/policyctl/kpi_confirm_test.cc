#include "tools/policyctl/commands/kpi_confirm.h"

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/text.h"
#include "tests/support/matchers.h"
#include "tests/unit/policyctl/answers.h"
#include "tools/policyctl/failure.h"
#include "tools/policyctl/output.h"

namespace seisaku::policyctl {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

std::vector<catalog::v1::Kpi> Kpis() {
  return {Read<catalog::v1::Kpi>(R"(
              name: "plans/p/kpis/fires" title: "火災発生件数" direction: DIRECTION_INCREASE etag: "7"
              direction_unconfirmed: true
              targets { reporting_year: 2022 values { value { number { value { value: "25" } unit: "件" } } } }
              targets { reporting_year: 2024 values { value { number { value { value: "20" } unit: "件" } } } })"),
          Read<catalog::v1::Kpi>(R"(
              name: "plans/p/kpis/health" title: "健康寿命" direction: DIRECTION_INCREASE etag: "8"
              targets {
                reporting_year: 2022
                values { component: "男性" value { number { value { value: "78.46" } unit: "歳" } } }
                values { component: "女性" value { number { value { value: "80.66" } unit: "歳" } } }
              })")};
}

TEST(KpiConfirmTest, ConfirmsOnlyWhatIsUnconfirmedAgainstWhatWasShown) {
  const auto changes = ConfirmingChanges(Kpis(), {.tolerance = {}, .reason = "要綱による"});
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_EQ(changes[0].reason(), "要綱による");
  const catalog::v1::UpdateKpi& update = changes[0].update_kpi();
  EXPECT_EQ(update.kpi().name(), "plans/p/kpis/fires");
  EXPECT_EQ(update.kpi().etag(), "7");
  EXPECT_FALSE(update.kpi().direction_unconfirmed());
  EXPECT_THAT(update.update_mask().paths(), ElementsAre("direction_unconfirmed"));
}

TEST(KpiConfirmTest, AnotherDirectionIsTakenForEveryKpiThatIsNamed) {
  const auto changes =
      ConfirmingChanges(Kpis(), {.direction = type::v1::DIRECTION_DECREASE, .tolerance = {}, .reason = {}});
  ASSERT_THAT(changes, SizeIs(2));
  EXPECT_EQ(changes[1].update_kpi().kpi().direction(), type::v1::DIRECTION_DECREASE);
  EXPECT_THAT(changes[1].update_kpi().update_mask().paths(), ElementsAre("direction"));
}

TEST(KpiConfirmTest, AToleranceGoesWithItsDirection) {
  auto kpis = Kpis();
  const auto kept =
      ConfirmingChanges(kpis, {.direction = type::v1::DIRECTION_KEEP_WITHIN, .tolerance = "2", .reason = {}});
  EXPECT_THAT(kept[0].update_kpi().update_mask().paths(), ElementsAre("direction", "tolerance"));
  EXPECT_EQ(kept[0].update_kpi().kpi().tolerance().value(), "2");
  kpis[0].mutable_tolerance()->set_value("2");
  const auto dropped =
      ConfirmingChanges(kpis, {.direction = type::v1::DIRECTION_DECREASE, .tolerance = {}, .reason = {}});
  EXPECT_THAT(dropped[0].update_kpi().update_mask().paths(), ElementsAre("direction", "tolerance"));
  EXPECT_FALSE(dropped[0].update_kpi().kpi().has_tolerance());
}

TEST(KpiConfirmTest, AToleranceThatIsMissingOrNoNumberIsToldByItsOption) {
  const Confirmation missing = {.direction = type::v1::DIRECTION_KEEP_WITHIN, .tolerance = {}, .reason = {}};
  EXPECT_THAT(CheckTolerance(missing), HasReason("OPTION_MISSING"));
  const Confirmation words = {
      .direction = type::v1::DIRECTION_KEEP_WITHIN, .tolerance = "少し", .reason = {}};
  EXPECT_THAT(CheckTolerance(words), HasReason("OPTION_VALUE_INVALID"));
  EXPECT_THAT(
      DescribeFailure(Language::kJapanese, "policyctl kpi confirm", "policyctl", CheckTolerance(words)),
      testing::HasSubstr("--tolerance の値が正しくありません。整数部18桁、小数部6桁までの数値に"));
  EXPECT_TRUE(
      CheckTolerance({.direction = type::v1::DIRECTION_KEEP_WITHIN, .tolerance = "2.5", .reason = {}}).ok());
  EXPECT_TRUE(
      CheckTolerance({.direction = type::v1::DIRECTION_DECREASE, .tolerance = {}, .reason = {}}).ok());
}

TEST(KpiConfirmTest, ShowsWhatWillBeConfirmed) {
  const Table table = ConfirmTable(Language::kJapanese, Kpis());
  const auto records = table.Records();
  EXPECT_THAT(records[0], ElementsAre("ID", "指標", "望ましい方向", "目標値", "後の目標値"));
  EXPECT_THAT(records[1], ElementsAre("fires", "火災発生件数", "増加が望ましい", "25件（令和4年度）",
                                      "20件（令和6年度）"));
  EXPECT_THAT(records[2], ElementsAre("health", "健康寿命", "増加が望ましい",
                                      "男性 78.46歳、女性 80.66歳（令和4年度）", ""));
  EXPECT_EQ(ConfirmTable(Language::kEnglish, Kpis()).Records()[1][2], "more is better");
}

TEST(KpiConfirmTest, ANarrowTerminalKeepsWhatIsNeededToDecide) {
  auto kpis = Kpis();
  kpis[0].set_title("一人当たりの市民農園の利用面積と利用者の人数");
  const Table table = ConfirmTable(Language::kJapanese, kpis);
  for (const int width : {80, 60}) {
    const std::string text = RenderFitting(Language::kJapanese, table, {.terminal_width = width});
    EXPECT_THAT(text, testing::HasSubstr("後の目標値"));
    EXPECT_THAT(text, testing::HasSubstr("増加が望ましい"));
    EXPECT_THAT(text, testing::HasSubstr("20件（"));
    for (const std::string& line : std::vector<std::string>(absl::StrSplit(text, '\n')))
      EXPECT_LE(DisplayWidth(line), width);
  }
  EXPECT_THAT(RenderFitting(Language::kJapanese, table, {.terminal_width = 40}),
              testing::HasSubstr("目標値"));
}

}  // namespace
}  // namespace seisaku::policyctl
