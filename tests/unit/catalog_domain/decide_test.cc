// What changes come to when they are made.
#include <string>
#include <tuple>

#include "fmt/format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/catalog_domain/catalog.h"

namespace seisaku::catalog {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class DecideTest : public testing::Test {
 protected:
  DecideTest() { HavePlan(catalog_); }

  v1::Kpi Kpi(std::string_view id) {
    View view = catalog_.Now();
    return view.Render(*view.FindKpi("p", id));
  }
  v1::Node Node(std::string_view id) {
    View view = catalog_.Now();
    return view.Render(*view.FindNode("p", id));
  }

  Catalog catalog_;
};

class NoChangeTest : public testing::TestWithParam<const char*> {};

TEST_P(NoChangeTest, AddsNoEntry) {
  Catalog catalog;
  HavePlan(catalog);
  EXPECT_THAT(catalog.Apply(GetParam()), IsOkAndHolds(0));
}

INSTANTIATE_TEST_SUITE_P(
    Changes, NoChangeTest,
    testing::Values(
        R"(create_plan { name: "plans/p" title: "総合戦略" levels: "政策" levels: "施策" rule { method: "ratio/1"
            on_track_percent { value: "100" } mostly_on_track_percent { value: "97" } } rule_version: 7 })",
        R"(update_plan { plan { name: "plans/p" title: "総合戦略" etag: "2" } update_mask { paths: "title" } })",
        R"(reason: "r" set_rule { plan: "plans/p" rule { method: "ratio/1"
            on_track_percent { value: "100" } mostly_on_track_percent { value: "97" } } })",
        R"(create_node { name: "plans/p/nodes/n1" title: "産業" number: "1" })",
        R"(create_node { name: "plans/p/nodes/n1" title: "産業" number: "1" order: 1 etag: "0" })",
        R"(update_node { node { name: "plans/p/nodes/n1" title: "産業" } update_mask { paths: "title" } })",
        R"(move_node { name: "plans/p/nodes/n2" parent: "plans/p/nodes/n1" })",
        R"(move_node { name: "plans/p/nodes/n2" parent: "plans/p/nodes/n1" order: 1 })",
        R"(create_kpi { name: "plans/p/kpis/k2" node: "plans/p/nodes/n1" title: "就業率" unit: "%"
            direction: DIRECTION_INCREASE components: "男性" components: "女性" })",
        R"(set_target { kpi: "plans/p/kpis/k1" target { reporting_year: 2022 revision: 9 position: 9
            values { value { number { value { value: "33" } unit: "万人" } printed: "33万人" } } } })",
        R"(create_department { name: "departments/d1" title: "企画課" })",
        R"(update_department { department { name: "departments/d1" title: "企画課" }
            update_mask { paths: "title" } })"));

TEST_F(DecideTest, AnotherScaleOfTheSameNumberIsAnotherTarget) {
  EXPECT_THAT(catalog_.Apply(R"(reason: "r" set_target { kpi: "plans/p/kpis/k1" target { reporting_year: 2022
      values { value { number { value { value: "33.0" } unit: "万人" } printed: "33万人" } } } })"),
              IsOkAndHolds(1));
}

TEST_F(DecideTest, PlacesWhatComesWithoutAnOrderLast) {
  catalog_.Have(R"(create_node { name: "plans/p/nodes/n9" title: "九" order: 9 })");
  catalog_.Have(R"(create_node { name: "plans/p/nodes/n0" title: "十" })");
  EXPECT_EQ(Node("n0").order(), 10u);
  EXPECT_EQ(Kpi("k2").order(), 2u);
}

