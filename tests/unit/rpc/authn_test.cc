#include "services/rpc/security/authn.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"

namespace seisaku::rpc {
namespace {

TEST(AuthnTest, ReadsRoleAndKeepsTheWholeUriAsSubject) {
  ASSERT_OK_AND_ASSIGN(Caller caller, ParseCallerUri("seisaku://sakai/planner/yamada"));
  EXPECT_EQ(caller.subject, "seisaku://sakai/planner/yamada");
  EXPECT_EQ(caller.role, Role::kPlanner);
  EXPECT_EQ(caller.department, "");
}

TEST(AuthnTest, KnowsEveryRoleWithoutADepartment) {
  for (Role role : {Role::kPlanner, Role::kAuditor, Role::kOperator, Role::kPeer}) {
    const std::string uri = std::string("seisaku://city/").append(RoleName(role)).append("/someone");
    ASSERT_OK_AND_ASSIGN(Caller caller, ParseCallerUri(uri));
    EXPECT_EQ(caller.role, role) << uri;
  }
}

TEST(AuthnTest, ReporterBelongsToTheDepartmentOfTheUri) {
  ASSERT_OK_AND_ASSIGN(Caller caller, ParseCallerUri("seisaku://sakai/reporter/kodomo-seisaku/sato"));
  EXPECT_EQ(caller.role, Role::kReporter);
  EXPECT_EQ(caller.department, "departments/kodomo-seisaku");
  EXPECT_EQ(caller.subject, "seisaku://sakai/reporter/kodomo-seisaku/sato");
}

class UnusableUriTest : public testing::TestWithParam<std::string> {};

TEST_P(UnusableUriTest, IsRefused) {
  EXPECT_THAT(ParseCallerUri(GetParam()), StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(ParseCallerUri(GetParam()), HasReason("CERTIFICATE_UNUSABLE"));
}

INSTANTIATE_TEST_SUITE_P(
    Forms, UnusableUriTest,
    testing::Values("", "seisaku://", "https://sakai/planner/yamada", "SEISAKU://sakai/planner/yamada",
                    "seisaku://sakai/planner", "seisaku://sakai/planner/", "seisaku://sakai/mayor/yamada",
                    "seisaku://sakai/Planner/yamada", "seisaku:///planner/yamada",
                    "seisaku://sakai/reporter/sato", "seisaku://sakai/reporter//sato",
                    "seisaku://sakai/planner/kodomo/yamada", "seisaku://sakai/planner/yamada/",
                    "seisaku://sakai/planner/Yamada", "seisaku://sakai/planner/山田",
                    "seisaku://sakai/planner/yamada?role=operator", "seisaku://sakai/planner/yamada#x",
                    "seisaku://sakai/planner/" + std::string(64, 'a'),
                    std::string("seisaku://sakai/planner/yama\0da", 31)));

TEST(AuthnTest, TakesAPartOf63Characters) {
  EXPECT_THAT(ParseCallerUri("seisaku://sakai/planner/" + std::string(63, 'a')), IsOk());
}

TEST(AuthnTest, IgnoresUrisOfOthers) {
  ASSERT_OK_AND_ASSIGN(Caller caller, CallerOfUris({"spiffe://sakai/x", "seisaku://sakai/auditor/kansa"}));
  EXPECT_EQ(caller.role, Role::kAuditor);
}

TEST(AuthnTest, CertificateWithoutUriIsUnusable) {
  EXPECT_THAT(CallerOfUris({}), HasReason("CERTIFICATE_UNUSABLE"));
  EXPECT_THAT(CallerOfUris({"spiffe://sakai/x"}), HasReason("CERTIFICATE_UNUSABLE"));
}

TEST(AuthnTest, CertificateWithTwoUrisIsUnusableEvenIfOneIsMalformed) {
  EXPECT_THAT(CallerOfUris({"seisaku://sakai/planner/a", "seisaku://sakai/auditor/a"}),
              HasReason("CERTIFICATE_UNUSABLE"));
  EXPECT_THAT(CallerOfUris({"seisaku://sakai/planner/a", "seisaku://?"}), HasReason("CERTIFICATE_UNUSABLE"));
}

}  // namespace
}  // namespace seisaku::rpc
