// The rows of the verbs, from which Decide, Fold and an event's resource are derived.
#include "services/progress/domain/verb.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/progress/domain/event.h"
#include "tests/support/matchers.h"
#include "tests/unit/progress_domain/city.h"

namespace seisaku::progress {
namespace {

std::string FaultOf(const std::vector<VerbRow>& rows) { return std::string(CheckVerbs(rows).message()); }

const google::protobuf::FieldDescriptor& EventField(const VerbRow& row) {
  return *v1::Event::descriptor()->FindFieldByNumber(row.event);
}

TEST(VerbTest, EveryChangeAndEveryEventHasOneRow) { EXPECT_THAT(CheckVerbs(AllVerbs()), IsOk()); }

TEST(VerbTest, AChangeOrAnEventWithoutARowIsNamed) {
  for (size_t i = 0; i < AllVerbs().size(); ++i) {
    std::vector<VerbRow> rows = AllVerbs();
    const int number = rows[i].change;
    const auto& missing =
        number == 0 ? EventField(rows[i]) : *v1::Change::descriptor()->FindFieldByNumber(number);
    rows.erase(rows.begin() + i);
    EXPECT_EQ(FaultOf(rows), missing.full_name() + " has no row");
  }
}

TEST(VerbTest, ARowWithoutASubjectIsNamed) {
  for (size_t i = 0; i < AllVerbs().size(); ++i) {
    std::vector<VerbRow> rows = AllVerbs();
    if (rows[i].change == 0) continue;
    rows[i].subject = "";
    EXPECT_THAT(FaultOf(rows), testing::HasSubstr(rows[i].event_message()->full_name()));
  }
}

TEST(VerbTest, TheTypeOfAnEventIsTheNameOfItsField) {
  for (const VerbRow& row : AllVerbs()) {
    v1::Event event;
    event.GetReflection()->MutableMessage(&event, &EventField(row));
    EXPECT_EQ(EventType(event), "seisaku.progress.v1.Event/" + EventField(row).name());
  }
  EXPECT_EQ(EventType(v1::Event()), "");
}

TEST(VerbTest, TheResourceOfAnEventIsBelowItsKpi) {
  for (const VerbRow& row : AllVerbs()) {
    v1::Event event;
    google::protobuf::Message& message = *event.GetReflection()->MutableMessage(&event, &EventField(row));
    if (row.subject.empty()) continue;
    message.GetReflection()->SetString(&message, message.GetDescriptor()->FindFieldByName("kpi"), kKpi);
    message.GetReflection()->SetInt32(&message, message.GetDescriptor()->FindFieldByName("reporting_year"),
                                      2022);
    EXPECT_THAT(EventResource(event), testing::StartsWith(kKpi + std::string("/"))) << row.subject;
    EXPECT_THAT(EventResource(event), testing::HasSubstr("/2022")) << row.subject;
  }
  v1::Event advanced;
  advanced.mutable_catalog_advanced();
  EXPECT_EQ(EventResource(advanced), "catalog");
  EXPECT_EQ(EventResource(v1::Event()), "");
}

}  // namespace
}  // namespace seisaku::progress
