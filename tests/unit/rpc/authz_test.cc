#include "services/rpc/security/authz.h"

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "gtest/gtest.h"
#include "seisaku/catalog/v1/catalog_service.pb.h"
#include "seisaku/log/v1/log_service.pb.h"
#include "seisaku/progress/v1/progress_service.pb.h"
#include "services/base/files.h"
#include "services/rpc/security/authn.h"
#include "tests/support/matchers.h"

namespace seisaku::rpc {
namespace {

// What the contracts declare.
std::vector<Method> DeclaredMethods() {
  std::vector<Method> methods;
  for (const google::protobuf::FileDescriptor* file : {catalog::v1::GetPlanRequest::descriptor()->file(),
                                                       progress::v1::ListActualsRequest::descriptor()->file(),
                                                       log::v1::ReadEntriesRequest::descriptor()->file()}) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        auto method = MethodOf(*file->service(s)->method(m));
        EXPECT_THAT(method, IsOk());
        if (method.ok()) methods.push_back(*std::move(method));
      }
    }
  }
  return methods;
}

Method Named(std::string_view path) {
  for (Method& method : DeclaredMethods()) {
    if (method.path == path) return std::move(method);
  }
  ADD_FAILURE() << "no such method: " << path;
  return {};
}

Caller With(Role role) { return {.subject = "seisaku://city/x/y", .role = role, .department = ""}; }

TEST(AuthzTest, EveryMethodThatIsDeclaredSaysWhoMayCallIt) {
  const std::vector<Method> declared = DeclaredMethods();
  for (const Method& method : declared) EXPECT_FALSE(method.roles.empty()) << method.path;
  EXPECT_GT(declared.size(), 40u);
}

TEST(AuthzTest, AMethodWithoutTheOptionIsRefusedByName) {
  const auto* plain = google::protobuf::DescriptorPool::generated_pool();
  google::protobuf::DescriptorPool pool(plain);
  google::protobuf::FileDescriptorProto file;
  file.set_name("bare.proto");
  file.add_dependency("seisaku/log/v1/log_service.proto");
  file.mutable_service()->Add()->set_name("Bare");
  auto& method = *file.mutable_service(0)->add_method();
  method.set_name("Get");
  method.set_input_type("seisaku.log.v1.GetCheckpointRequest");
  method.set_output_type("seisaku.log.v1.GetCheckpointResponse");
  ASSERT_NE(pool.BuildFile(file), nullptr);
  const absl::Status refused = MethodOf(*pool.FindMethodByName("Bare.Get")).status();
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(refused.message(), testing::HasSubstr("Bare.Get"));
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
  for (const Method& row : DeclaredMethods()) {
    expected[row.path] =
        row.roles.size() == 5 ? "any" : absl::StrJoin(row.roles, ", ", [](std::string* out, Role role) {
          out->append(RoleName(role));
        });
  }
  std::map<std::string, std::string> page = RolesOnThePage();
  for (auto it = page.begin(); it != page.end();) it = expected.contains(it->first) ? ++it : page.erase(it);
  EXPECT_EQ(page, expected);
}

TEST(AuthzTest, MethodsThatReadAreForEveryRoleAndMethodsThatChangeAreNot) {
  for (const Method& method : DeclaredMethods()) {
    if (method.path.find("LogService") != std::string_view::npos) continue;
    const std::string name = method.path.substr(method.path.rfind('/') + 1);
    const bool reads = name.starts_with("Get") || name.starts_with("List");
    EXPECT_EQ(method.change.empty(), reads) << method.path;
    EXPECT_EQ(Authorize(With(Role::kOperator), method).ok(), reads) << method.path;
    EXPECT_EQ(Authorize(With(Role::kAuditor), method).ok(), reads) << method.path;
    EXPECT_THAT(Authorize(With(Role::kPlanner), method), IsOk()) << method.path;
  }
}

TEST(AuthzTest, ReportersRecordButNeitherDeclareJudgementsNorChangePlans) {
  const Caller reporter = With(Role::kReporter);
  EXPECT_THAT(Authorize(reporter, Named("/seisaku.progress.v1.ProgressService/RecordActual")), IsOk());
  EXPECT_THAT(Authorize(reporter, Named("/seisaku.progress.v1.ProgressService/ApplyProgress")), IsOk());
  EXPECT_THAT(Authorize(reporter, Named("/seisaku.progress.v1.ProgressService/RecordAssessment")),
              HasReason("ROLE_REQUIRED"));
  EXPECT_THAT(Authorize(reporter, Named("/seisaku.catalog.v1.CatalogService/CreatePlan")),
              HasReason("ROLE_REQUIRED"));
}

TEST(AuthzTest, RawLogIsForAuditorsAndPeersOnly) {
  const Method watch = Named("/seisaku.log.v1.LogService/WatchEntries");
  EXPECT_THAT(Authorize(With(Role::kAuditor), watch), IsOk());
  EXPECT_THAT(Authorize(With(Role::kPeer), watch), IsOk());
  for (Role role : {Role::kPlanner, Role::kReporter, Role::kOperator}) {
    EXPECT_THAT(Authorize(With(role), watch), HasReason("ROLE_REQUIRED"));
  }
}

TEST(AuthzTest, AMethodOfGrpcsOwnProtocolsIsForEveryRole) {
  for (Role role : {Role::kPlanner, Role::kReporter, Role::kAuditor, Role::kOperator, Role::kPeer}) {
    EXPECT_THAT(Authorize(With(role), OpenMethod("/grpc.health.v1.Health/Check")), IsOk());
    EXPECT_THAT(Authorize(With(role), Method{}), HasReason("ROLE_REQUIRED"));
  }
}

TEST(AuthzTest, DenialNamesTheRolesThatWouldDo) {
  absl::Status denied =
      Authorize(With(Role::kAuditor), Named("/seisaku.progress.v1.ProgressService/RecordActual"));
  EXPECT_EQ(GetErrorInfo(denied)->metadata().at("needed"), "planner, reporter");
}

}  // namespace
}  // namespace seisaku::rpc