TEST_F(DecideTest, GivesTheEventItsTypeResourceReasonAndSource) {
  ASSERT_OK_AND_ASSIGN(auto events, catalog_.Decide(R"(
      source { document: "sheet.txt" document_sha256: "0123456789abcdef0123456789abcdef" line: 5 }
      reason: "統合" retire_kpi { name: "plans/p/kpis/k1" from_year: 2024 })"));
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].type, "seisaku.catalog.v1.Event/kpi_retired");
  EXPECT_EQ(events[0].resource, "plans/p/kpis/k1");
  EXPECT_THAT(events[0].texts, ElementsAre("統合"));
  ASSERT_TRUE(events[0].source.has_value());
  EXPECT_EQ(events[0].source->line(), 5u);
  v1::Event event;
  ASSERT_TRUE(event.ParseFromString(events[0].payload));
  EXPECT_TRUE(event.has_reason());
  EXPECT_EQ(event.kpi_retired().from_year(), 2024);
}

TEST_F(DecideTest, AnEtagIsThePositionOfTheLastChangeOfTheResourceAndWhatBelongsToIt) {
  EXPECT_EQ(Kpi("k1").etag(), "7");
  catalog_.Have(R"(reason: "r" set_rule { plan: "plans/p" etag: "2" rule { method: "ratio/1"
      on_track_percent { value: "100" } mostly_on_track_percent { value: "90" } } })");
  View view = catalog_.Now();
  v1::Plan plan = view.Render(*view.FindPlan("p"));
  EXPECT_EQ(plan.etag(), "8");
  EXPECT_EQ(plan.rule_version(), 2u);
  EXPECT_THAT(catalog_.Apply(R"(update_plan { plan { name: "plans/p" title: "改" etag: "2" }
      update_mask { paths: "title" } })"),
              HasReason("ETAG_MISMATCH"));
  EXPECT_THAT(catalog_.Apply(R"(update_plan { plan { name: "plans/p" title: "改" etag: "8" }
      update_mask { paths: "title" } })"),
              IsOkAndHolds(1));
}

TEST_F(DecideTest, AnUpdateTakesOnlyTheFieldsOfItsMask) {
  catalog_.Have(
      R"(update_kpi { kpi { name: "plans/p/kpis/k1" title: "総人口" unit: "件" departments: "departments/d1" }
      update_mask { paths: "title" paths: "departments" paths: "baseline" } })");
  v1::Kpi kpi = Kpi("k1");
  EXPECT_EQ(kpi.title(), "総人口");
  EXPECT_EQ(kpi.unit(), "人");
  EXPECT_THAT(kpi.departments(), ElementsAre("departments/d1"));
  EXPECT_THAT(kpi.baseline(), IsEmpty());
  EXPECT_THAT(kpi.targets(), SizeIs(1));
}

TEST_F(DecideTest, ComponentsKeepTheirPrintedOrder) {
  catalog_.Have(R"(set_target { kpi: "plans/p/kpis/k2" target { reporting_year: 2022
      values { component: "女性" value { text: "増やす" } }
      values { component: "男性" value { number { value { value: "85.0" } unit: "%" } } } } })");
  v1::Kpi kpi = Kpi("k2");
  ASSERT_THAT(kpi.targets(), SizeIs(1));
  EXPECT_EQ(kpi.targets(0).values(0).component(), "男性");
  EXPECT_EQ(kpi.targets(0).values(0).value().number().value().value(), "85.0");
  EXPECT_EQ(kpi.targets(0).values(1).value().text(), "増やす");
}

TEST_F(DecideTest, AReplacedTargetIsANewRevisionAndTheOldOneStays) {
  catalog_.Have(R"(reason: "見直し" set_target { kpi: "plans/p/kpis/k1" target { reporting_year: 2022
      values { value { number { value { value: "300000" } unit: "人" } } } } })");
  View view = catalog_.Now();
  auto kpi = *view.FindKpi("p", "k1");
  auto target = view.Target(kpi, 2022);
  ASSERT_TRUE(target.has_value());
  EXPECT_EQ(target->revision, 2u);
  EXPECT_EQ(target->position, 8u);
  EXPECT_THAT(view.TargetRevisions(kpi), SizeIs(2));
  EXPECT_EQ(catalog_.At(8).Target(kpi, 2022)->revision, 1u);
  EXPECT_FALSE(catalog_.At(7).Target(kpi, 2022).has_value());
}

