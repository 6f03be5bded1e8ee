// The rows of the verbs, from which Decide, Fold and an event's resource are derived.
#include "services/catalog/domain/verb.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/catalog/domain/event.h"
#include "tests/support/matchers.h"

namespace seisaku::catalog {
namespace {

using testing::HasSubstr;

std::string FaultOf(const std::vector<VerbRow>& rows) { return std::string(CheckVerbs(rows).message()); }

std::string ChangeName(const VerbRow& row) {
  return v1::Change::descriptor()->FindFieldByNumber(row.change)->full_name();
}
std::string EventName(const VerbRow& row) {
  return v1::Event::descriptor()->FindFieldByNumber(row.event)->full_name();
}

TEST(VerbTest, EveryChangeAndEveryEventHasOneRow) { EXPECT_THAT(CheckVerbs(AllVerbs()), IsOk()); }

TEST(VerbTest, AChangeWithoutARowIsNamed) {
  for (size_t i = 0; i < AllVerbs().size(); ++i) {
    std::vector<VerbRow> rows = AllVerbs();
    const std::string change = ChangeName(rows[i]);
    rows.erase(rows.begin() + i);
    EXPECT_EQ(FaultOf(rows), change + " has no row");
  }
}

TEST(VerbTest, AnEventWithoutARowIsNamed) {
  std::vector<VerbRow> rows = AllVerbs();
  const std::string event = EventName(rows[3]);
  rows[3].event = rows[4].event;
  EXPECT_EQ(FaultOf(rows), event + " has no row");
}

TEST(VerbTest, ASecondRowIsNamed) {
  std::vector<VerbRow> rows = AllVerbs();
  rows.push_back(rows[2]);
  EXPECT_EQ(FaultOf(rows), ChangeName(rows[2]) + " has several rows");
}

TEST(VerbTest, ARowOfAnotherMessageIsNamed) {
  std::vector<VerbRow> rows = AllVerbs();
  std::swap(rows[0].change, rows[3].change);
  EXPECT_EQ(FaultOf(rows), ChangeName(rows[3]) + " has a row for seisaku.catalog.v1.Node");
  rows = AllVerbs();
  std::swap(rows[0].event, rows[3].event);
  EXPECT_EQ(FaultOf(rows), EventName(rows[3]) + " has a row for seisaku.catalog.v1.Node");
}

TEST(VerbTest, ASubjectThatTheEventDoesNotHaveIsNamed) {
  for (std::string_view subject : {"plan.none", "plan.levels", "plan.rule"}) {
    std::vector<VerbRow> rows = AllVerbs();
    rows[0].subject = subject;
    EXPECT_THAT(FaultOf(rows), HasSubstr(subject));
  }
}

TEST(VerbTest, TheResourceOfAnEventIsInTheFieldThatTheSubjectNames) {
  for (const VerbRow& row : AllVerbs()) {
    v1::Event event;
    auto& message =
        *event.GetReflection()->MutableMessage(&event, v1::Event::descriptor()->FindFieldByNumber(row.event));
    const std::string field(row.subject.substr(row.subject.rfind('.') + 1));
    message.GetReflection()->SetString(&message, message.GetDescriptor()->FindFieldByName(field), "it");
    EXPECT_EQ(EventResource(event), "it") << EventType(event);
  }
  EXPECT_EQ(EventResource(v1::Event()), "");
}

}  // namespace
}  // namespace seisaku::catalog
