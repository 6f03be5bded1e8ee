#include "seisaku/progress/v1/progress_service.pb.h"
#include "services/ledger/tree/checkpoint.h"
#include "tests/integration/rpc/rpc_fixture.h"

namespace seisaku {
namespace {

// A figure of k1, as Actual and as an actual that is shown.
std::string Figure(const std::string& number, int year = 2022) {
  return R"({ kpi: "plans/p/kpis/k1" value { number { value { value: ")" + number +
         R"(" } unit: "人" } printed: ")" + number + R"(人" } reporting_year: )" + std::to_string(year) + " ";
}

constexpr char kWords[] =
    R"({ kpi: "plans/p/kpis/k1" reporting_year: 2022 kind: NARRATIVE_KIND_ISSUES text: "人手が足りない" })";
constexpr char kFigures[] = R"(parent: "plans/p/kpis/k1")";
constexpr char kAllFigures[] = R"(parent: "plans/p/kpis/k1" show_history: true)";

class ProgressServiceTest : public RpcTest {
 protected:
  void SetUp() override {
    RpcTest::SetUp();
    if (!HasFatalFailure()) StartProgress();
  }

  void Record(const std::string& number) { Call("RecordActual", "actual " + Figure(number) + "}"); }
};

TEST_F(ProgressServiceTest, ApplyProgressMakesSeveralChangesAndSaysWhatDiffers) {
  EXPECT_THAT(Call("ApplyProgress", "changes { record_actual " + Figure("90") +
                                        "} } changes { record_narrative " + kWords + "}"),
              Shows(R"(results { name: "plans/p/kpis/k1" action: "actual_recorded" after: "90人" }
                       results { name: "plans/p/kpis/k1" action: "narrative_recorded" }
                       receipt { entries: 2 })"));
  EXPECT_THAT(Call("ListActuals", kFigures), Shows("actuals " + Figure("90") + "}"));
  EXPECT_THAT(Call("ListNarratives", R"(parent: "plans/p/kpis/k1" reporting_year: 2022)"),
              Shows(std::string("narratives ") + kWords));
}

TEST_F(ProgressServiceTest, RecordActualRecordsAFigure) {
  EXPECT_THAT(Call("RecordActual", "actual " + Figure("90") + "}"),
              Shows("actual " + Figure("90") + "revision: 1 } receipt { entries: 1 }"));
  EXPECT_THAT(Call("ListActuals", kFigures), Shows("actuals " + Figure("90") + "revision: 1 }"));
}

TEST_F(ProgressServiceTest, BatchRecordActualsRecordsManyFigures) {
  const std::string figures = "actuals " + Figure("80", 2021) + "} actuals " + Figure("90", 2022) + "}";
  EXPECT_THAT(Call("BatchRecordActuals", figures), Shows(figures + "receipt { entries: 2 }"));
  EXPECT_THAT(Call("ListActuals", kFigures), Shows(figures));
}

TEST_F(ProgressServiceTest, CorrectActualReplacesAFigure) {
  Record("90");
  EXPECT_THAT(Call("CorrectActual", "correction { actual " + Figure("91") + R"(} } reason: "誤記")"),
              Shows("actual " + Figure("91") + "revision: 2 } receipt { entries: 1 }"));
  EXPECT_THAT(Call("ListActuals", kFigures), Shows("actuals " + Figure("91") + "revision: 2 }"));
}

TEST_F(ProgressServiceTest, RetractActualTakesAFigureBack) {
  Record("90");
  EXPECT_THAT(
      Call("RetractActual", R"(retraction { kpi: "plans/p/kpis/k1" reporting_year: 2022 } reason: "取下げ")"),
      Shows("receipt { entries: 1 }"));
  EXPECT_EQ(CallFor<progress::v1::ListActualsResponse>("ListActuals", kFigures).actuals_size(), 0);
  EXPECT_THAT(Call("ListActuals", kAllFigures), Shows("actuals { revision: 1 } actuals { retracted: true }"));
}

TEST_F(ProgressServiceTest, RecordNarrativeRecordsWords) {
  EXPECT_THAT(Call("RecordNarrative", std::string("narrative ") + kWords),
              Shows(std::string("narrative ") + kWords + "receipt { entries: 1 }"));
  EXPECT_THAT(Call("ListNarratives", R"(parent: "plans/p/kpis/k1" reporting_year: 2022)"),
              Shows(std::string("narratives ") + kWords));
}

TEST_F(ProgressServiceTest, RecordAssessmentDeclaresAJudgementBesideTheDerivedOne) {
  Record("90");
  const std::string declared = R"({ kpi: "plans/p/kpis/k1" reporting_year: 2022 judgement: JUDGEMENT_DELAYED
      causes: CAUSE_COVID19 printed: "C" difference_reason: "感染症の影響" })";
  EXPECT_THAT(Call("RecordAssessment", "assessment " + declared),
              Shows("assessment " + declared + "receipt { entries: 1 }"));
  EXPECT_THAT(
      Call("GetEvaluation", R"(name: "plans/p/kpis/k1/evaluations/2022")"),
      Shows("evaluation { judgement: JUDGEMENT_MOSTLY_ON_TRACK differs: true official " + declared + "}"));
}

