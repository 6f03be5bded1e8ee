#include "services/progress/domain/machine.h"

#include <functional>

#include "fmt/format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/progress/domain/render.h"
#include "tests/support/matchers.h"
#include "tests/unit/progress_domain/city.h"

namespace seisaku::progress {
namespace {

using absl::StatusCode;
using testing::IsEmpty;
using testing::SizeIs;

std::string FieldOf(const absl::Status& status) {
  auto bad_request = GetBadRequest(status);
  return bad_request && bad_request->field_violations_size() > 0 ? bad_request->field_violations(0).field()
                                                                 : "";
}

std::string MetadataOf(const absl::Status& status, const std::string& key) {
  return GetErrorInfo(status)->metadata().at(key);
}

class DecideTest : public testing::Test {
 protected:
  absl::Status Refusal(const v1::Change& change, const Caller& caller = Planner()) {
    return city.Do(change, caller).status();
  }
  City city;
};

// A change that is refused, with what the refusal says.
struct Wrong {
  const char* name;
  v1::Change change;
  StatusCode code;
  const char* reason;
  const char* field;
};

v1::Change With(v1::Change change, const std::function<void(v1::Change&)>& edit) {
  edit(change);
  return change;
}

std::vector<Wrong> WrongChanges() {
  constexpr auto kInvalid = StatusCode::kInvalidArgument;
  v1::Change good = Record(Figure(kKpi, "18人"));
  v1::Change judged = Declare(kKpi, type::v1::JUDGEMENT_DELAYED);
  return {
      {"nothing", {}, kInvalid, "REQUIRED_FIELD", "change"},
      {"no kpi", Record(Figure("", "18人")), kInvalid, "REQUIRED_FIELD", "actual.kpi"},
      {"not a kpi", Record(Figure("plans/strategy", "1人")), kInvalid, "INVALID_FIELD", "actual.kpi"},
      {"unknown kpi", Record(Figure("plans/strategy/kpis/x", "1人")), StatusCode::kNotFound,
       "RESOURCE_NOT_FOUND", "actual.kpi"},
      {"year too early", With(good, [](auto& c) { c.mutable_record_actual()->set_reporting_year(1925); }),
       kInvalid, "INVALID_FIELD", "actual.reporting_year"},
      {"year too late", With(good, [](auto& c) { c.mutable_record_actual()->set_reporting_year(2200); }),
       kInvalid, "INVALID_FIELD", "actual.reporting_year"},
      {"retired", Record(Figure(kRetired, "1人")), StatusCode::kFailedPrecondition, "RETIRED",
       "actual.reporting_year"},
      {"component of one without", Record(Figure(kKpi, "1人", "男性")), kInvalid, "INVALID_FIELD",
       "actual.component"},
      {"no component", Record(Figure(kSchools, "90%")), kInvalid, "INVALID_FIELD", "actual.component"},
      {"other component", Record(Figure(kSchools, "90%", "高校")), kInvalid, "INVALID_FIELD",
       "actual.component"},
      {"no value", With(good, [](auto& c) { c.mutable_record_actual()->clear_value(); }), kInvalid,
       "REQUIRED_FIELD", "actual.value"},
      {"no decimal",
       With(good,
            [](auto& c) {
              c.mutable_record_actual()->mutable_value()->mutable_number()->mutable_value()->set_value("1,8");
            }),
       kInvalid, "INVALID_DECIMAL", "actual.value.number.value.value"},
      {"other unit", Record(Figure(kKpi, "18件")), kInvalid, "INVALID_FIELD", "actual.value.number.unit"},
      {"words for a number", Record(Figure(kKpi, "増加")), kInvalid, "INVALID_FIELD", "actual.value.text"},
      {"met for a number", With(good, [](auto& c) { c.mutable_record_actual()->set_qualitative_met(true); }),
       kInvalid, "INVALID_FIELD", "actual.qualitative_met"},
      {"source without line", With(good, [](auto& c) { c.mutable_source()->set_document("sheet.txt"); }),
       kInvalid, "INVALID_FIELD", "source.document_sha256"},
      {"correct what is not there", Correct(Figure(kKpi, "18人")), StatusCode::kFailedPrecondition,
       "ACTUAL_MISSING", "actual"},
      {"retract what is not there", Retract(Figure(kKpi, "18人")), StatusCode::kFailedPrecondition,
       "ACTUAL_MISSING", "component"},
      {"no kind of words", Say(kKpi, v1::NARRATIVE_KIND_UNSPECIFIED, "x"), kInvalid, "REQUIRED_FIELD",
       "narrative.kind"},
      {"unknown kind of words", Say(kKpi, static_cast<v1::NarrativeKind>(99), "x"), kInvalid, "INVALID_FIELD",
       "narrative.kind"},
      {"too many words", Say(kKpi, v1::NARRATIVE_KIND_ISSUES, std::string(65'537, 'x')), kInvalid,
       "INVALID_FIELD", "narrative.text"},
      {"no judgement", Declare(kKpi, type::v1::JUDGEMENT_UNSPECIFIED), kInvalid, "REQUIRED_FIELD",
       "assessment.judgement"},
      {"a cause twice",
       Declare(kKpi, type::v1::JUDGEMENT_DELAYED, {type::v1::CAUSE_COVID19, type::v1::CAUSE_COVID19}),
       kInvalid, "INVALID_FIELD", "assessment.causes[1]"},
  };
}

// What progress knows of a plan that has grown: a KPI that begins with 2023, and one below a node that does.
void HaveNextYearsKpis(City& city) {
  catalog::v1::Change node;
  node.mutable_create_node()->set_name("plans/strategy/nodes/goal-3");
  node.mutable_create_node()->set_title("来年度の目標");
  node.mutable_create_node()->set_first_year(2023);
  city.catalog.Apply(node);
  for (const char* goal : {"goal-1", "goal-3"}) {
    catalog::v1::Change change;
    catalog::v1::Kpi& kpi = *change.mutable_create_kpi();
    kpi.set_name(fmt::format("plans/strategy/kpis/of-{}", goal));
    kpi.set_node(fmt::format("plans/strategy/nodes/{}", goal));
    kpi.set_title(fmt::format("{}の新指標", goal));
    kpi.set_unit("人");
    kpi.set_direction(type::v1::DIRECTION_INCREASE);
    if (std::string_view(goal) == "goal-1") kpi.set_first_year(2023);
    city.catalog.Apply(change);
  }
  city.Follow();
}

TEST_F(DecideTest, TakesNothingForAYearBeforeTheFirst) {
  HaveNextYearsKpis(city);
  for (const char* name : {"plans/strategy/kpis/of-goal-1", "plans/strategy/kpis/of-goal-3"}) {
    const v1::Change figure = Record(Figure(name, "1人"));
    EXPECT_THAT(Refusal(figure), HasReason("NOT_YET_IN_FORCE"));
    EXPECT_THAT(Refusal(figure), HasItsFacts());
    EXPECT_THAT(Refusal(Say(name, v1::NARRATIVE_KIND_ISSUES, "x")), HasReason("NOT_YET_IN_FORCE"));
    EXPECT_THAT(Refusal(Declare(name, type::v1::JUDGEMENT_DELAYED)), HasReason("NOT_YET_IN_FORCE"));
    EXPECT_THAT(Refusal(With(figure, [](auto& c) { c.mutable_record_actual()->set_reporting_year(2023); })),
                IsOk());
  }
}

TEST_F(DecideTest, RefusesWhatIsWrongAndNamesTheField) {
  Position before = city.size();
  for (const Wrong& wrong : WrongChanges()) {
    SCOPED_TRACE(wrong.name);
    absl::Status refusal = Refusal(wrong.change);
    EXPECT_THAT(refusal, StatusIs(wrong.code));
    EXPECT_THAT(refusal, HasItsFacts());
    EXPECT_THAT(refusal, HasReason(wrong.reason));
    EXPECT_EQ(FieldOf(refusal), wrong.field);
  }
  EXPECT_EQ(city.size(), before);
}

TEST_F(DecideTest, TheSameFigureAgainAddsNothing) {
  ASSERT_THAT(city.Do(Record(Figure(kKpi, "18人"))), IsOkAndHolds(SizeIs(1)));
  v1::Actual printed = Figure(kKpi, "18人");
  printed.mutable_value()->set_printed("18 人");
  EXPECT_THAT(city.Do(Record(printed)), IsOkAndHolds(IsEmpty()));
}

TEST_F(DecideTest, AnotherFigureIsRefusedAndSaysHowToGoOn) {
  ASSERT_THAT(city.Do(Record(Figure(kKpi, "18人"))), IsOk());
  absl::Status refusal = Refusal(Record(Figure(kKpi, "19人")));
  EXPECT_THAT(refusal, HasReason("ACTUAL_EXISTS"));
  EXPECT_EQ(MetadataOf(refusal, "expected"), "correct_actual");
  EXPECT_EQ(MetadataOf(refusal, "etag"), std::to_string(city.size() - 1));
}

TEST_F(DecideTest, FinalAfterProvisionalIsACorrection) {
  v1::Actual provisional = Figure(kKpi, "18人");
  provisional.set_provisional(true);
  ASSERT_THAT(city.Do(Record(provisional)), IsOk());
  EXPECT_THAT(Refusal(Record(Figure(kKpi, "18人"))), HasReason("ACTUAL_EXISTS"));
  EXPECT_THAT(city.Do(Correct(Figure(kKpi, "18人"))), IsOkAndHolds(SizeIs(1)));
}

TEST_F(DecideTest, AFigureInAScaledUnitIsTaken) {
  EXPECT_THAT(city.Do(Record(Figure(kKpi, "33万人"))), IsOkAndHolds(SizeIs(1)));
}

TEST_F(DecideTest, CorrectingAndRetractingNeedAReasonAndTheEtagIfGiven) {
  ASSERT_THAT(city.Do(Record(Figure(kKpi, "18人"))), IsOk());
  std::string etag = std::to_string(city.size() - 1);
  EXPECT_EQ(FieldOf(Refusal(Correct(Figure(kKpi, "19人"), ""))), "reason");
  EXPECT_EQ(FieldOf(Refusal(Retract(Figure(kKpi, "18人"), ""))), "reason");
  EXPECT_THAT(Refusal(Correct(Figure(kKpi, "19人"), "誤記", "0")), HasReason("ETAG_MISMATCH"));
  EXPECT_THAT(Refusal(Retract(Figure(kKpi, "19人"), "誤記", "0")), HasReason("ETAG_MISMATCH"));
  EXPECT_THAT(city.Do(Correct(Figure(kKpi, "19人"), "誤記", etag)), IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(city.Do(Correct(Figure(kKpi, "19人"), "誤記")), IsOkAndHolds(IsEmpty()));
}

TEST_F(DecideTest, AReporterRecordsForItsOwnDepartmentOnly) {
  EXPECT_THAT(city.Do(Record(Figure(kKpi, "18人")), Reporter("industry")), IsOk());
  absl::Status refusal = Refusal(Record(Figure(kAccidents, "1件")), Reporter("traffic"));
  EXPECT_THAT(refusal, StatusIs(StatusCode::kPermissionDenied));
  EXPECT_THAT(refusal, HasReason("DEPARTMENT_SCOPE"));
  EXPECT_EQ(GetErrorInfo(refusal)->metadata().at("needed"), "departments/industry");
}

TEST_F(DecideTest, AReporterOfARetiredDepartmentRecordsForYearsInWhichItStillIs) {
  city.catalog.Retire("departments/industry", 2022);
  city.Follow();
  v1::Actual earlier = Figure(kKpi, "18人");
  earlier.set_reporting_year(2021);
  EXPECT_THAT(city.Do(Record(earlier), Reporter("industry")), IsOkAndHolds(SizeIs(1)));
  const v1::Change figure = Record(Figure(kKpi, "18人"));
  const v1::Change words = Say(kKpi, v1::NARRATIVE_KIND_ISSUES, "課題");
  for (const v1::Change& change : {figure, words}) {
    const absl::Status refusal = Refusal(change, Reporter("industry"));
    EXPECT_THAT(refusal, StatusIs(StatusCode::kPermissionDenied));
    EXPECT_THAT(refusal, HasReason("ROLE_REQUIRED"));
    EXPECT_EQ(MetadataOf(refusal, "needed"), "planner");
  }
  EXPECT_THAT(city.Do(figure), IsOkAndHolds(SizeIs(1)));
}

TEST_F(DecideTest, OfSeveralDepartmentsThoseThatStillAreInChargeAreNamed) {
  city.catalog.PutInCharge(kKpi, {"departments/industry", "departments/labour"});
  city.catalog.Retire("departments/industry", 2022);
  city.Follow();
  const absl::Status refusal = Refusal(Record(Figure(kKpi, "18人")), Reporter("industry"));
  EXPECT_THAT(refusal, StatusIs(StatusCode::kPermissionDenied));
  EXPECT_THAT(refusal, HasReason("DEPARTMENT_SCOPE"));
  EXPECT_EQ(MetadataOf(refusal, "needed"), "departments/labour");
  EXPECT_THAT(city.Do(Record(Figure(kKpi, "18人")), Reporter("labour")), IsOkAndHolds(SizeIs(1)));
}

TEST_F(DecideTest, WhatAFigurePrintsSaysItsNumber) {
  v1::Actual figure = Figure(kKpi, "12人");
  figure.mutable_value()->set_printed("3人");
  for (const v1::Change& change : {Record(figure), Correct(figure)}) {
    const absl::Status refusal = Refusal(change);
    EXPECT_THAT(refusal, HasReason("INVALID_FIELD"));
    EXPECT_THAT(refusal, HasItsFacts());
    EXPECT_EQ(FieldOf(refusal), "actual.value.printed");
    EXPECT_EQ(MetadataOf(refusal, "number"), "12人");
  }
  figure.mutable_value()->set_printed("12人");
  ASSERT_THAT(city.Do(Record(figure)), IsOkAndHolds(SizeIs(1)));

  // A log of an earlier build may have one; it folds, and is corrected.
  log::v1::Entry entry = city.entries.back();
  v1::Event event;
  ASSERT_TRUE(event.ParseFromString(entry.payload()));
  v1::Actual corrected = event.actual_recorded();
  corrected.mutable_value()->set_printed("3人");
  *event.mutable_actual_corrected() = corrected;
  entry.set_type(EventType(event));
  entry.set_payload(event.SerializeAsString());
  ASSERT_THAT(city.machine.Evolve(city.size(), entry), IsOk());
  EXPECT_THAT(city.Do(Correct(figure)), IsOkAndHolds(SizeIs(1)));
}

TEST_F(DecideTest, OnlyAPlannerDeclares) {
  v1::Change declared = Declare(kKpi, type::v1::JUDGEMENT_DELAYED, {type::v1::CAUSE_COVID19});
  EXPECT_THAT(Refusal(declared, Reporter("industry")), HasReason("ROLE_REQUIRED"));
  EXPECT_THAT(Refusal(Record(Figure(kKpi, "1人")), Peer()), HasReason("ROLE_REQUIRED"));
  EXPECT_THAT(city.Do(declared), IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(city.Do(declared), IsOkAndHolds(IsEmpty()));
}

TEST_F(DecideTest, KeepsFreeTextOutOfTheEvent) {
  v1::Change change = Say(kKpi, v1::NARRATIVE_KIND_ISSUES, "課題の本文");
  change.set_reason("理由の本文");
  auto events = city.Do(change);
  ASSERT_THAT(events, IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(events->front().texts, testing::ElementsAre("課題の本文", "理由の本文"));
  EXPECT_THAT(events->front().payload, testing::Not(testing::HasSubstr("本文")));
}

TEST_F(DecideTest, TakingBackWordsThatAreNotThereAddsNothing) {
  EXPECT_THAT(city.Do(Say(kKpi, v1::NARRATIVE_KIND_ISSUES, "")), IsOkAndHolds(IsEmpty()));
  ASSERT_THAT(city.Do(Say(kKpi, v1::NARRATIVE_KIND_ISSUES, "本文")), IsOk());
  EXPECT_THAT(city.Do(Say(kKpi, v1::NARRATIVE_KIND_ISSUES, "")), IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(city.Now().Narratives(*city.Now().ResolveKpi("kpi", kKpi), 2022), IsEmpty());
}

TEST_F(DecideTest, WordsThatWereTakenBackAreShownWhereTheyAreAskedFor) {
  const catalog::KpiAt kpi = *city.Now().ResolveKpi("kpi", kKpi);
  ASSERT_THAT(city.Do(Say(kKpi, v1::NARRATIVE_KIND_ISSUES, "本文")), IsOk());
  ASSERT_THAT(city.Do(Say(kKpi, v1::NARRATIVE_KIND_NEXT_STEPS, "方策")), IsOk());
  EXPECT_THAT(city.Now().Narratives(kpi, 2022, true), SizeIs(2));
  ASSERT_THAT(city.Do(Say(kKpi, v1::NARRATIVE_KIND_ISSUES, "")), IsOk());
  EXPECT_THAT(city.Now().Narratives(kpi, 2022), SizeIs(1));

  const std::vector<NarrativeAt> all = city.Now().Narratives(kpi, 2022, true);
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].kind, v1::NARRATIVE_KIND_ISSUES);
  EXPECT_TRUE(Render(NameOf(kpi), 2022, all[0]).retracted());
  EXPECT_EQ(all[1].kind, v1::NARRATIVE_KIND_NEXT_STEPS);
  EXPECT_FALSE(Render(NameOf(kpi), 2022, all[1]).retracted());

  ASSERT_THAT(city.Do(Say(kKpi, v1::NARRATIVE_KIND_ISSUES, "また")), IsOk());
  EXPECT_THAT(city.Now().Narratives(kpi, 2022), SizeIs(2));
  EXPECT_THAT(city.At(city.size() - 1).Narratives(kpi, 2022), SizeIs(1));
}

TEST_F(DecideTest, CatalogIsCopiedByPeersWithoutGaps) {
  Position known = city.catalog.size();
  city.catalog.SetTarget(kKpi, 2023, "25人", "");
  city.catalog.SetTarget(kKpi, 2024, "26人", "");
  EXPECT_THAT(city.Do(city.catalog.Stretch(known, known + 1)).status(), HasReason("ROLE_REQUIRED"));
  absl::Status gap = city.Do(city.catalog.Stretch(known + 1, known + 2), Peer()).status();
  EXPECT_THAT(gap, HasReason("CATALOG_GAP"));
  EXPECT_EQ(MetadataOf(gap, "expected"), std::to_string(known));
  EXPECT_THAT(city.Do(city.catalog.Stretch(known, known + 2), Peer()), IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(city.Do(city.catalog.Stretch(known, known + 1), Peer()), IsOkAndHolds(IsEmpty()));
}

TEST_F(DecideTest, AForkOfCatalogIsRefused) {
  CatalogLog fork;
  fork.BuildCity();
  Position known = fork.size();
  fork.SetTarget(kKpi, 2022, "24人", "変更");
  city.catalog.SetTarget(kKpi, 2022, "25人", "変更");
  v1::CatalogAdvanced advance = city.catalog.Stretch(known, known + 1);
  advance.set_entries(0, fork.Stretch(known, known + 1).entries(0));
  absl::Status refusal = city.Do(advance, Peer()).status();
  EXPECT_THAT(refusal, StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_THAT(refusal, HasReason("CATALOG_FORK"));
  EXPECT_EQ(city.machine.state().catalog().size(), known);
}

TEST_F(DecideTest, HalfACommandOfCatalogIsRefused) {
  Position known = city.catalog.size();
  city.catalog.SetTarget(kKpi, 2023, "25人", "");
  v1::CatalogAdvanced advance = city.catalog.Stretch(known, known + 1);
  log::v1::Entry entry;
  ASSERT_TRUE(entry.ParseFromString(advance.entries(0)));
  entry.set_command_size(2);
  advance.set_entries(0, entry.SerializeAsString());
  EXPECT_EQ(FieldOf(city.Do(advance, Peer()).status()), "entries");
}

}  // namespace
}  // namespace seisaku::progress