TEST_F(DecideTest, ARetiredTitleMayBeGivenToAnotherDepartment) {
  catalog_.Have(R"(reason: "改組" retire_department { name: "departments/d1" from_year: 2024 })");
  EXPECT_THAT(catalog_.Apply(R"(create_department { name: "departments/d3" title: "企画課" })"),
              IsOkAndHolds(1));
  EXPECT_THAT(catalog_.Apply(R"(reason: "r" retire_department { name: "departments/d1" from_year: 2024 })"),
              IsOkAndHolds(0));
}

TEST_F(DecideTest, ATitleIsTakenWhileItsDepartmentIsInForce) {
  catalog_.Have(R"(reason: "改組" retire_department { name: "departments/d1" from_year: 2040 })");
  const char* const create = R"(create_department { name: "departments/d3" title: "企画課" })";
  const char* const rename = R"(update_department { department { name: "departments/d2" title: "企画課" }
      update_mask { paths: "title" } })";
  catalog_.now = absl::FromCivil(absl::CivilDay(2040, 3, 31), TokyoTime());
  EXPECT_THAT(catalog_.Apply(create), HasReason("TITLE_TAKEN"));
  EXPECT_THAT(catalog_.Apply(rename), HasReason("TITLE_TAKEN"));
  catalog_.now = absl::FromCivil(absl::CivilDay(2040, 4, 1), TokyoTime());
  EXPECT_THAT(catalog_.Apply(create), IsOkAndHolds(1));
}

TEST_F(DecideTest, ATargetOfItsOwnReportingYearIsTheSameAsWithout) {
  const auto target = [](const std::string& reason, const std::string& period) {
    return fmt::format(R"({} set_target {{ kpi: "plans/p/kpis/k1" target {{ reporting_year: 2022
        values {{ value {{ number {{ value {{ value: "33" }} unit: "万人" }} printed: "33万人" {} }} }} }} }})",
                       reason, period);
  };
  const std::string reason = "reason: \"見直し\"";
  EXPECT_THAT(catalog_.Apply(target("", "observed_period { fiscal_year: 2022 }")), IsOkAndHolds(0));
  EXPECT_THAT(catalog_.Apply(target(reason, "observed_period { calendar_year: 2022 }")), IsOkAndHolds(1));
  EXPECT_THAT(catalog_.Apply(target(reason, "observed_period { fiscal_year: 2022 }")), IsOkAndHolds(1));
  EXPECT_FALSE(Kpi("k1").targets(0).values(0).value().has_observed_period());

  // A log of an earlier build may have one.
  log::v1::Entry entry = catalog_.entries().back();
  v1::Event event;
  ASSERT_TRUE(event.ParseFromString(entry.payload()));
  type::v1::Value& value = *event.mutable_target_set()->mutable_target()->mutable_values(0)->mutable_value();
  value.mutable_observed_period()->set_fiscal_year(2022);
  entry.set_payload(event.SerializeAsString());
  ASSERT_THAT(catalog_.machine().Evolve(catalog_.state().size(), entry), IsOk());
  EXPECT_TRUE(Kpi("k1").targets(0).values(0).value().has_observed_period());
  EXPECT_THAT(catalog_.Apply(target("", "")), IsOkAndHolds(0));
}

