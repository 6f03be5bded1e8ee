#include "tools/auditor/changes/field_changes.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "seisaku/catalog/v1/resources.pb.h"
#include "seisaku/progress/v1/resources.pb.h"
#include "tools/auditor/changes/show.h"

namespace seisaku::auditor {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;

auto Is(const char* field, const char* before, const char* after) {
  return AllOf(Field(&FieldChange::field, field), Field(&FieldChange::before, before),
               Field(&FieldChange::after, after));
}

progress::v1::Actual Actual(const char* value, const char* unit) {
  progress::v1::Actual actual;
  actual.mutable_value()->mutable_number()->mutable_value()->set_value(value);
  actual.mutable_value()->mutable_number()->set_unit(unit);
  return actual;
}

TEST(FieldChangesTest, TellsTheInnermostFields) {
  EXPECT_THAT(FieldChanges(Actual("1", "件"), Actual("2", "件")),
              ElementsAre(Is("value.number.value.value", "1", "2")));
}

TEST(FieldChangesTest, TellsAllOfWhatIsNew) {
  EXPECT_THAT(FieldChanges(progress::v1::Actual(), progress::v1::Actual()), ElementsAre());
  EXPECT_THAT(FieldChanges(progress::v1::Actual(), Actual("1", "件")),
              ElementsAre(Is("value.number.value.value", "", "1"), Is("value.number.unit", "", "件")));
}

TEST(FieldChangesTest, TellsWhatIsUnsetNow) {
  progress::v1::Actual before = Actual("1", "件");
  before.set_provisional(true);
  EXPECT_THAT(FieldChanges(before, Actual("1", "件")), ElementsAre(Is("provisional", "true", "")));
}

TEST(FieldChangesTest, TellsElementsOfLists) {
  catalog::v1::Kpi before, after;
  before.add_departments("departments/a");
  after.add_departments("departments/b");
  after.add_departments("departments/c");
  EXPECT_THAT(FieldChanges(before, after), ElementsAre(Is("departments[0]", "departments/a", "departments/b"),
                                                       Is("departments[1]", "", "departments/c")));
}

TEST(DescribeTest, DepartmentsAreNamedAndFieldsAreInWords) {
  Change change;
  change.fields = {{"departments[0]", "departments/a", "departments/b"},
                   {"direction", "", "DIRECTION_DECREASE"}};
  change.titles = {{"departments/a", "企画課"}};
  EXPECT_EQ(Describe(policyctl::Language::kJapanese, change),
            "担当課（1番目）: 企画課 (a) → departments/b; 望ましい方向: 減少が望ましい");
  EXPECT_EQ(Describe(policyctl::Language::kEnglish, change),
            "departments[0]: 企画課 (a) → departments/b; direction: DIRECTION_DECREASE");
}

}  // namespace
}  // namespace seisaku::auditor
