#include "tools/policyctl/creation.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/period.h"
#include "services/base/status.h"
#include "tests/support/matchers.h"
#include "tests/unit/policyctl/city_in_process.h"

namespace seisaku::policyctl {
namespace {

class CreationTest : public testing::Test {
 protected:
  CreationTest() : city_({"健康寿命"}), client_(city_.Open()) {
    city_.size = 300;
    city_.created_at = 123;
    city_.created_on = absl::FromCivil(absl::CivilSecond(2024, 5, 6, 12, 0, 0), TokyoTime());
  }
  static std::string Fact(const absl::Status& status, const std::string& name) {
    return GetErrorInfo(status)->metadata().at(name);
  }

  CityInProcess city_;
  std::unique_ptr<Client> client_;
};

TEST_F(CreationTest, OfAPlanAndOfAKpiIsTheDayAndTheSize) {
  for (const char* resource : {"plans/p", "plans/p/kpis/健康寿命", "plans/p/kpis/kpi-1/evaluations/2022"}) {
    const absl::Status told = WithCreation(*client_, errors::NotFound(resource), "R5.6.1");
    ASSERT_THAT(told, HasReason("NOT_YET_THERE"));
    EXPECT_EQ(told.code(), absl::StatusCode::kNotFound);
    EXPECT_EQ(Fact(told, "as_of"), "R5.6.1");
    EXPECT_EQ(Fact(told, "created"), "2024-05-06");
    EXPECT_EQ(Fact(told, "position"), "123");
  }
}

TEST_F(CreationTest, WhatIsNotThereNowEitherStaysAsItIs) {
  for (const char* resource : {"plans/q", "plans/p/kpis/none", "departments/d", "plans/p/nodes/n"}) {
    EXPECT_THAT(WithCreation(*client_, errors::NotFound(resource), "R5.6.1"),
                HasReason("RESOURCE_NOT_FOUND"));
  }
  EXPECT_THAT(WithCreation(*client_, errors::NotFound("plans/p"), ""), HasReason("RESOURCE_NOT_FOUND"));
}

}  // namespace
}  // namespace seisaku::policyctl