TEST_F(DecideTest, WhatAValuePrintsSaysItsNumberAsFarAsItCanBeRead) {
  const auto create = [](const std::string& id, const std::string& value) {
    return fmt::format(R"(create_kpi {{ name: "plans/p/kpis/{}" node: "plans/p/nodes/n2" title: "指標"
        unit: "人" direction: DIRECTION_INCREASE baseline {{ value {{ {} }} }} }})",
                       id, value);
  };
  int made = 0;
  for (
      const char* value : {
          R"(number { value { value: "12" } unit: "人" })",
          R"(number { value { value: "12" } unit: "人" } printed: "12人")",
          R"(number { value { value: "12.0" } unit: "人" } printed: "１２人")",
          R"(number { value { value: "33" } unit: "万人" } printed: "33万人")",
          R"(number { value { value: "330000" } unit: "人" } printed: "33万人")",
          R"(number { value { value: "33" } unit: "万人" } printed: "33")",
          R"(number { value { value: "-3" } unit: "人" } printed: "▲3人")",
          R"(number { value { value: "12" } unit: "人" } printed: "3年間で12人")",
          R"(number { value { value: "12" } unit: "人" } printed: "男性 11人 女性 12人")",
          R"(number { value { value: "12" } unit: "人" } printed: "男性3人")",
          R"(text: "増やす" printed: "3人")",
          // What stands beside a number.
          R"(number { value { value: "60" } unit: "人" } qualifier: QUALIFIER_AT_LEAST printed: "60人以上")",
          R"(number { value { value: "60" } unit: "人" } qualifier: QUALIFIER_MORE_THAN printed: "６０超")",
          R"(number { value { value: "500" } unit: "人" } qualifier: QUALIFIER_ABOUT printed: "約500人")",
          R"(number { value { value: "500" } unit: "人" } qualifier: QUALIFIER_ABOUT printed: "500人程度")",
          R"(number { value { value: "30" } unit: "万人" } qualifier: QUALIFIER_RANGE_FROM printed: "30万人台")",
          R"(number { value { value: "100" } unit: "人" } note: "延べ" printed: "延べ100人")",
          R"(number { value { value: "100" } unit: "人" } note: "累計" printed: "累計 100人")",
          R"v(number { value { value: "45" } unit: "人" } note: "累計" printed: "45人(累計)")v",
          R"v(number { value { value: "41" } unit: "人" } note: "R5.3末" printed: "41人(R5.3末)")v",
          R"(number { value { value: "120" } unit: "人" } note: "*1" printed: "120人*1")",
          R"(number { value { value: "120" } unit: "人" } note: "※" printed: "120人※")",
          R"(number { value { value: "350" } unit: "人" } note: "12月末" printed: "12月末 350人")",
      }) {
    EXPECT_THAT(catalog_.Apply(create(fmt::format("said-{}", ++made), value)), IsOkAndHolds(1)) << value;
  }
  for (
      const char* value : {
          R"(number { value { value: "12" } unit: "人" } printed: "3人")",
          R"(number { value { value: "12" } unit: "人" } printed: "12万人")",
          R"(number { value { value: "12" } unit: "人" } printed: "１３")",
          R"(number { value { value: "12" } unit: "人" } printed: "-12人")",
          R"(number { value { value: "61" } unit: "人" } qualifier: QUALIFIER_AT_LEAST printed: "60人以上")",
          R"(number { value { value: "61" } unit: "人" } qualifier: QUALIFIER_ABOUT printed: "約60人")",
          R"(number { value { value: "61" } unit: "人" } note: "延べ" printed: "延べ60人")",
          R"v(number { value { value: "61" } unit: "人" } note: "累計" printed: "60人(累計)")v",
          R"(number { value { value: "3" } unit: "人" } qualifier: QUALIFIER_RANGE_FROM printed: "30万人台")",
      }) {
    const absl::Status refused = catalog_.Apply(create("other", value)).status();
    EXPECT_THAT(refused, HasReason("INVALID_FIELD")) << value;
    EXPECT_THAT(refused, HasItsFacts());
    EXPECT_EQ(GetBadRequest(refused)->field_violations(0).field(), "kpi.baseline[0].value.printed") << value;
  }
}

