#include "services/progress/domain/state.h"

#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "seisaku/log/v1/log_event.pb.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/progress/domain/render.h"
#include "tests/support/matchers.h"
#include "tests/unit/progress_domain/city.h"

namespace seisaku::progress {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

const NameInPlan kJobs = {"strategy", "jobs"};

TEST(ProgressStateTest, ACorrectionReplacesTheFigureAndKeepsTheOriginal) {
  City city;
  ASSERT_THAT(city.Do(Record(Figure(kKpi, "18人"))), IsOk());
  Position recorded = city.size();
  ASSERT_THAT(city.Do(Correct(Figure(kKpi, "23人"))), IsOk());
  Position corrected = city.size();
  ASSERT_THAT(city.Do(Retract(Figure(kKpi, "23人"))), IsOk());

  auto value = [](const View& view) {
    auto actual = view.Actual(*view.ResolveKpi("kpi", kKpi), 2022, "");
    return actual ? Describe(actual->record->value) : "-";
  };
  EXPECT_EQ(value(city.At(recorded - 1)), "-");
  EXPECT_EQ(value(city.At(recorded)), "18人");
  EXPECT_EQ(value(city.At(corrected)), "23人");
  EXPECT_EQ(value(city.Now()), "-");

  auto history = city.Now().Actuals(*city.Now().ResolveKpi("kpi", kKpi), 2022, true);
  ASSERT_THAT(history, SizeIs(3));
  EXPECT_EQ(history[1].revision, 2u);
  EXPECT_TRUE(Render(kJobs, history[2]).retracted());
  EXPECT_FALSE(Render(kJobs, history[2]).has_value());
  EXPECT_THAT(city.Do(Record(Figure(kKpi, "20人"))), IsOkAndHolds(SizeIs(1)));
}

TEST(ProgressStateTest, EvaluatesWithTheTargetKnownAtThatPosition) {
  City city;
  ASSERT_THAT(city.Do(Record(Figure(kKpi, "18人"))), IsOk());
  Position before = city.size();
  city.catalog.SetTarget(kKpi, 2022, "18人", "中間見直し");
  city.Follow();

  KpiEvaluation now = city.Evaluation(kKpi);
  EXPECT_EQ(now.evaluation.judgement, type::v1::JUDGEMENT_ON_TRACK);
  EXPECT_EQ(now.target->revision, 2u);
  View then = city.At(before);
  KpiEvaluation earlier = then.Evaluate(*then.ResolveKpi("kpi", kKpi), 2022);
  EXPECT_EQ(earlier.evaluation.judgement, type::v1::JUDGEMENT_DELAYED);
  EXPECT_EQ(earlier.evaluation.rate_percent->ToString(), "78.3");
  EXPECT_LT(then.catalog().size(), city.Now().catalog().size());
}

TEST(ProgressStateTest, FindsAKpiByItsExactTitle) {
  City city;
  auto kpi = city.Now().ResolveKpi("name", "plans/strategy/kpis/交通事故発生件数");
  ASSERT_THAT(kpi, IsOk());
  EXPECT_EQ(kpi->id(), "accidents");
  EXPECT_THAT(city.Now().ResolveKpi("name", "plans/strategy/kpis/交通事故"), HasReason("RESOURCE_NOT_FOUND"));
}

TEST(ProgressStateTest, WhatBeginsLaterIsNotInTheSheetOrTheSummary) {
  City city;
  catalog::v1::Change change;
  catalog::v1::Kpi& kpi = *change.mutable_create_kpi();
  kpi.set_name("plans/strategy/kpis/new");
  kpi.set_node("plans/strategy/nodes/goal-1");
  kpi.set_title("新指標");
  kpi.set_direction(type::v1::DIRECTION_INCREASE);
  kpi.set_first_year(2023);
  city.catalog.Apply(change);
  change.Clear();
  change.mutable_update_node()->mutable_node()->set_name("plans/strategy/nodes/goal-2");
  change.mutable_update_node()->mutable_node()->set_first_year(2023);
  change.mutable_update_node()->mutable_update_mask()->add_paths("first_year");
  city.catalog.Apply(change);
  city.Follow();

  View view = city.Now();
  const catalog::PlanAt plan = *view.catalog().FindPlan("strategy");
  EXPECT_THAT(view.SheetKpis(plan, 2022), SizeIs(4));
  EXPECT_THAT(view.SheetKpis(plan, 2023), SizeIs(5));
  EXPECT_THAT(view.Summarize(plan, 2022, 0), SizeIs(2));  // goal-1 and the whole
  EXPECT_THAT(view.Summarize(plan, 2023, 0), SizeIs(3));
  EXPECT_EQ(view.Summarize(plan, 2022, 0).back().derived.kpis, 4u);
  EXPECT_EQ(view.Summarize(plan, 2023, 0).back().derived.kpis, 5u);
}

TEST(ProgressStateTest, SummarizesPerNodeAndForThePlan) {
  City city;
  ASSERT_THAT(city.Do(Record(Figure(kKpi, "18人"))), IsOk());
  ASSERT_THAT(city.Do(Record(Figure(kAccidents, "1,143件"))), IsOk());
  ASSERT_THAT(city.Do(Declare(kKpi, type::v1::JUDGEMENT_MOSTLY_ON_TRACK)), IsOk());
  ASSERT_THAT(city.Do(Declare(kAccidents, type::v1::JUDGEMENT_ON_TRACK)), IsOk());

  View view = city.Now();
  auto summaries = view.Summarize(*view.catalog().FindPlan("strategy"), 2022, 0);
  ASSERT_THAT(summaries, SizeIs(3));
  EXPECT_EQ(summaries[0].node->id(), "goal-1");
  EXPECT_EQ(summaries[1].derived.kpis, 0u);
  const NodeSummary& plan = summaries[2];
  EXPECT_FALSE(plan.node);
  EXPECT_EQ(plan.derived.kpis, 4u);  // the retired one is not part of 2022
  EXPECT_EQ(plan.derived.on_track, 1u);
  EXPECT_EQ(plan.derived.delayed, 1u);
  EXPECT_EQ(plan.derived.not_evaluable, 2u);
  EXPECT_EQ(plan.official.mostly_on_track, 1u);
  EXPECT_EQ(plan.official.undeclared, 2u);
  EXPECT_EQ(plan.differing, 1u);
  EXPECT_EQ(plan.awaiting_actual, 2u);
  EXPECT_EQ(summaries[0].derived.kpis, 4u);
}

TEST(ProgressStateTest, ShowsAnEvaluationWithItsArithmetic) {
  City city;
  ASSERT_THAT(city.Do(Record(Figure(kSchools, "94%", "小学校"))), IsOk());
  ASSERT_THAT(city.Do(Record(Figure(kSchools, "83.0%", "中学校"))), IsOk());
  ASSERT_THAT(city.Do(Declare(kSchools, type::v1::JUDGEMENT_DELAYED, {type::v1::CAUSE_COVID19})), IsOk());
  v1::Evaluation proto = Render(city.Now(), city.Evaluation(kSchools));
  EXPECT_EQ(proto.name(), "plans/strategy/kpis/schools/evaluations/2022");
  EXPECT_EQ(proto.rate_percent().value(), "97.6");
  ASSERT_EQ(proto.components_size(), 2);
  EXPECT_EQ(proto.components(1).component(), "中学校");
  EXPECT_EQ(proto.components(1).numerator().value(), "83.0");
  EXPECT_EQ(proto.components(1).denominator().value(), "85.0");
  EXPECT_EQ(proto.components(0).actual().revision(), 1u);
  EXPECT_EQ(proto.rule().method(), "ratio/1");
  EXPECT_TRUE(proto.differs());
  EXPECT_EQ(proto.official().causes(0), type::v1::CAUSE_COVID19);
}

TEST(ProgressStateTest, RefusesWhatItDoesNotKnowAndStaysAsItWas) {
  City city;
  ASSERT_THAT(city.Do(Record(Figure(kKpi, "18人"))), IsOk());
  std::vector<std::string> before = Records(city.machine, city.size());
  log::v1::Entry unknown_type = city.entries.back();
  unknown_type.set_type("seisaku.progress.v1.Event/actual_invented");
  log::v1::Entry unknown_field = city.entries.back();
  unknown_field.mutable_payload()->append("\xf8\x3f\x01", 3);  // field 1023, varint 1
  log::v1::Entry contradiction = city.entries.back();          // recorded where there is a figure
  for (const log::v1::Entry& entry : {unknown_type, unknown_field, contradiction}) {
    EXPECT_THAT(city.machine.Evolve(city.size(), entry), HasReason("LOG_CORRUPT"));
  }
  EXPECT_EQ(Records(city.machine, city.size()), before);
}

TEST(ProgressStateTest, RefusesATextThatTheEntryDoesNotCommitTo) {
  City city;
  ASSERT_THAT(city.Do(Record(Figure(kKpi, "18人"))), IsOk());
  const Position before = city.size();
  ASSERT_THAT(city.DoTentatively(Correct(Figure(kKpi, "23人"))), IsOk());  // with its reason
  ASSERT_THAT(city.DoTentatively(Say(kKpi, v1::NARRATIVE_KIND_ISSUES, "本文")), IsOk());
  std::vector<log::v1::Entry> entries(city.entries.end() - 2, city.entries.end());
  for (log::v1::Entry& entry : entries) {
    city.machine.Truncate(before);
    ASSERT_THAT(city.machine.Evolve(before, entry), IsOk());
    city.machine.Truncate(before);
    entry.clear_texts();
    EXPECT_THAT(city.machine.Evolve(before, entry), HasReason("LOG_CORRUPT"));
    EXPECT_EQ(city.size(), before);
  }
  EXPECT_THAT(city.machine.Fold(before, entries[0]), HasReason("LOG_CORRUPT"));  // no event of this log
}

TEST(ProgressStateTest, ACopyWithAnUnknownEntryOfCatalogLeavesNothingBehind) {
  City city;
  Position known = city.catalog.size();
  city.catalog.SetTarget(kKpi, 2023, "25人", "");
  v1::CatalogAdvanced advance = city.catalog.Stretch(known, known + 1);
  log::v1::Entry unknown;
  ASSERT_TRUE(unknown.ParseFromString(advance.entries(0)));
  unknown.set_type("seisaku.catalog.v1.Event/plan_burnt");
  advance.add_entries(unknown.SerializeAsString());
  ledger::Frontier frontier = city.machine.state().catalog_frontier();
  for (const std::string& entry : advance.entries()) frontier.Append(ledger::LeafHash(entry));
  auto key = ledger::SigningKey::Generate("catalog.test/log", ledger::KeyType::kLog);
  advance.set_checkpoint(*ledger::SignCheckpoint({key->name(), frontier.size(), frontier.Root()}, *key));
  EXPECT_THAT(city.Do(advance, Peer()).status(), HasReason("LOG_CORRUPT"));
  EXPECT_EQ(city.machine.state().catalog().size(), known);
  city.Follow();
  EXPECT_EQ(city.machine.state().catalog().size(), known + 1);
}

log::v1::Entry Redacted() {
  log::v1::LogEvent event;
  event.mutable_text_redacted()->mutable_reason();
  log::v1::Entry entry;
  entry.set_type("seisaku.log.v1.LogEvent/text_redacted");
  entry.set_payload(event.SerializeAsString());
  entry.add_texts();
  entry.set_command_size(1);
  return entry;
}

TEST(ProgressStateTest, AnEntryAboutTheLogItselfChangesOnlyTheSizeOfEitherLog) {
  City city;
  const Position known = city.catalog.size();
  std::vector<std::string> before = Records(city.machine, city.size());
  ASSERT_THAT(city.machine.Evolve(city.size(), Redacted()), IsOk());
  EXPECT_EQ(Records(city.machine, city.size()), before);

  v1::CatalogAdvanced advance;
  advance.set_start(known);
  advance.add_entries(Redacted().SerializeAsString());
  ledger::Frontier frontier = city.machine.state().catalog_frontier();
  frontier.Append(ledger::LeafHash(advance.entries(0)));
  auto key = ledger::SigningKey::Generate("catalog.test/log", ledger::KeyType::kLog);
  advance.set_checkpoint(*ledger::SignCheckpoint({key->name(), frontier.size(), frontier.Root()}, *key));
  ASSERT_THAT(city.Do(advance, Peer()), IsOk());
  EXPECT_EQ(city.machine.state().catalog().size(), known + 1);

  log::v1::Entry unknown = Redacted();
  unknown.set_type("seisaku.log.v1.LogEvent/log_split");
  EXPECT_THAT(city.machine.Evolve(city.size(), unknown), HasReason("LOG_CORRUPT"));
}

// A random change that may or may not be accepted.
void DoSomething(City& city, std::mt19937& random) {
  static const char* const kKpis[] = {kKpi, kAccidents};
  const char* kpi = kKpis[random() % 2];
  v1::Actual figure = Figure(kpi, std::to_string(random() % 3) + (kpi == kKpi ? "人" : "件"));
  figure.set_reporting_year(2020 + static_cast<int>(random() % 3));
  switch (random() % 7) {
    case 0:
      city.catalog.SetTarget(kpi, 2022, std::to_string(random() % 100) + (kpi == kKpi ? "人" : "件"),
                             "見直し");
      (void)city.DoTentatively(
          city.catalog.Stretch(city.machine.state().catalog().size(), city.catalog.size()), Peer());
      break;
    case 1:
      (void)city.DoTentatively(Correct(figure));
      break;
    case 2:
      (void)city.DoTentatively(Retract(figure));
      break;
    case 3:
      (void)city.DoTentatively(Say(kpi, v1::NARRATIVE_KIND_ISSUES, random() % 2 ? "本文" : ""));
      break;
    case 4:
      (void)city.DoTentatively(Declare(kpi, static_cast<type::v1::Judgement>(1 + random() % 4)));
      break;
    default:
      (void)city.DoTentatively(Record(figure));
  }
}

std::vector<std::string> Refolded(const std::vector<log::v1::Entry>& entries) {
  Machine machine;
  for (size_t i = 0; i < entries.size(); ++i) EXPECT_THAT(machine.Evolve(i, entries[i]), IsOk());
  return Records(machine, entries.size());
}

TEST(ProgressStateTest, TruncationIsAsIfTheEntriesHadNeverBeen) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    City city;
    for (int round = 0; round < 6; ++round) {
      Position published = city.size();
      Position catalog_published = city.machine.state().catalog().size();
      for (int i = 0; i < 12; ++i) DoSomething(city, random);
      Position kept = published + random() % (city.size() - published + 1);
      city.machine.Truncate(kept);
      city.entries.resize(kept);
      ASSERT_EQ(Records(city.machine, kept), Refolded(city.entries));
      ASSERT_GE(city.machine.state().catalog().size(), catalog_published);
      city.machine.Publish(kept);
    }
    Position half = city.size() / 2;
    std::vector<log::v1::Entry> first(city.entries.begin(), city.entries.begin() + static_cast<int>(half));
    EXPECT_EQ(Records(city.machine, half), Refolded(first));
  }
}

