// What Evolve refuses to fold.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "seisaku/log/v1/log_event.pb.h"
#include "tests/unit/catalog_domain/catalog.h"

namespace seisaku::catalog {
namespace {

class EvolveTest : public testing::Test {
 protected:
  EvolveTest() { HavePlan(catalog_); }

  // Folds `entry`, which must be refused and leave no trace.
  void ExpectCorrupt(const log::v1::Entry& entry) {
    Position size = catalog_.state().size();
    auto before = Records(catalog_.machine(), size + 1);
    EXPECT_THAT(catalog_.machine().Evolve(size, entry), HasReason("LOG_CORRUPT"));
    EXPECT_EQ(catalog_.state().size(), size);
    EXPECT_EQ(Records(catalog_.machine(), size + 1), before);
  }

  log::v1::Entry EntryOf(const std::string& change) {
    auto events = catalog_.Decide(change);
    EXPECT_THAT(events, IsOk());
    return ToEntry(events->at(0));
  }
  log::v1::Entry Fresh() { return EntryOf(R"(create_plan { name: "plans/q" title: "t" levels: "a" })"); }

  Catalog catalog_;
};

TEST_F(EvolveTest, RefusesAnEventTypeThatItDoesNotKnow) {
  log::v1::Entry entry = Fresh();
  entry.set_type("seisaku.catalog.v1.Event/plan_split");
  ExpectCorrupt(entry);
}

TEST_F(EvolveTest, RefusesAnEmptyEvent) {
  log::v1::Entry entry = Fresh();
  entry.set_payload("");
  ExpectCorrupt(entry);
}

TEST_F(EvolveTest, RefusesAnUnknownEvent) {
  log::v1::Entry entry = Fresh();
  v1::Event event;
  event.GetReflection()->MutableUnknownFields(&event)->AddLengthDelimited(99, "x");
  entry.set_payload(event.SerializeAsString());
  ExpectCorrupt(entry);
}

TEST_F(EvolveTest, RefusesAnUnknownFieldAtAnyDepth) {
  log::v1::Entry entry = EntryOf(R"(create_kpi { name: "plans/p/kpis/q" node: "plans/p/nodes/n1" title: "t"
      direction: DIRECTION_INCREASE baseline { value { text: "t" } } })");
  v1::Event event;
  ASSERT_TRUE(event.ParseFromString(entry.payload()));
  auto* value = event.mutable_kpi_created()->mutable_baseline(0)->mutable_value();
  value->GetReflection()->MutableUnknownFields(value)->AddVarint(99, 1);
  entry.set_payload(event.SerializeAsString());
  ExpectCorrupt(entry);
}

TEST_F(EvolveTest, RefusesAQualifierThatItDoesNotKnow) {
  log::v1::Entry entry = EntryOf(R"(set_target { kpi: "plans/p/kpis/k1" target { reporting_year: 2023
      values { value { number { value { value: "33" } unit: "万人" } qualifier: QUALIFIER_ABOUT } } } })");
  v1::Event event;
  ASSERT_TRUE(event.ParseFromString(entry.payload()));
  auto* target = event.mutable_target_set()->mutable_target();
  target->mutable_values(0)->mutable_value()->set_qualifier(static_cast<type::v1::Qualifier>(7));
  entry.set_payload(event.SerializeAsString());
  ExpectCorrupt(entry);
}

// No service writes it, and the tree of its nodes would be deeper than a reader's stack.
TEST_F(EvolveTest, RefusesAPlanThatIsDeeperThanAny) {
  log::v1::Entry entry = Fresh();
  v1::Event event;
  ASSERT_TRUE(event.ParseFromString(entry.payload()));
  for (int i = 0; i < 60'000; ++i) event.mutable_plan_created()->add_levels(std::to_string(i));
  entry.set_payload(event.SerializeAsString());
  ExpectCorrupt(entry);
}

TEST_F(EvolveTest, RefusesAnUnknownFieldOfTheEntry) {
  log::v1::Entry entry = Fresh();
  entry.GetReflection()->MutableUnknownFields(&entry)->AddVarint(99, 1);
  ExpectCorrupt(entry);
}

TEST_F(EvolveTest, RefusesAnUnknownDirection) {
  log::v1::Entry entry = EntryOf(R"(create_kpi { name: "plans/p/kpis/q" node: "plans/p/nodes/n1" title: "t"
      direction: DIRECTION_INCREASE })");
  v1::Event event;
  ASSERT_TRUE(event.ParseFromString(entry.payload()));
  event.mutable_kpi_created()->set_direction(static_cast<type::v1::Direction>(9));
  entry.set_payload(event.SerializeAsString());
  ExpectCorrupt(entry);
}