TEST_F(DecideTest, WhatIsPrintedMaySayTheSameInAnotherUnitOfTime) {
  int made = 0;
  const auto create = [&](const char* unit, const char* number, const char* printed) {
    return catalog_.Apply(fmt::format(
        R"(create_kpi {{ name: "plans/p/kpis/time-{}" node: "plans/p/nodes/n2" title: "指標" unit: "{}"
            direction: DIRECTION_INCREASE baseline {{ value {{
            number {{ value {{ value: "{}" }} unit: "{}" }} printed: "{}" }} }} }})",
        ++made, unit, number, unit, printed));
  };
  for (const auto& [unit, number, printed] : {std::tuple("分", "150", "2時間30分"),
                                              {"時間", "2.5", "2時間30分"},
                                              {"分", "150", "2時間半"},
                                              {"時間", "2.5", "2時間半"},
                                              {"分", "120", "2時間以上"},
                                              {"時間", "0.5", "約30分"},
                                              {"秒", "90", "1分半"}}) {
    EXPECT_THAT(create(unit, number, printed), IsOkAndHolds(1)) << printed << " " << number;
  }
  for (const auto& [unit, number, printed] :
       {std::tuple("分", "150", "2時間"), {"時間", "3", "2時間半"}, {"時間", "30", "31分"}}) {
    EXPECT_THAT(create(unit, number, printed), HasReason("INVALID_FIELD")) << printed << " " << number;
  }
}

TEST_F(DecideTest, AUnitMayHoldDigits) {
  EXPECT_THAT(catalog_.Apply(R"(create_kpi { name: "plans/p/kpis/co2" node: "plans/p/nodes/n2" title: "排出量"
      unit: "t-CO2" direction: DIRECTION_DECREASE baseline { value {
      number { value { value: "1200" } unit: "t-CO2" } printed: "1,200t-CO2" } } })"),
              IsOkAndHolds(1));
}

TEST_F(DecideTest, AnotherQualifierOrNoteIsAnotherTarget) {
  const auto target = [](const std::string& reason, const std::string& beside) {
    return fmt::format(R"({} set_target {{ kpi: "plans/p/kpis/k1" target {{ reporting_year: 2022
        values {{ value {{ number {{ value {{ value: "33" }} unit: "万人" }} printed: "33万人" {} }} }} }} }})",
                       reason, beside);
  };
  const std::string reason = "reason: \"見直し\"";
  EXPECT_THAT(catalog_.Apply(target("", "qualifier: QUALIFIER_AT_LEAST")), HasReason("REQUIRED_FIELD"));
  EXPECT_THAT(catalog_.Apply(target(reason, "qualifier: QUALIFIER_AT_LEAST")), IsOkAndHolds(1));
  EXPECT_THAT(catalog_.Apply(target(reason, "qualifier: QUALIFIER_AT_LEAST")), IsOkAndHolds(0));
  EXPECT_THAT(catalog_.Apply(target(reason, "qualifier: QUALIFIER_AT_LEAST note: \"累計\"")),
              IsOkAndHolds(1));
  const type::v1::Value value = Kpi("k1").targets(0).values(0).value();
  EXPECT_EQ(value.qualifier(), type::v1::QUALIFIER_AT_LEAST);
  EXPECT_EQ(value.note(), "累計");
}

std::string Described(const std::string& number, type::v1::Qualifier qualifier, const std::string& note) {
  Value value{.content = **ParseQuantity(number), .observed_period = {}, .printed = {}};
  value.qualifier = qualifier;
  value.note = note;
  return Describe(value);
}

TEST(DescribeTest, SaysWhatStandsBesideANumber) {
  using namespace type::v1;
  EXPECT_EQ(Described("60人", QUALIFIER_AT_LEAST, ""), "60人以上");
  EXPECT_EQ(Described("5.0%", QUALIFIER_AT_MOST, ""), "5.0%以下");
  EXPECT_EQ(Described("95%", QUALIFIER_MORE_THAN, ""), "95%超");
  EXPECT_EQ(Described("5%", QUALIFIER_LESS_THAN, ""), "5%未満");
  EXPECT_EQ(Described("1500人", QUALIFIER_ABOUT, ""), "約1,500人");
  EXPECT_EQ(Described("30万人", QUALIFIER_RANGE_FROM, ""), "30万人台");
  EXPECT_EQ(Described("45件", QUALIFIER_UNSPECIFIED, "累計"), "45件(累計)");
  EXPECT_EQ(Described("45件", QUALIFIER_AT_LEAST, "累計、速報値"), "45件以上(累計、速報値)");
}

