#include "services/base/field_path.h"

#include "gtest/gtest.h"

namespace seisaku {
namespace {

TEST(FieldPathTest, IsWrittenAsTheWayFromTheTopThroughFieldsAndElements) {
  const FieldPath kpi("kpi");
  EXPECT_EQ(kpi.ToString(), "kpi");
  const FieldPath baseline(kpi, "baseline");
  EXPECT_EQ(baseline.ToString(), "kpi.baseline");
  const FieldPath first(baseline, 0);
  EXPECT_EQ(first.ToString(), "kpi.baseline[0]");
  EXPECT_EQ(FieldPath(first, "value").ToString(), "kpi.baseline[0].value");
  EXPECT_EQ(FieldPath(first, 12).ToString(), "kpi.baseline[0][12]");
}

}  // namespace
}  // namespace seisaku
