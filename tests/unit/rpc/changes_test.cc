#include "services/rpc/changes.h"

#include <set>
#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "google/protobuf/descriptor.pb.h"
#include "gtest/gtest.h"
#include "seisaku/catalog/v1/catalog_service.pb.h"
#include "seisaku/progress/v1/progress_service.pb.h"
#include "services/base/errors.h"
#include "tests/support/matchers.h"

namespace seisaku::rpc {
namespace {

using google::protobuf::Message;

// What is shown of a change is its subject's name, in the field 1 of the resource.
std::shared_ptr<const Changing> Of(const Message& change) {
  return std::make_shared<const Changing>(
      Changing{.change = change, .show = [](Position, const Message& made, Message& resource) {
                 resource.GetReflection()->SetString(
                     &resource, resource.GetDescriptor()->FindFieldByNumber(1), SubjectOf(made));
               }});
}

Method Declared(const Message& request) {
  const google::protobuf::FileDescriptor& file = *request.GetDescriptor()->file();
  for (int i = 0; i < file.service(0)->method_count(); ++i) {
    if (file.service(0)->method(i)->input_type() == request.GetDescriptor())
      return *MethodOf(*file.service(0)->method(i));
  }
  ADD_FAILURE() << "no method takes " << request.GetTypeName();
  return {};
}

template <typename Change>
std::unique_ptr<ChangeMethod> MethodFor(const Message& request) {
  auto made = ChangeMethod::Of(Declared(request), Of(Change::default_instance()));
  EXPECT_THAT(made, IsOk());
  return *std::move(made);
}

absl::StatusOr<Steps> CatalogChanges(const Message& request) {
  return MethodFor<catalog::v1::Change>(request)->ToChanges(request);
}
const catalog::v1::Change& First(const absl::StatusOr<Steps>& steps) {
  return static_cast<const catalog::v1::Change&>(*steps->at(0));
}

TEST(ChangesTest, EveryMethodThatChangesSomethingFitsItsChange) {
  for (const auto& [request, change] :
       {std::pair<const Message*, const Message*>(&catalog::v1::GetPlanRequest::default_instance(),
                                                  &catalog::v1::Change::default_instance()),
        {&progress::v1::GetEvaluationRequest::default_instance(),
         &progress::v1::Change::default_instance()}}) {
    const google::protobuf::ServiceDescriptor& service = *request->GetDescriptor()->file()->service(0);
    std::set<std::string> changes;
    for (int i = 0; i < service.method_count(); ++i) {
      ASSERT_OK_AND_ASSIGN(Method method, MethodOf(*service.method(i)));
      if (method.change.empty()) continue;
      changes.insert(method.change);
      EXPECT_THAT(ChangeMethod::Of(method, Of(*change)), IsOk()) << method.path;
    }
    // No change without a method.
    const auto& kinds = *change->GetDescriptor()->FindOneofByName("change");
    for (int i = 0; i < kinds.field_count(); ++i) EXPECT_TRUE(changes.contains(kinds.field(i)->name()));
  }
}

TEST(ChangesTest, ARequestThatCarriesTheChangesMessageIsThatChangeWithItsReason) {
  catalog::v1::MoveNodeRequest request;
  request.mutable_move()->set_name("plans/p/nodes/n");
  request.mutable_move()->set_order(3);
  request.set_reason("組織改編");
  const auto changes = CatalogChanges(request);
  ASSERT_THAT(changes, IsOk());
  EXPECT_EQ(First(changes).move_node().order(), 3u);
  EXPECT_EQ(First(changes).reason(), "組織改編");
  EXPECT_EQ(SubjectOf(First(changes)), "plans/p/nodes/n");
}

TEST(ChangesTest, WhatIsCreatedIsNamedBelowItsParent) {
  catalog::v1::CreateNodeRequest node;
  node.set_parent("plans/p");
  node.set_node_id("n-1");
  node.mutable_node()->set_name("ignored");
  node.mutable_node()->set_title("防災");
  EXPECT_EQ(First(CatalogChanges(node)).create_node().name(), "plans/p/nodes/n-1");
  EXPECT_EQ(First(CatalogChanges(node)).create_node().title(), "防災");
  catalog::v1::CreateDepartmentRequest department;
  department.set_department_id("d");
  EXPECT_EQ(First(CatalogChanges(department)).create_department().name(), "departments/d");
}

// The field that `refused` names.
std::string FieldOf(const absl::Status& refused) {
  const auto bad = GetBadRequest(refused);
  return bad ? bad->field_violations(0).field() : "";
}

TEST(ChangesTest, AParentOrAnIdOfAnotherFormIsRefused) {
  catalog::v1::CreateKpiRequest request;
  EXPECT_EQ(FieldOf(CatalogChanges(request).status()), "parent");
  request.set_parent("plans/p/nodes/n");
  EXPECT_EQ(FieldOf(CatalogChanges(request).status()), "parent");
  request.set_parent("plans/p");
  EXPECT_EQ(FieldOf(CatalogChanges(request).status()), "kpi_id");
  request.set_kpi_id("A");
  EXPECT_EQ(FieldOf(CatalogChanges(request).status()), "kpi_id");
}

TEST(ChangesTest, AListIsAChangeForEachAndNeitherEmptyNorTooLong) {
  progress::v1::BatchRecordActualsRequest request;
  const auto method = MethodFor<progress::v1::Change>(request);
  EXPECT_THAT(method->ToChanges(request), HasReason("REQUIRED_FIELD"));
  request.set_reason("R4の実績");
  for (int i = 0; i < ledger::kMaxCommandEvents; ++i) request.add_actuals()->set_reporting_year(i);
  ASSERT_OK_AND_ASSIGN(const Steps changes, method->ToChanges(request));
  ASSERT_EQ(changes.size(), static_cast<size_t>(ledger::kMaxCommandEvents));
  const auto& last = static_cast<const progress::v1::Change&>(*changes.back());
  EXPECT_EQ(last.record_actual().reporting_year(), ledger::kMaxCommandEvents - 1);
  EXPECT_EQ(last.reason(), "R4の実績");
  request.add_actuals();
  EXPECT_THAT(method->ToChanges(request), HasReason("COMMAND_TOO_LARGE"));
}

TEST(ChangesTest, AResponseShowsWhatEachChangeWasAboutAndWhereItIs) {
  progress::v1::BatchRecordActualsRequest request;
  request.add_actuals()->set_kpi("plans/p/kpis/a");
  request.add_actuals()->set_kpi("plans/p/kpis/b");
  const auto method = MethodFor<progress::v1::Change>(request);
  ASSERT_OK_AND_ASSIGN(const Steps changes, method->ToChanges(request));
  progress::v1::BatchRecordActualsResponse response;
  ASSERT_THAT(method->Respond({.begin = 5, .end = 7, .recorded_at = absl::UnixEpoch()}, changes, response),
              IsOk());
  ASSERT_EQ(response.actuals_size(), 2);
  EXPECT_EQ(response.actuals(1).kpi(), "plans/p/kpis/b");
  EXPECT_EQ(response.receipt().position(), 7u);
  EXPECT_EQ(response.receipt().entries(), 2u);
}

TEST(ChangesTest, AChangeThatTheServiceDoesNotHaveOrARequestWithoutItDoesNotFit) {
  Method method = Declared(catalog::v1::MoveNodeRequest::default_instance());
  for (const std::string change : {"link_node", "reason", "retire_node"}) {
    method.change = change;
    const absl::Status refused =
        ChangeMethod::Of(method, Of(catalog::v1::Change::default_instance())).status();
    EXPECT_THAT(refused, StatusIs(absl::StatusCode::kInternal)) << change;
    EXPECT_THAT(refused.message(), testing::HasSubstr("MoveNode")) << change;
  }
}

}  // namespace
}  // namespace seisaku::rpc