class ConfirmationTest : public DecideTest {
 protected:
  ConfirmationTest() {
    catalog_.Have(R"(create_kpi { name: "plans/p/kpis/fires" node: "plans/p/nodes/n2" title: "火災発生件数"
        unit: "件" direction: DIRECTION_INCREASE direction_unconfirmed: true })");
  }
  static std::string Update(const std::string& values, const std::string& paths) {
    return fmt::format(R"(update_kpi {{ kpi {{ name: "plans/p/kpis/fires" {} }} update_mask {{ {} }} }})",
                       values, paths);
  }
  bool IsUnconfirmed() { return Kpi("fires").direction_unconfirmed(); }
};

TEST_F(ConfirmationTest, ANamedDirectionIsConfirmed) {
  EXPECT_TRUE(IsUnconfirmed());
  catalog_.Have(Update("title: \"火災\"", "paths: \"title\""));
  EXPECT_TRUE(IsUnconfirmed());
  catalog_.Have(Update("direction: DIRECTION_DECREASE", "paths: \"direction\""));
  EXPECT_FALSE(IsUnconfirmed());
  EXPECT_EQ(Kpi("fires").direction(), type::v1::DIRECTION_DECREASE);
}

TEST_F(ConfirmationTest, TheSameDirectionNamedConfirmsItWhateverElseIsSent) {
  catalog_.Have(Update("direction: DIRECTION_INCREASE direction_unconfirmed: true", "paths: \"direction\""));
  EXPECT_FALSE(IsUnconfirmed());
  EXPECT_THAT(catalog_.Apply(Update("direction: DIRECTION_INCREASE", "paths: \"direction\"")),
              IsOkAndHolds(0));
}

TEST_F(ConfirmationTest, TheDirectionIsConfirmedAsItIsAndThatTakenBack) {
  catalog_.Have(Update("", "paths: \"direction_unconfirmed\""));
  EXPECT_FALSE(IsUnconfirmed());
  EXPECT_EQ(Kpi("fires").direction(), type::v1::DIRECTION_INCREASE);
  catalog_.Have(Update("direction_unconfirmed: true", "paths: \"direction_unconfirmed\""));
  EXPECT_TRUE(IsUnconfirmed());
}

TEST_F(ConfirmationTest, AnotherDirectionMayBeProposed) {
  catalog_.Have(Update("direction: DIRECTION_DECREASE direction_unconfirmed: true",
                       "paths: \"direction\" paths: \"direction_unconfirmed\""));
  EXPECT_TRUE(IsUnconfirmed());
  EXPECT_EQ(Kpi("fires").direction(), type::v1::DIRECTION_DECREASE);
}

// What earlier builds wrote has no such field, and content digests are of these bytes.
TEST_F(ConfirmationTest, WhereItIsNotSaidNothingIsWritten) {
  log::v1::Entry entry = catalog_.entries()[5];  // k1
  v1::Event event;
  ASSERT_TRUE(event.ParseFromString(entry.payload()));
  const v1::Kpi kpi = ToProto("p", "k1", *catalog_.Now().FindKpi("p", "k1")->record);
  EXPECT_EQ(kpi.SerializeAsString(), event.kpi_created().SerializeAsString());
  const auto has = [](const google::protobuf::Message& message, int field) {
    return message.GetReflection()->HasField(message, message.GetDescriptor()->FindFieldByNumber(field));
  };
  EXPECT_FALSE(has(kpi, v1::Kpi::kDirectionUnconfirmedFieldNumber));
  EXPECT_FALSE(has(kpi.baseline(0).value(), type::v1::Value::kQualifierFieldNumber));
  EXPECT_FALSE(has(kpi.baseline(0).value(), type::v1::Value::kNoteFieldNumber));
}

