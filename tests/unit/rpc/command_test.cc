#include "services/rpc/command.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "seisaku/catalog/v1/catalog_service.pb.h"
#include "seisaku/progress/v1/progress_service.pb.h"
#include "services/base/errors.h"
#include "services/base/ids.h"
#include "tests/support/matchers.h"

namespace seisaku::rpc {
namespace {

using catalog::v1::ApplyCatalogRequest;
using progress::v1::RecordActualRequest;

CallContext Call(std::string method = "/s/Method") {
  return {.caller = {.subject = "seisaku://city/planner/a", .role = Role::kPlanner, .department = ""},
          .deadline = absl::FromUnixSeconds(1'700'000'000),
          .method = std::move(method)};
}

constexpr char kUuid[] = "0190a5c7-7f3e-7cc1-9f00-a1b2c3d4e5f6";

TEST(CommandTest, EmptyRequestIdGetsANewUuidEachTime) {
  ASSERT_OK_AND_ASSIGN(ledger::Command first, ToCommand(Call(), RecordActualRequest(), {}));
  ASSERT_OK_AND_ASSIGN(ledger::Command second, ToCommand(Call(), RecordActualRequest(), {}));
  EXPECT_TRUE(IsUuid(first.request_id));
  EXPECT_NE(first.request_id, second.request_id);
}

TEST(CommandTest, RequestIdIsTakenInLowerCase) {
  RecordActualRequest request;
  request.set_request_id("0190A5C7-7F3E-7CC1-9F00-A1B2C3D4E5F6");
  ASSERT_OK_AND_ASSIGN(ledger::Command command, ToCommand(Call(), request, {}));
  EXPECT_EQ(command.request_id, kUuid);
}

TEST(CommandTest, RequestIdThatIsNoUuidIsAnInvalidField) {
  RecordActualRequest request;
  request.set_request_id("yesterday");
  absl::Status status = ToCommand(Call(), request, {}).status();
  EXPECT_THAT(status, HasReason("INVALID_FIELD"));
  EXPECT_EQ(GetBadRequest(status)->field_violations(0).field(), "request_id");
}

TEST(CommandTest, CorrelationIdMayHave128Bytes) {
  RecordActualRequest request;
  request.set_correlation_id(std::string(128, 'x'));
  ASSERT_OK_AND_ASSIGN(ledger::Command command, ToCommand(Call(), request, {}));
  EXPECT_EQ(command.correlation_id, std::string(128, 'x'));
  request.set_correlation_id(std::string(129, 'x'));
  EXPECT_THAT(ToCommand(Call(), request, {}), HasReason("INVALID_FIELD"));
}

TEST(CommandTest, TakesCallerStepsAndValidateOnly) {
  ApplyCatalogRequest request;
  request.add_changes()->set_reason("first");
  request.add_changes()->set_reason("second");
  request.set_validate_only(true);
  ASSERT_OK_AND_ASSIGN(ledger::Command command, ToCommand(Call(), request, ToSteps(request.changes())));
  EXPECT_EQ(command.caller.subject, "seisaku://city/planner/a");
  EXPECT_TRUE(command.validate_only);
  ASSERT_EQ(command.steps.size(), 2u);
  EXPECT_EQ(dynamic_cast<const catalog::v1::Change&>(*command.steps[1]).reason(), "second");
}

TEST(RequestDigestTest, DoesNotDependOnRequestIdAndOnWaiting) {
  RecordActualRequest request;
  request.set_reason("typing error");
  const ledger::Hash digest = RequestDigest("/s/M", request);
  request.set_request_id(kUuid);
  request.set_min_catalog_position(17);
  EXPECT_EQ(RequestDigest("/s/M", request), digest);
}

TEST(RequestDigestTest, DependsOnEverythingElse) {
  RecordActualRequest request;
  request.set_reason("typing error");
  const ledger::Hash digest = RequestDigest("/s/M", request);
  EXPECT_NE(RequestDigest("/s/N", request), digest);
  RecordActualRequest other = request;
  other.mutable_actual()->set_reporting_year(2022);
  EXPECT_NE(RequestDigest("/s/M", other), digest);
  other = request;
  other.set_correlation_id("import");
  EXPECT_NE(RequestDigest("/s/M", other), digest);
}

TEST(RequestDigestTest, IsWhatTheCommandCarries) {
  RecordActualRequest request;
  request.set_reason("typing error");
  ASSERT_OK_AND_ASSIGN(ledger::Command command, ToCommand(Call("/s/M"), request, {}));
  EXPECT_EQ(command.request_digest, RequestDigest("/s/M", request));
}

// Stored in logs for ever: SHA-256("/s/M" 00 12 01 'x'), computed with another program.
TEST(RequestDigestTest, NeverChanges) {
  RecordActualRequest request;
  request.set_reason("x");
  EXPECT_EQ(ledger::ToHex(RequestDigest("/s/M", request)),
            "6c5eb1a5faf7e5386da1910d1cd95da27e9b0d776bc1adcf1c345102ca923b49");
}

TEST(ReceiptTest, SaysWhereAndWhenTheEntriesAre) {
  ledger::Outcome outcome;
  outcome.begin = 10;
  outcome.end = 13;
  outcome.recorded_at = absl::FromUnixMicros(1'700'000'000'123'456);
  outcome.repeated = true;
  type::v1::Receipt receipt;
  FillReceipt(outcome, &receipt);
  EXPECT_EQ(receipt.position(), 13u);
  EXPECT_EQ(receipt.entries(), 3u);
  EXPECT_EQ(receipt.recorded_at().seconds(), 1'700'000'000);
  EXPECT_EQ(receipt.recorded_at().nanos(), 123'456'000);
  EXPECT_TRUE(receipt.repeated());
}

TEST(ReceiptTest, HasNoTimeWhenNothingWasRecorded) {
  ledger::Outcome outcome;
  outcome.begin = outcome.end = 4;
  type::v1::Receipt receipt;
  FillReceipt(outcome, &receipt);
  EXPECT_EQ(receipt.position(), 4u);
  EXPECT_EQ(receipt.entries(), 0u);
  EXPECT_FALSE(receipt.has_recorded_at());
}

// The fields that an error names which speaks of `field`.
std::string NamedIn(const absl::Status& refused) {
  const std::string named = GetBadRequest(refused)->field_violations(0).field();
  EXPECT_EQ(GetErrorInfo(refused)->metadata().at("field"), named);
  EXPECT_THAT(std::string(refused.message()), testing::StartsWith(named));
  return named;
}
absl::Status Wrong(std::string_view field) { return errors::RequiredField(field); }

TEST(CommandTest, AFieldOfAChangeIsNamedAsTheChangeHasIt) {
  catalog::v1::Change change;
  EXPECT_EQ(FieldOfChange(change, "change"), "change");
  change.mutable_create_kpi();
  EXPECT_EQ(FieldOfChange(change, "kpi.baseline[0].value"), "create_kpi.baseline[0].value");
  EXPECT_EQ(FieldOfChange(change, "kpi"), "create_kpi");
  EXPECT_EQ(FieldOfChange(change, "reason"), "reason");
  EXPECT_EQ(FieldOfChange(change, "source.cell"), "source.cell");
  EXPECT_EQ(FieldOfChange(change, "change"), "create_kpi");
  change.mutable_update_node();
  EXPECT_EQ(FieldOfChange(change, "node.title"), "update_node.node.title");
  EXPECT_EQ(FieldOfChange(change, "update_mask"), "update_node.update_mask");
  change.mutable_move_node();
  EXPECT_EQ(FieldOfChange(change, "name"), "move_node.name");
  EXPECT_EQ(FieldOfChange(change, "move.parent"), "move_node.parent");
  change.mutable_set_target();
  EXPECT_EQ(FieldOfChange(change, "target.values[1]"), "set_target.target.values[1]");
  EXPECT_EQ(FieldOfChange(change, "kpi"), "set_target.kpi");
  progress::v1::Change figure;
  figure.mutable_record_actual();
  EXPECT_EQ(FieldOfChange(figure, "actual.value.text"), "record_actual.value.text");
  figure.mutable_correct_actual();
  EXPECT_EQ(FieldOfChange(figure, "actual.value.text"), "correct_actual.actual.value.text");
  EXPECT_EQ(FieldOfChange(figure, "etag"), "correct_actual.etag");
}

TEST(CommandTest, AnErrorNamesTheFieldAsItWasSent) {
  catalog::v1::Change change;
  change.mutable_retire_node();
  EXPECT_EQ(NamedIn(OfChanges(Wrong("from_year"), change, 3)), "changes[3].retire_node.from_year");
  EXPECT_EQ(NamedIn(OfOneChange(Wrong("from_year"), change, "retire")), "retire.from_year");
  EXPECT_EQ(NamedIn(OfOneChange(Wrong("reason"), change, "retire")), "reason");
  change.mutable_create_kpi();
  EXPECT_EQ(NamedIn(OfOneChange(Wrong("kpi.name"), change, "kpi", "kpi_id")), "kpi_id");
  EXPECT_EQ(NamedIn(OfOneChange(Wrong("kpi.unit"), change, "kpi", "kpi_id")), "kpi.unit");
  const absl::Status no_plan = WithField(errors::NotFound("plans/p"), "kpi.name");
  EXPECT_EQ(GetBadRequest(OfOneChange(no_plan, change, "kpi", "kpi_id"))->field_violations(0).field(),
            "parent");
  progress::v1::Change figure;
  figure.mutable_record_actual();
  EXPECT_EQ(NamedIn(OfOneChange(Wrong("actual.kpi"), figure, "actuals[1]")), "actuals[1].kpi");
}

}  // namespace
}  // namespace seisaku::rpc
