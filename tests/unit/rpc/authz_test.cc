#include "services/rpc/authz.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "seisaku/catalog/v1/catalog_service.pb.h"
#include "seisaku/log/v1/log_service.pb.h"
#include "seisaku/progress/v1/progress_service.pb.h"
#include "services/base/files.h"
#include "services/rpc/authn.h"
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

// "/service/Method" -> who may call it, as the page for integrators says.
std::map<std::string, std::string> RolesOnThePage() {
  const std::string page = *ReadFile(std::string(SEISAKU_SOURCE_DIR) + "/proto/README.md");
  std::map<std::string, std::string> roles;
  for (absl::string_view line : absl::StrSplit(page, '\n')) {
    const std::vector<std::string> cells = absl::StrSplit(line, " | ");
    if (cells.size() != 3 || !absl::StartsWith(cells[0], "| `")) continue;
    const std::string service = cells[0].substr(3, cells[0].size() - 4);
    for (absl::string_view word : absl::StrSplit(cells[2], ' ')) {
      if (!absl::ConsumePrefix(&word, "`")) continue;
      roles["/" + service + "/" + std::string(word.substr(0, word.find('`')))] = cells[1];
    }
  }
  return roles;
}

TEST(AuthzTest, ThePageForIntegratorsSaysWhoMayCallWhat) {
  std::map<std::string, std::string> expected;
  for (const MethodRoles& row : AuthorizationTable()) {
    expected[std::string(row.method)] =
        row.roles.size() == 5 ? "any" : absl::StrJoin(row.roles, ", ", [](std::string* out, Role role) {
          out->append(RoleName(role));
        });
  }
  std::map<std::string, std::string> page = RolesOnThePage();
  for (auto it = page.begin(); it != page.end();) it = expected.contains(it->first) ? ++it : page.erase(it);
  EXPECT_EQ(page, expected);
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
