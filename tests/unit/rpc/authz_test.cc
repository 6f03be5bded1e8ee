#include "services/rpc/authz.h"

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "seisaku/catalog/v1/catalog_service.pb.h"
#include "seisaku/log/v1/log_service.pb.h"
#include "seisaku/progress/v1/progress_service.pb.h"
#include "tests/support/matchers.h"

namespace seisaku::rpc {
namespace {

void AddMethods(const google::protobuf::FileDescriptor& file, std::set<std::string>& methods) {
  for (int s = 0; s < file.service_count(); ++s) {
    const google::protobuf::ServiceDescriptor& service = *file.service(s);
    for (int m = 0; m < service.method_count(); ++m) {
      methods.insert("/" + service.full_name() + "/" + service.method(m)->name());
    }
  }
}

// What the contracts declare, whatever the table says.
std::set<std::string> DeclaredMethods() {
  std::set<std::string> methods;
  AddMethods(*catalog::v1::GetPlanRequest::descriptor()->file(), methods);
  AddMethods(*progress::v1::ListActualsRequest::descriptor()->file(), methods);
  AddMethods(*log::v1::ReadEntriesRequest::descriptor()->file(), methods);
  // gRPC's own protocols, whose files are not among ours.
  methods.insert({"/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch",
                  "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
                  "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"});
  return methods;
}

Caller With(Role role) { return {.subject = "seisaku://city/x/y", .role = role, .department = ""}; }

TEST(AuthzTest, EveryMethodThatIsDeclaredHasOneRowAndEveryRowNamesAMethod) {
  std::multiset<std::string> rows;
  for (const MethodRoles& row : AuthorizationTable()) rows.emplace(row.method);
  const std::set<std::string> declared = DeclaredMethods();
  EXPECT_THAT(rows, testing::ElementsAreArray(declared));
  EXPECT_GT(declared.size(), 40u);
}

TEST(AuthzTest, NoRowIsOpenToNobody) {
  for (const MethodRoles& row : AuthorizationTable()) EXPECT_FALSE(row.roles.empty()) << row.method;
}

TEST(AuthzTest, MethodsThatReadAreForEveryRoleAndMethodsThatChangeAreNot) {
  for (const MethodRoles& row : AuthorizationTable()) {
    if (row.method.find("LogService") != std::string_view::npos) continue;
    const std::string_view name = row.method.substr(row.method.rfind('/') + 1);
    const bool reads = name.starts_with("Get") || name.starts_with("List") || name == "Check" ||
                       name == "Watch" || name == "ServerReflectionInfo";
    EXPECT_EQ(Authorize(With(Role::kOperator), row.method).ok(), reads) << row.method;
    EXPECT_EQ(Authorize(With(Role::kAuditor), row.method).ok(), reads) << row.method;
    EXPECT_THAT(Authorize(With(Role::kPlanner), row.method), IsOk()) << row.method;
  }
}

TEST(AuthzTest, ReportersRecordButNeitherDeclareJudgementsNorChangePlans) {
  const Caller reporter = With(Role::kReporter);
  EXPECT_THAT(Authorize(reporter, "/seisaku.progress.v1.ProgressService/RecordActual"), IsOk());
  EXPECT_THAT(Authorize(reporter, "/seisaku.progress.v1.ProgressService/ApplyProgress"), IsOk());
  EXPECT_THAT(Authorize(reporter, "/seisaku.progress.v1.ProgressService/RecordAssessment"),
              HasReason("ROLE_REQUIRED"));
  EXPECT_THAT(Authorize(reporter, "/seisaku.catalog.v1.CatalogService/CreatePlan"),
              HasReason("ROLE_REQUIRED"));
}

TEST(AuthzTest, RawLogIsForAuditorsAndPeersOnly) {
  const std::string_view watch = "/seisaku.log.v1.LogService/WatchEntries";
  EXPECT_THAT(Authorize(With(Role::kAuditor), watch), IsOk());
  EXPECT_THAT(Authorize(With(Role::kPeer), watch), IsOk());
  for (Role role : {Role::kPlanner, Role::kReporter, Role::kOperator}) {
    EXPECT_THAT(Authorize(With(role), watch), HasReason("ROLE_REQUIRED"));
  }
}

TEST(AuthzTest, UnknownMethodIsDeniedToEveryRole) {
  for (Role role : {Role::kPlanner, Role::kReporter, Role::kAuditor, Role::kOperator, Role::kPeer}) {
    EXPECT_THAT(Authorize(With(role), "/seisaku.catalog.v1.CatalogService/DropPlan"),
                StatusIs(absl::StatusCode::kPermissionDenied));
    EXPECT_THAT(Authorize(With(role), ""), HasReason("ROLE_REQUIRED"));
  }
}

TEST(AuthzTest, DenialNamesTheRolesThatWouldDo) {
  absl::Status denied = Authorize(With(Role::kAuditor), "/seisaku.progress.v1.ProgressService/RecordActual");
  EXPECT_EQ(GetErrorInfo(denied)->metadata().at("needed"), "planner, reporter");
}

}  // namespace
}  // namespace seisaku::rpc