TEST(ProgressStateTest, RecordsOfASizeStayWhileTheStateChangesAboveIt) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    City city;
    for (int i = 0; i < 30; ++i) DoSomething(city, random);
    const Position size = city.size();
    city.machine.Publish(size);
    for (int i = 0; i < 10; ++i) DoSomething(city, random);
    const std::vector<std::string> expected = Records(city.machine, size);
    std::vector<std::string> seen;
    city.machine.VisitRecords(
        size,
        [&](const StateMachine::Record& record) {
          seen.push_back(fmt::format("{} {} {} {}", record.resource, record.revision, record.position,
                                     ledger::ToHex(ledger::Sha256(record.content))));
        },
        [&] {
          if (random() % 3 == 0) {
            city.machine.Truncate(size);
            city.entries.resize(size);
          }
          for (int i = 0; i < 3; ++i) DoSomething(city, random);
          return true;
        });
    EXPECT_EQ(seen, expected);
  }
}

TEST(ProgressStateTest, RecordsComeInTheOrderOfTheirNames) {
  City city;
  for (v1::NarrativeKind kind :
       {v1::NARRATIVE_KIND_REASON_FOR_DELAY, v1::NARRATIVE_KIND_NEXT_STEPS, v1::NARRATIVE_KIND_ISSUES}) {
    ASSERT_THAT(city.Do(Say(kKpi, kind, "本文")), IsOk());
  }
  ASSERT_THAT(city.Do(Record(Figure(kSchools, "94%", "小学校"))), IsOk());
  ASSERT_THAT(city.Do(Record(Figure(kKpi, "18人"))), IsOk());
  ASSERT_THAT(city.Do(Declare(kKpi, type::v1::JUDGEMENT_DELAYED)), IsOk());
  std::vector<std::string> names;
  city.machine.VisitRecords(city.size(),
                            [&](const StateMachine::Record& record) { names.emplace_back(record.resource); });
  EXPECT_THAT(names, ElementsAre("catalog", "plans/strategy/kpis/jobs/actuals/2022",
                                 "plans/strategy/kpis/jobs/assessments/2022",
                                 "plans/strategy/kpis/jobs/narratives/2022/issues",
                                 "plans/strategy/kpis/jobs/narratives/2022/next-steps",
                                 "plans/strategy/kpis/jobs/narratives/2022/reason-for-delay",
                                 "plans/strategy/kpis/schools/actuals/2022/小学校"));
}

}  // namespace
}  // namespace seisaku::progress
