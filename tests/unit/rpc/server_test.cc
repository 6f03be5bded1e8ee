#include "tests/unit/rpc/server_fixture.h"

namespace seisaku::rpc {
namespace {

TEST_F(ServerTest, CallerIsTheSubjectOfTheVerifiedCertificate) {
  StartOrFail();
  EXPECT_THAT(Call(ChannelAs(kAuditor)), IsOk());
  EXPECT_EQ(checkpoint_.checkpoint(), "seisaku://sakai/auditor/kansa");
}

TEST_F(ServerTest, ClientWithoutCertificateIsRefused) {
  StartOrFail();
  grpc::SslCredentialsOptions only_root;
  only_root.pem_root_certs = *ReadFile(files_.ca);
  auto channel = grpc::CreateChannel(server_->address(), grpc::SslCredentials(only_root));
  EXPECT_THAT(Call(channel), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(ServerTest, CertificateOfAnotherAuthorityIsRefused) {
  StartOrFail();
  Authority other;
  TlsFiles files = other.Issue(kAuditor);
  files.ca = files_.ca;  // so that it is the server that refuses
  ASSERT_OK_AND_ASSIGN(auto channel, OpenChannel(server_->address(), files));
  EXPECT_THAT(Call(channel), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(ServerTest, ClientRefusesAServerOfAnotherAuthority) {
  StartOrFail();
  Authority other;
  TlsFiles files = authority_.Issue(kAuditor);
  files.ca = other.Issue().ca;
  ASSERT_OK_AND_ASSIGN(auto channel, OpenChannel(server_->address(), files));
  EXPECT_THAT(Call(channel), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(ServerTest, PlaintextIsRefused) {
  StartOrFail();
  auto channel = grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials());
  EXPECT_THAT(Call(channel), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(ServerTest, CertificateWithoutOurUriIsUnauthenticated) {
  StartOrFail();
  for (const char* names : {"", "DNS:sakai.example", "URI:spiffe://sakai/auditor/a"}) {
    absl::Status status = Call(ChannelAs(names));
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnauthenticated));
    EXPECT_THAT(status, HasReason("CERTIFICATE_UNUSABLE"));
  }
  EXPECT_THAT(Call(ChannelAs(std::string(kAuditor) + "," + kPlanner)), HasReason("CERTIFICATE_UNUSABLE"));
}

TEST_F(ServerTest, RoleThatMayNotIsDeniedWithDetails) {
  StartOrFail();
  absl::Status status = Call(ChannelAs(kPlanner));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(status, HasReason("ROLE_REQUIRED"));
  EXPECT_EQ(GetErrorInfo(status)->domain(), "seisaku");
  EXPECT_EQ(GetErrorInfo(status)->metadata().at("subject"), "seisaku://sakai/planner/yamada");
  EXPECT_EQ(GetErrorInfo(status)->metadata().at("needed"), "auditor, peer");
}

TEST_F(ServerTest, RoleThatMayNotIsDeniedAStreamToo) {
  StartOrFail();
  auto stub = StubAs(kPlanner);
  grpc::ClientContext context;
  log::v1::WatchEntriesResponse response;
  auto stream = stub->WatchEntries(&context, {});
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_THAT(FromGrpcStatus(stream->Finish()), HasReason("ROLE_REQUIRED"));
}

TEST_F(ServerTest, DeadlinesAreGivenAndCut) {
  StartOrFail();
  auto stub = StubAs(kAuditor);
  grpc::ClientContext without;
  ASSERT_TRUE(stub->GetCheckpoint(&without, {}, &checkpoint_).ok());
  EXPECT_EQ(checkpoint_.position(), 30u);
  grpc::ClientContext with_an_hour;
  with_an_hour.set_deadline(absl::ToChronoTime(absl::Now() + absl::Hours(1)));
  ASSERT_TRUE(stub->GetCheckpoint(&with_an_hour, {}, &checkpoint_).ok());
  EXPECT_EQ(checkpoint_.position(), 300u);
  grpc::ClientContext with_a_minute;
  with_a_minute.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(1)));
  ASSERT_TRUE(stub->GetCheckpoint(&with_a_minute, {}, &checkpoint_).ok());
  EXPECT_LE(checkpoint_.position(), 60u);
  EXPECT_GT(checkpoint_.position(), 30u);
}

TEST_F(ServerTest, ExceptionsAndForeignErrorsBecomeInternalWithoutTheirText) {
  StartOrFail();
  auto stub = StubAs(kAuditor);
  for (uint64_t how : {0, 1, 2}) {
    grpc::ClientContext context;
    log::v1::ReadEntriesRequest request;
    request.set_start(how);
    log::v1::ReadEntriesResponse response;
    grpc::Status status = stub->ReadEntries(&context, request, &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
    EXPECT_EQ(status.error_message(), "internal error");
    EXPECT_THAT(FromGrpcStatus(status), HasReason("INTERNAL"));
  }
}

TEST_F(ServerTest, HealthFollowsReadinessForServerAndServices) {
  ledger_.SetHealth(errors::StorageUnavailable("away"));
  StartOrFail();
  auto channel = ChannelAs(kAuditor);
  const std::string method = "/grpc.health.v1.Health/Check";
  const std::string of_service = "\x0A\x19seisaku.log.v1.LogService";
  const std::string serving = "\x08\x01", not_serving = "\x08\x02";
  EXPECT_EQ(Ask(channel, method, "").bytes, not_serving);
  EXPECT_EQ(Ask(channel, method, of_service).bytes, not_serving);
  ledger_.SetHealth(absl::OkStatus());
  const absl::Time patience = absl::Now() + absl::Seconds(30);
  while (Ask(channel, method, of_service).bytes != serving && absl::Now() < patience) {
  }
  EXPECT_EQ(Ask(channel, method, of_service).bytes, serving);
  EXPECT_EQ(Ask(channel, method, "").bytes, serving);
  EXPECT_EQ(Ask(channel, method, "\x0A\x01x").status.error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(ServerTest, ReflectionListsTheServices) {
  StartOrFail();
  RawAnswer answer =
      Ask(ChannelAs(kAuditor), "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
          std::string("\x3A\x01*"));  // list_services: "*"
  EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
  EXPECT_THAT(answer.bytes, HasSubstr("seisaku.log.v1.LogService"));
  EXPECT_THAT(answer.bytes, HasSubstr("grpc.health.v1.Health"));
}

TEST_F(ServerTest, AMethodThatTheServerDoesNotHaveIsNamed) {
  StartOrFail();
  const RawAnswer answer = Ask(ChannelAs(kAuditor), "/seisaku.log.v1.LogService/DropLog", "");
  const absl::Status status = FromGrpcStatus(answer.status);
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnimplemented));
  EXPECT_THAT(status, HasReason("METHOD_UNKNOWN"));
  EXPECT_EQ(GetErrorInfo(status)->metadata().at("method"), "/seisaku.log.v1.LogService/DropLog");
}

TEST_F(ServerTest, WhoMayNotBeKnownIsNotToldWhichMethodsThereAre) {
  StartOrFail();
  const RawAnswer answer = Ask(ChannelAs("DNS:elsewhere"), "/seisaku.log.v1.LogService/DropLog", "");
  EXPECT_THAT(FromGrpcStatus(answer.status), HasReason("CERTIFICATE_UNUSABLE"));
}

// A LogService that answers one method of all that its contract declares.
class PartOfLog final : public ContractService {
 public:
  PartOfLog(Adapter& adapter, ledger::Ledger& ledger)
      : ContractService(*log::v1::ReadEntriesRequest::descriptor()->file()->FindServiceByName("LogService"),
                        adapter, ledger) {
    Answer(std::function<absl::StatusOr<log::v1::ReadEntriesResponse>(const CallContext&,
                                                                      const log::v1::ReadEntriesRequest&)>(
        [](const CallContext&, const log::v1::ReadEntriesRequest&) {
          return log::v1::ReadEntriesResponse();
        }));
  }
};

TEST_F(ServerTest, AServiceWithAMethodThatNothingAnswersDoesNotStart) {
  PartOfLog part(adapter_, ledger_);
  const absl::Status status = Start(part).status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(status.message(), HasSubstr("/seisaku.log.v1.LogService/GetCheckpoint: nothing answers it"));
}

TEST_F(ServerTest, AddressFileHoldsTheChosenAddress) {
  StartOrFail();
  EXPECT_THAT(ReadFile(options_.address_file), IsOkAndHolds(server_->address() + "\n"));
  EXPECT_THAT(server_->address(), testing::MatchesRegex("127\\.0\\.0\\.1:[1-9][0-9]+"));
}

TEST_F(ServerTest, CallsAreCountedByMethodAndCodeAndThoseRefusedByReason) {
  StartOrFail();
  EXPECT_THAT(Call(ChannelAs(kAuditor)), IsOk());
  EXPECT_FALSE(Call(ChannelAs(kPlanner)).ok());
  EXPECT_FALSE(Call(ChannelAs("")).ok());
  grpc::ClientContext context;
  log::v1::WatchEntriesResponse response;
  auto stub = StubAs(kAuditor);
  auto stream = stub->WatchEntries(&context, {});
  ASSERT_TRUE(stream->Read(&response));
  const std::string page = metrics_.Page();
  const std::string method = "method=\"/seisaku.log.v1.LogService/GetCheckpoint\"";
  EXPECT_THAT(page, HasSubstr("seisaku_rpc_total{code=\"OK\"," + method + "} 1"));
  EXPECT_THAT(page, HasSubstr("seisaku_rpc_total{code=\"PERMISSION_DENIED\"," + method + "} 1"));
  EXPECT_THAT(page, HasSubstr("seisaku_rpc_seconds_count{" + method + "} 3"));
  EXPECT_THAT(page, HasSubstr("seisaku_rpc_open{kind=\"stream\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("seisaku_rpc_open{kind=\"unary\"} 0\n"));
  EXPECT_THAT(page,
              HasSubstr("seisaku_rpc_refused_total{kind=\"unary\",reason=\"CERTIFICATE_UNUSABLE\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("seisaku_rpc_refused_total{kind=\"unary\",reason=\"ROLE_REQUIRED\"} 1\n"));
  context.TryCancel();
  (void)stream->Finish();
}

TEST_F(ServerTest, ShutdownEndsStreamsWithAReasonToGoElsewhere) {
  StartOrFail();
  auto stub = StubAs(kAuditor);
  grpc::ClientContext context;
  log::v1::WatchEntriesResponse response;
  auto stream = stub->WatchEntries(&context, {});
  ASSERT_TRUE(stream->Read(&response));
  const absl::Time began = absl::Now();
  server_->Shutdown(absl::Minutes(5));
  EXPECT_LT(absl::Now() - began, absl::Minutes(1));
  EXPECT_FALSE(stream->Read(&response));
  absl::Status status = FromGrpcStatus(stream->Finish());
  EXPECT_THAT(status, HasReason("SHUTTING_DOWN"));
  EXPECT_TRUE(GetRetryInfo(status));
}

TEST_F(ServerTest, CancelledStreamLetsItsHandlerGo) {
  StartOrFail();
  auto stub = StubAs(kAuditor);
  grpc::ClientContext context;
  log::v1::WatchEntriesResponse response;
  auto stream = stub->WatchEntries(&context, {});
  ASSERT_TRUE(stream->Read(&response));
  context.TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_THAT(server_->ready(), IsOk());
  server_->Shutdown(absl::InfiniteDuration());
  EXPECT_THAT(server_->ready(), HasReason("SHUTTING_DOWN"));
  EXPECT_THAT(Call(ChannelAs(kAuditor)), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(ServerTest, AHandlerThatWouldWaitIsCalledAgainWhereItMay) {
  StartOrFail();
  log::v1::ReadEntriesRequest request;
  request.set_start(kWouldWait);
  grpc::ClientContext context;
  log::v1::ReadEntriesResponse response;
  EXPECT_THAT(FromGrpcStatus(StubAs(kAuditor)->ReadEntries(&context, request, &response)), IsOk());
}

TEST_F(ServerTest, ManyCallsThatWaitHoldUpNoOtherCall) {
  StartOrFail();
  std::vector<std::thread> callers;
  for (int i = 0; i < 16; ++i) {
    callers.emplace_back([this] {
      log::v1::ReadEntriesRequest request;
      request.set_start(kWaitsForAnEntry);
      grpc::ClientContext context;
      log::v1::ReadEntriesResponse response;
      EXPECT_THAT(FromGrpcStatus(StubAs(kAuditor)->ReadEntries(&context, request, &response)), IsOk());
      EXPECT_EQ(response.position(), 1u);
    });
  }
  EXPECT_THAT(Call(ChannelAs(kAuditor)), IsOk());
  ledger_.AddCommand(1);
  for (std::thread& caller : callers) caller.join();
}

TEST_F(ServerTest, ShutdownMakesCallsGiveUpThatWaitLongerThanItsGrace) {
  StartOrFail();
  auto stub = StubAs(kAuditor);
  std::thread caller([&] {
    log::v1::ReadEntriesRequest request;
    request.set_start(kWaitsForAnEntry);
    grpc::ClientContext context;
    log::v1::ReadEntriesResponse response;
    // It is told what it came to, and not cut off.
    EXPECT_THAT(FromGrpcStatus(stub->ReadEntries(&context, request, &response)), IsOk());
  });
  while (probe_.handlers().waiting() == 0) std::this_thread::yield();
  server_->Shutdown(absl::Milliseconds(1));
  caller.join();
}

TEST_F(ServerTest, AnAddressInUseIsAnError) {
  StartOrFail();
  options_.listen = server_->address();
  options_.address_file.clear();
  ProbeRpc second(adapter_, ledger_);  // a service belongs to one server
  EXPECT_THAT(Start(second), HasReason("CANNOT_LISTEN"));
}

TEST_F(ServerTest, AnAddressFileThatCannotBeWrittenIsAnError) {
  options_.address_file = authority_.folder() + "/absent/address";
  EXPECT_THAT(Start(), HasReason("ADDRESS_FILE_UNWRITABLE"));
}

TEST_F(ServerTest, CallerOfAnotherCityIsRefusedThoughTheAuthorityIsTheSame) {
  StartOrFail();
  absl::Status status = Call(ChannelAs("URI:seisaku://isesaki/auditor/kansa"));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(status, HasReason("CERTIFICATE_UNUSABLE"));
  const auto info = *GetErrorInfo(status);
  EXPECT_EQ(info.metadata().at("expected"), "OF_CITY");
  EXPECT_EQ(info.metadata().at("city"), "sakai");
  EXPECT_EQ(info.metadata().at("actual"), "isesaki");
}

}  // namespace
}  // namespace seisaku::rpc