TEST_F(EvolveTest, RefusesAnEntryThatNamesAnotherResource) {
  log::v1::Entry entry = Fresh();
  entry.set_resource("plans/other");
  ExpectCorrupt(entry);
}

TEST_F(EvolveTest, RefusesASecondCreationAndWhatDoesNotExist) {
  ExpectCorrupt(catalog_.entries()[2]);
  log::v1::Entry entry = EntryOf(R"(reason: "r" retire_kpi { name: "plans/p/kpis/k1" from_year: 2024 })");
  v1::Event event;
  ASSERT_TRUE(event.ParseFromString(entry.payload()));
  event.mutable_kpi_retired()->set_name("plans/p/kpis/none");
  entry.set_resource("plans/p/kpis/none");
  entry.set_payload(event.SerializeAsString());
  ExpectCorrupt(entry);
}

// What every service's log may say of itself.
log::v1::Entry Redacted() {
  log::v1::LogEvent event;
  event.mutable_text_redacted()->set_position(1);
  event.mutable_text_redacted()->mutable_reason();
  log::v1::Entry entry;
  entry.set_type("seisaku.log.v1.LogEvent/text_redacted");
  entry.set_resource("plans/p");
  entry.set_payload(event.SerializeAsString());
  entry.add_texts();
  entry.set_command_size(1);
  return entry;
}

TEST_F(EvolveTest, AnEntryAboutTheLogItselfChangesOnlyTheSize) {
  Position size = catalog_.state().size();
  auto before = Records(catalog_.machine(), size);
  ASSERT_THAT(catalog_.machine().Evolve(size, Redacted()), IsOk());
  EXPECT_EQ(catalog_.state().size(), size + 1);
  EXPECT_EQ(Records(catalog_.machine(), size + 1), before);
  ASSERT_THAT(catalog_.machine().Evolve(size + 1, Fresh()), IsOk());
  catalog_.machine().Truncate(size);
  EXPECT_EQ(catalog_.state().size(), size);
}

TEST_F(EvolveTest, RefusesWhatItDoesNotKnowAboutTheLogItself) {
  log::v1::Entry entry = Redacted();
  entry.set_type("seisaku.log.v1.LogEvent/log_split");
  ExpectCorrupt(entry);
  entry = Redacted();
  entry.set_type("seisaku.log.v1.LogEvent/log_continued");
  ExpectCorrupt(entry);
  entry = Redacted();
  entry.clear_texts();
  ExpectCorrupt(entry);
  entry = Redacted();
  entry.GetReflection()->MutableUnknownFields(&entry)->AddVarint(99, 1);
  ExpectCorrupt(entry);
  entry = Redacted();
  log::v1::LogEvent event;
  ASSERT_TRUE(event.ParseFromString(entry.payload()));
  auto* redacted = event.mutable_text_redacted();
  redacted->GetReflection()->MutableUnknownFields(redacted)->AddVarint(99, 1);
  entry.set_payload(event.SerializeAsString());
  ExpectCorrupt(entry);
}

TEST_F(EvolveTest, RefusesAnEventOfAnotherLog) {
  const Position size = catalog_.state().size();
  EXPECT_THAT(catalog_.machine().Fold(size, Fresh()), HasReason("LOG_CORRUPT"));
  EXPECT_EQ(catalog_.state().size(), size);
}

TEST_F(EvolveTest, RefusesAPositionThatIsNotTheNext) {
  EXPECT_THAT(catalog_.machine().Evolve(3, Fresh()), HasReason("LOG_CORRUPT"));
}

}  // namespace
}  // namespace seisaku::catalog
