#include "tools/policyctl/naming.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/status.h"
#include "tests/support/matchers.h"
#include "tests/unit/policyctl/city_in_process.h"

namespace seisaku::policyctl {
namespace {

using testing::HasSubstr;

class KpiNamingTest : public testing::Test {
 protected:
  KpiNamingTest()
      : city_({"交通事故発生件数", "コミュニティバス利用者数〜市内〜", "健康寿命", "健康診査受診率",
               "バス停の数"}),
        session_({}, [](const char*) { return std::string(); }) {
    session_.ConnectBy([this](Client::Options options) { return city_.Open(std::move(options)); });
  }

  absl::StatusOr<std::string> Named(const std::string& kpi, std::string_view service = "progress") {
    testing::internal::CaptureStderr();
    absl::StatusOr<std::string> name = KpiForReading(session_, kpi, "p", {}, service);
    notes_ = testing::internal::GetCapturedStderr();
    return name;
  }
  static std::string Closest(const absl::Status& status) {
    const auto info = GetErrorInfo(status);
    return info && info->metadata().contains("closest") ? info->metadata().at("closest") : "";
  }

  CityInProcess city_;
  Session session_;
  std::string notes_;
};

TEST_F(KpiNamingTest, AnExactTitleAndAnIdAreTakenAsTheyAre) {
  for (const char* service : {"catalog", "progress"}) {
    EXPECT_THAT(Named("健康寿命", service), IsOkAndHolds("plans/p/kpis/健康寿命"));
    EXPECT_THAT(Named("kpi-3", service), IsOkAndHolds("plans/p/kpis/kpi-3"));
    EXPECT_EQ(notes_, "");
  }
  EXPECT_THAT(Named("plans/q/kpis/x"), IsOkAndHolds("plans/q/kpis/x"));
}

TEST_F(KpiNamingTest, AnotherSpellingIsFoundAndItSaysWhich) {
  for (const char* service : {"catalog", "progress"}) {
    // U+FF5E for U+301C, and a blank.
    EXPECT_THAT(Named("コミュニティバス 利用者数～市内～", service), IsOkAndHolds("plans/p/kpis/kpi-2"));
    EXPECT_THAT(notes_, HasSubstr("is taken as \"コミュニティバス利用者数〜市内〜\" (kpi-2)"));
  }
  EXPECT_THAT(KpiForWriting(session_, "健康 寿命", "p", 2022), IsOkAndHolds("plans/p/kpis/kpi-3"));
}

TEST_F(KpiNamingTest, AnIdMayBeTypedInFullWidthOrCapitals) {
  for (const char* typed : {"ＫＰＩ－３", "KPI-3", "ｋｐｉ-３"}) {
    EXPECT_THAT(Named(typed, "catalog"), IsOkAndHolds("plans/p/kpis/kpi-3")) << typed;
    EXPECT_THAT(notes_, HasSubstr("is taken as \"健康寿命\" (kpi-3)"));
  }
}

TEST_F(KpiNamingTest, APartSuggestsAndFindsNothing) {
  const absl::Status part = Named("バス").status();
  EXPECT_THAT(part, HasReason("RESOURCE_NOT_FOUND"));
  EXPECT_EQ(part.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(Closest(part), HasSubstr("バス停の数 (kpi-5)"));
  EXPECT_THAT(Closest(part), HasSubstr("コミュニティバス利用者数〜市内〜 (kpi-2)"));
  EXPECT_LT(Closest(part).find("バス停"), Closest(part).find("コミュニティ"));  // the best first
  EXPECT_EQ(Closest(Named("全く違う").status()), "");
}

}  // namespace
}  // namespace seisaku::policyctl
