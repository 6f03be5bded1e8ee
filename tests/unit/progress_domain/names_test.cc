#include "services/progress/domain/names.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace seisaku::progress {
namespace {

constexpr std::string_view kKpi = "plans/p/kpis/k";

TEST(RecordNameTest, WhatMakesANameCanBeTakenApart) {
  for (const std::string_view component : {"", "女性", "a/b"}) {
    const std::string name = ActualName(kKpi, 2023, component);
    const auto record = ParseRecordName(name);
    ASSERT_TRUE(record) << name;
    EXPECT_EQ(record->kpi, kKpi);
    EXPECT_EQ(record->collection, kActuals);
    EXPECT_EQ(record->reporting_year, 2023);
    EXPECT_EQ(record->last, component);
  }
  EXPECT_EQ(ParseRecordName(AssessmentName(kKpi, 2023))->collection, kAssessments);
  for (int kind = v1::NarrativeKind_MIN + 1; kind <= v1::NarrativeKind_MAX; ++kind) {
    const std::string name = NarrativeName(kKpi, 2023, static_cast<v1::NarrativeKind>(kind));
    const auto record = ParseRecordName(name);
    ASSERT_TRUE(record) << name;
    EXPECT_EQ(record->collection, kNarratives);
    EXPECT_EQ(NarrativeKindOf(record->last), kind);
  }
}

TEST(RecordNameTest, OtherNamesAreNone) {
  for (const std::string_view name :
       {"", "catalog", "plans/p/kpis/k", "plans/p/kpis/k/actuals", "plans/p/kpis/k/actuals/x"}) {
    EXPECT_FALSE(ParseRecordName(name)) << name;
  }
  EXPECT_EQ(NarrativeKindOf("?"), v1::NARRATIVE_KIND_UNSPECIFIED);
}

}  // namespace
}  // namespace seisaku::progress
