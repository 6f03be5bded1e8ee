#include "services/base/ids.h"

#include <set>

#include "gtest/gtest.h"
#include "services/base/status.h"

namespace seisaku {
namespace {

TEST(IdsTest, ANewUuidIsVersion7OfTheRfcVariantInLowerCase) {
  for (int i = 0; i < 100; ++i) {
    std::string uuid = NewUuid();
    ASSERT_TRUE(IsUuid(uuid)) << uuid;
    EXPECT_EQ(uuid[14], '7') << uuid;
    EXPECT_NE(std::string_view("89ab").find(uuid[19]), std::string_view::npos) << uuid;
    EXPECT_EQ(uuid.find_first_of("ABCDEF"), std::string::npos) << uuid;
  }
}

// The timestamp of the example in RFC 9562, appendix A.6.
TEST(IdsTest, AUuidBeginsWithItsMilliseconds) {
  std::string uuid = NewUuid(absl::FromUnixMillis(0x017F22E279B0));
  EXPECT_EQ(uuid.substr(0, 13), "017f22e2-79b0");
}

TEST(IdsTest, LaterUuidsSortAfterEarlierOnes) {
  absl::Time time = absl::FromUnixMillis(1'700'000'000'000);
  EXPECT_LT(NewUuid(time), NewUuid(time + absl::Milliseconds(1)));
  EXPECT_LT(NewUuid(time), NewUuid(time + absl::Hours(1000)));
}

TEST(IdsTest, UuidsOfTheSameMillisecondDiffer) {
  absl::Time time = absl::FromUnixMillis(1'700'000'000'000);
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(NewUuid(time));
  EXPECT_EQ(seen.size(), 1000u);
}

TEST(IdsTest, AUuidOfAnyVersionAndEitherCaseIsOne) {
  EXPECT_TRUE(IsUuid("00000000-0000-0000-0000-000000000000"));
  EXPECT_TRUE(IsUuid("C232AB00-9414-11EC-B3C8-9F6BDECED846"));
  EXPECT_TRUE(IsUuid("919108f7-52d1-4320-9bac-f847db4148a8"));
}

TEST(IdsTest, WhatIsNotInTheUuidFormIsNone) {
  EXPECT_FALSE(IsUuid(""));
  EXPECT_FALSE(IsUuid("919108f752d143209bacf847db4148a8"));
  EXPECT_FALSE(IsUuid("{919108f7-52d1-4320-9bac-f847db4148a8}"));
  EXPECT_FALSE(IsUuid("919108f7-52d1-4320-9bac-f847db4148a"));
  EXPECT_FALSE(IsUuid("919108f7-52d1-4320-9bac-f847db4148a8 "));
  EXPECT_FALSE(IsUuid("919108f7-52d1-4320-9bac-f847db4148ag"));
  EXPECT_FALSE(IsUuid("919108f-752d1-4320-9bac-f847db4148a8"));
  EXPECT_FALSE(IsUuid("９19108f7-52d1-4320-9bac-f847db414"));
}

TEST(IdsTest, IdsThatPeopleCanReadAreValid) {
  for (const char* id : {"kpi-001", "a", "7", "manifesto", "a--b"})
    EXPECT_TRUE(ValidateId("kpi_id", id).ok());
  EXPECT_TRUE(ValidateId("kpi_id", std::string(63, 'x')).ok());
}

TEST(IdsTest, OtherIdsAreAnInvalidFieldByName) {
  for (const std::string& id : {std::string(), std::string(64, 'x'), std::string("-a"), std::string("a-"),
                                std::string("-"), std::string("KPI"), std::string("a_b"), std::string("a b"),
                                std::string("a/b"), std::string("指標"), std::string("a\0b", 3)}) {
    absl::Status status = ValidateId("kpi_id", id);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << id;
    EXPECT_EQ(ReasonOf(status), "INVALID_FIELD") << id;
    auto bad_request = GetBadRequest(status);
    ASSERT_TRUE(bad_request) << id;
    EXPECT_EQ(bad_request->field_violations(0).field(), "kpi_id");
  }
}

}  // namespace
}  // namespace seisaku