TEST_F(ProgressServiceTest, ListActualsShowsFiguresInForceAndThoseBefore) {
  Record("90");
  Call("CorrectActual", "correction { actual " + Figure("91") + R"(} } reason: "誤記")");
  EXPECT_THAT(Call("ListActuals", kFigures), Shows("actuals " + Figure("91") + "revision: 2 }"));
  EXPECT_THAT(Call("ListActuals", kAllFigures),
              Shows("actuals " + Figure("90") + "revision: 1 } actuals " + Figure("91") + "revision: 2 }"));
}

TEST_F(ProgressServiceTest, ListNarrativesShowsTheWordsOfAYear) {
  Call("RecordNarrative", std::string("narrative ") + kWords);
  Call("RecordNarrative", R"(narrative { kpi: "plans/p/kpis/k1" reporting_year: 2022
      kind: NARRATIVE_KIND_NEXT_STEPS text: "説明会を開く" })");
  Call("RecordNarrative", R"(narrative { kpi: "plans/p/kpis/k1" reporting_year: 2021
      kind: NARRATIVE_KIND_ISSUES text: "前年度" })");
  EXPECT_THAT(Call("ListNarratives", R"(parent: "plans/p/kpis/k1" reporting_year: 2022)"),
              Shows(std::string("narratives ") + kWords +
                    R"(narratives { kind: NARRATIVE_KIND_NEXT_STEPS text: "説明会を開く" })"));
}

TEST_F(ProgressServiceTest, GetEvaluationShowsAJudgementWithItsArithmeticAndItsInputs) {
  Record("90");
  EXPECT_THAT(Call("GetEvaluation", R"(name: "plans/p/kpis/k1/evaluations/2022" explain: true)"), Shows(R"(
      evaluation { name: "plans/p/kpis/k1/evaluations/2022" judgement: JUDGEMENT_MOSTLY_ON_TRACK
        rate_percent { value: "90.0" } rule_version: 1 target_revision: 1 catalog_position: 9
        components { judgement: JUDGEMENT_MOSTLY_ON_TRACK target { printed: "100人" } actual { value { printed: "90人" } }
          numerator { value: "90" } denominator { value: "100" } } }
      kpi { name: "plans/p/kpis/k1" title: "就労者" }
      provenance { input: "target" log: "catalog" position: 8 }
      provenance { input: "actual" log: "progress" position: 1 actor: "seisaku://sakai/planner/yamada" }
      provenance { input: "rule" log: "catalog" position: 2 }
      provenance { input: "direction" log: "catalog" position: 6 })"));
}

TEST_F(ProgressServiceTest, GetProgressSheetShowsEveryKpiWithItsPathAndJudgement) {
  Record("90");
  EXPECT_THAT(Call("GetProgressSheet", R"(parent: "plans/p" reporting_year: 2022)"), Shows(R"(
      rows { kpi { name: "plans/p/kpis/k1" } path: "plans/p/nodes/n1" path: "plans/p/nodes/n2"
             evaluation { judgement: JUDGEMENT_MOSTLY_ON_TRACK } }
      rows { kpi { name: "plans/p/kpis/k2" } path: "plans/p/nodes/n3"
             evaluation { judgement: JUDGEMENT_NOT_EVALUABLE codes: EVALUATION_CODE_TARGET_MISSING
                          codes: EVALUATION_CODE_ACTUAL_MISSING } }
      nodes { name: "plans/p/nodes/n1" } nodes { name: "plans/p/nodes/n2" } nodes { name: "plans/p/nodes/n3" })"));
}

TEST_F(ProgressServiceTest, GetSummaryCountsTheJudgementsOfEachNodeAndOfThePlan) {
  Record("90");
  EXPECT_THAT(Call("GetSummary", R"(parent: "plans/p" reporting_year: 2022)"), Shows(R"(
      nodes { node { name: "plans/p/nodes/n1" } derived { kpis: 1 mostly_on_track: 1 } }
      nodes { node { name: "plans/p/nodes/n3" } derived { kpis: 1 not_evaluable: 1 } }
      nodes { derived { kpis: 2 mostly_on_track: 1 not_evaluable: 1 } official { kpis: 2 undeclared: 2 } })"));
}

TEST_F(ProgressServiceTest, GetCatalogPositionShowsHowMuchOfCatalogsLogIsKnown) {
  const auto known = CallFor<progress::v1::GetCatalogPositionResponse>("GetCatalogPosition", "");
  EXPECT_EQ(known.catalog_position(), CatalogSize());
  ASSERT_OK_AND_ASSIGN(
      const auto checkpoint,
      ledger::OpenCheckpoint(known.catalog_checkpoint(), catalog_key_.name(), catalog_key_.verifier()));
  EXPECT_EQ(checkpoint.size, CatalogSize());
}

}  // namespace
}  // namespace seisaku