TEST_F(DecideTest, AnUpdateOfAnotherFieldAsksNotWhatAnEarlierBuildLetIn) {
  log::v1::Entry entry = catalog_.entries()[5];
  v1::Event event;
  ASSERT_TRUE(event.ParseFromString(entry.payload()));
  event.mutable_kpi_created()->set_name("plans/p/kpis/old");
  event.mutable_kpi_created()->mutable_baseline(0)->mutable_value()->set_printed("3人");
  entry.set_resource("plans/p/kpis/old");
  entry.set_payload(event.SerializeAsString());
  ASSERT_THAT(catalog_.machine().Evolve(catalog_.state().size(), entry), IsOk());
  const auto update = [](const std::string& field) {
    return fmt::format(R"(update_kpi {{ kpi {{ name: "plans/p/kpis/old" title: "改" baseline {{ value {{
        number {{ value {{ value: "30" }} unit: "万人" }} printed: "3人" }} }} }}
        update_mask {{ paths: "{}" }} }})",
                       field);
  };
  EXPECT_THAT(catalog_.Apply(update("title")), IsOkAndHolds(1));
  EXPECT_THAT(catalog_.Apply(update("baseline")), HasReason("INVALID_FIELD"));
}

TEST_F(DecideTest, AFirstYearMovesWhereNoTargetIsLost) {
  for (const char* year : {"2022", "2020", "0", "1926"}) {
    catalog_.Have(std::string(R"(update_kpi { kpi { name: "plans/p/kpis/k1" first_year: )") + year +
                  R"( } update_mask { paths: "first_year" } })");
  }
  EXPECT_EQ(Kpi("k1").first_year(), 1926);
  catalog_.Have(
      R"(update_kpi { kpi { name: "plans/p/kpis/k1" title: "総人口" } update_mask { paths: "title" } })");
  EXPECT_EQ(Kpi("k1").first_year(), 1926);
  catalog_.Have(R"(update_node { node { name: "plans/p/nodes/n1" first_year: 2022 }
      update_mask { paths: "first_year" } })");
  EXPECT_EQ(Node("n1").first_year(), 2022);
  catalog_.Have(R"(reason: "r" retire_node { name: "plans/p/nodes/n1" from_year: 2023 })");
  EXPECT_EQ(Node("n1").first_year(), 2022);
}

TEST_F(DecideTest, WhatWasMadeByMistakeEndsWhereItBegins) {
  catalog_.Have(R"(create_node { name: "plans/p/nodes/n9" title: "観光" first_year: 2022 })");
  catalog_.Have(R"(reason: "r" retire_node { name: "plans/p/nodes/n9" from_year: 2022 })");
  EXPECT_EQ(Node("n9").retired_from_year(), 2022);
  catalog_.Have(
      R"(update_node { node { name: "plans/p/nodes/n9" title: "誤り" } update_mask { paths: "title" } })");
}

TEST_F(DecideTest, AnEndMayBeMovedToAnEarlierYear) {
  catalog_.Have(R"(reason: "r" retire_kpi { name: "plans/p/kpis/k1" from_year: 2024 })");
  catalog_.Have(R"(reason: "r" retire_kpi { name: "plans/p/kpis/k1" from_year: 2023 })");
  EXPECT_EQ(Kpi("k1").retired_from_year(), 2023);
  EXPECT_THAT(catalog_.Apply(R"(reason: "r" retire_kpi { name: "plans/p/kpis/k1" from_year: 2024 })"),
              HasReason("RETIRED"));
}

TEST_F(DecideTest, AnUpdateKeepsParentAndRetirement) {
  catalog_.Have(R"(reason: "r" retire_node { name: "plans/p/nodes/n2" from_year: 2024 })");
  catalog_.Have(
      R"(update_node { node { name: "plans/p/nodes/n2" title: "改" } update_mask { paths: "title" } })");
  EXPECT_EQ(Node("n2").parent(), "plans/p/nodes/n1");
  EXPECT_EQ(Node("n2").retired_from_year(), 2024);
}

}  // namespace
}  // namespace seisaku::catalog
