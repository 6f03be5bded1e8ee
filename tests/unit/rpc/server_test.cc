#include "services/rpc/server.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"
#include "seisaku/log/v1/log_service.grpc.pb.h"
#include "services/base/errors.h"
#include "services/rpc/channel.h"
#include "services/rpc/endpoint.h"
#include "services/rpc/files.h"
#include "services/rpc/log_service.h"
#include "services/rpc/metrics.h"
#include "services/rpc/status.h"
#include "tests/support/matchers.h"
#include "tests/unit/rpc/certificates.h"
#include "tests/unit/rpc/fake_ledger.h"

namespace seisaku::rpc {
namespace {

using log::v1::LogService;
using testing::HasSubstr;

// What ReadEntries and WatchEntries do, by the position that it is asked for.
enum Asked : uint64_t { kThrows = 1, kThrowsANumber, kWouldWait, kWaitsForAnEntry, kNeverEnds };

// Answers with what it knows of the call; reading throws or waits; watching waits until the stream is over.
class ProbeHandlers {
 public:
  explicit ProbeHandlers(ledger::Ledger& ledger) : ledger_(ledger) {}

  absl::StatusOr<log::v1::GetCheckpointResponse> GetCheckpoint(const CallContext& call,
                                                               const log::v1::GetCheckpointRequest&) {
    log::v1::GetCheckpointResponse response;
    response.set_checkpoint(call.caller.subject);
    response.set_position(absl::ToInt64Seconds(call.deadline - absl::Now() + absl::Milliseconds(500)));
    return response;
  }
  absl::StatusOr<log::v1::ReadEntriesResponse> ReadEntries(const CallContext& call,
                                                           const log::v1::ReadEntriesRequest& request) {
    log::v1::ReadEntriesResponse response;
    switch (request.start()) {
      case kThrows:
        throw std::runtime_error("secret");
      case kThrowsANumber:
        throw 2;
      case kWouldWait:
      case kWaitsForAnEntry:
        if (!call.may_wait) return WouldWait();
        response.set_position(request.start() == kWouldWait ? 0 : ledger_.WaitForSize(1, call.deadline));
        return response;
      default:
        return absl::PermissionDeniedError("secret");
    }
  }
  // From kNeverEnds on, responses of 1 MiB follow each other until one cannot be sent.
  absl::Status WatchEntries(const CallContext&, const log::v1::WatchEntriesRequest& request,
                            ResponseStream<log::v1::WatchEntriesResponse>& stream) {
    if (request.start() == kNeverEnds) return WriteOn(stream);
    RETURN_IF_ERROR(stream.Write({}));
    while (stream.Alive().ok()) std::this_thread::yield();
    return stream.Alive();
  }

  // How many responses were sent of those that never end; waits for them to end all the same.
  uint64_t sent() {
    EXPECT_TRUE(ended_.WaitForNotificationWithTimeout(absl::Seconds(30)));
    return sent_;
  }

 private:
  absl::Status WriteOn(ResponseStream<log::v1::WatchEntriesResponse>& stream) {
    log::v1::WatchEntriesResponse response;
    response.add_entries(std::string(1 << 20, 'x'));
    absl::Status written;
    for (; written.ok(); written = stream.Write(response)) response.set_start(sent_++);
    --sent_;
    ended_.Notify();
    return written;
  }

  ledger::Ledger& ledger_;
  std::atomic<uint64_t> sent_ = 0;
  absl::Notification ended_;
};

class ProbeRpc final : public ServiceOver<LogService, ProbeHandlers> {
 public:
  ProbeRpc(Adapter& adapter, ledger::Ledger& ledger) : ServiceOver(adapter, ledger) {
    Unary<&ProbeHandlers::GetCheckpoint>("GetCheckpoint", Manner::kQuick);
    Unary<&ProbeHandlers::ReadEntries>("ReadEntries", Manner::kQuick);
    Streaming<&ProbeHandlers::WatchEntries>("WatchEntries");
  }
  using ServiceOver::handlers;
};

// The response's bytes to a request of raw bytes, which any service of gRPC's own can be asked with.
struct RawAnswer {
  grpc::Status status;
  std::string bytes;
};

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string FromBuffer(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.TrySingleSlice(&slice).ok()) return "";
  return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
}

// One request and one response.
RawAnswer Ask(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
              const std::string& request) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  void* tag = nullptr;
  bool ok = false;
  auto call = stub.PrepareCall(&context, method, &queue);
  call->StartCall(nullptr);
  queue.Next(&tag, &ok);
  call->WriteLast(ToBuffer(request), {}, nullptr);
  queue.Next(&tag, &ok);
  RawAnswer answer;
  grpc::ByteBuffer response;
  call->Read(&response, nullptr);
  queue.Next(&tag, &ok);
  if (ok) answer.bytes = FromBuffer(response);
  call->Finish(&answer.status, nullptr);
  queue.Next(&tag, &ok);
  return answer;
}

std::string HttpGet(const std::string& address, const std::string& path) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
  inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
  const int connection = socket(AF_INET, SOCK_STREAM, 0);
  std::string answer;
  if (connect(connection, reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0) {
    const std::string request = "GET " + path + " HTTP/1.0\r\n\r\n";
    send(connection, request.data(), request.size(), 0);
    char part[4096];
    for (ssize_t got; (got = recv(connection, part, sizeof(part), 0)) > 0;) answer.append(part, got);
  }
  close(connection);
  return answer;
}

class ServerTest : public testing::Test {
 protected:
  ServerTest() {
    const TlsFiles files = authority_.Issue();
    options_ = {.listen = "127.0.0.1:0",
                .certificate_file = files.certificate,
                .key_file = files.key,
                .ca_file = files.ca,
                .metrics_listen = "",
                .address_file = authority_.folder() + "/address"};
  }

  absl::StatusOr<std::unique_ptr<Server>> Start() { return Start(probe_); }
  absl::StatusOr<std::unique_ptr<Server>> Start(Endpoint& endpoint) {
    return Server::Start(options_, {.adapter = adapter_,
                                    .metrics = metrics_,
                                    .endpoints = {&endpoint},
                                    .ready = [this] { return ledger_.Health(); },
                                    .give_up = [this] { ledger_.AddCommand(1); }});
  }
  void StartOrFail() { ASSERT_OK_AND_ASSIGN(server_, Start()); }

  std::shared_ptr<grpc::Channel> ChannelAs(const std::string& names) {
    auto channel = OpenChannel(server_->address(), authority_.Issue(names));
    EXPECT_THAT(channel, IsOk());
    return *channel;
  }
  std::unique_ptr<LogService::Stub> StubAs(const std::string& names) {
    return LogService::NewStub(ChannelAs(names));
  }

  // What GetCheckpoint comes to, over `channel`.
  absl::Status Call(const std::shared_ptr<grpc::Channel>& channel) {
    grpc::ClientContext context;
    return FromGrpcStatus(LogService::NewStub(channel)->GetCheckpoint(&context, {}, &checkpoint_));
  }

  Authority authority_;
  Server::Options options_;
  Metrics metrics_;
  Adapter adapter_{metrics_};
  FakeLedger ledger_;
  ProbeRpc probe_{adapter_, ledger_};
  std::unique_ptr<Server> server_;
  log::v1::GetCheckpointResponse checkpoint_;
};

constexpr char kAuditor[] = "URI:seisaku://sakai/auditor/kansa";
constexpr char kPlanner[] = "URI:seisaku://sakai/planner/yamada";

TEST_F(ServerTest, CallerIsTheSubjectOfTheVerifiedCertificate) {
  StartOrFail();
  EXPECT_THAT(Call(ChannelAs(kAuditor)), IsOk());
  EXPECT_EQ(checkpoint_.checkpoint(), "seisaku://sakai/auditor/kansa");
}

TEST_F(ServerTest, ClientWithoutCertificateIsRefused) {
  StartOrFail();
  grpc::SslCredentialsOptions only_root;
  only_root.pem_root_certs = *ReadFile(options_.ca_file);
  auto channel = grpc::CreateChannel(server_->address(), grpc::SslCredentials(only_root));
  EXPECT_THAT(Call(channel), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(ServerTest, CertificateOfAnotherAuthorityIsRefused) {
  StartOrFail();
  Authority other;
  TlsFiles files = other.Issue(kAuditor);
  files.ca = options_.ca_file;  // so that it is the server that refuses
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

TEST_F(ServerTest, AddressFileHoldsTheChosenAddress) {
  StartOrFail();
  EXPECT_THAT(ReadFile(options_.address_file), IsOkAndHolds(server_->address() + "\n"));
  EXPECT_THAT(server_->address(), testing::MatchesRegex("127\\.0\\.0\\.1:[1-9][0-9]+"));
}

TEST_F(ServerTest, MetricsCountCallsByMethodAndCode) {
  metrics_.WatchLogSize([] { return Position{17}; });
  options_.metrics_listen = "127.0.0.1:0";
  StartOrFail();
  EXPECT_THAT(Call(ChannelAs(kAuditor)), IsOk());
  EXPECT_FALSE(Call(ChannelAs(kPlanner)).ok());
  const std::string page = HttpGet(server_->metrics_address(), "/metrics");
  const std::string method = "method=\"/seisaku.log.v1.LogService/GetCheckpoint\"";
  EXPECT_THAT(page, HasSubstr("seisaku_rpc_total{code=\"OK\"," + method + "} 1"));
  EXPECT_THAT(page, HasSubstr("seisaku_rpc_total{code=\"PERMISSION_DENIED\"," + method + "} 1"));
  EXPECT_THAT(page, HasSubstr("seisaku_rpc_seconds_count{" + method + "} 2"));
  EXPECT_THAT(page, HasSubstr("seisaku_log_size 17"));
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

class SlowCallerTest : public ServerTest {
 protected:
  // Begins to watch what never ends, with so much patience on the server's side.
  void Watch(absl::Duration patience) {
    options_.patience = patience;
    StartOrFail();
    stub_ = StubAs(kAuditor);
    log::v1::WatchEntriesRequest request;
    request.set_start(kNeverEnds);
    stream_ = stub_->WatchEntries(&context_, request);
  }

  grpc::ClientContext context_;
  std::unique_ptr<LogService::Stub> stub_;
  std::unique_ptr<grpc::ClientReader<log::v1::WatchEntriesResponse>> stream_;
};

TEST_F(SlowCallerTest, WhoReadsOnTooLateGetsAllThatWasSentAndThenWhy) {
  Watch(absl::Seconds(3));
  const uint64_t sent = probe_.handlers().sent();
  uint64_t read = 0;
  for (log::v1::WatchEntriesResponse response; stream_->Read(&response); ++read) {
    EXPECT_EQ(response.start(), read);
  }
  EXPECT_EQ(read, sent);
  absl::Status status = FromGrpcStatus(stream_->Finish());
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(status, HasReason("SLOW_CONSUMER"));
}

TEST_F(SlowCallerTest, WhoReadsNothingIsCutOff) {
  Watch(absl::Milliseconds(100));
  EXPECT_GT(probe_.handlers().sent(), 0u);
  // Waits for the call to end, and nobody reads.
  const absl::Time began = absl::Now();
  server_->Shutdown(absl::Seconds(60));
  EXPECT_LT(absl::Now() - began, absl::Seconds(30));
  for (log::v1::WatchEntriesResponse response; stream_->Read(&response);) {
  }
  EXPECT_FALSE(stream_->Finish().ok());
}

TEST_F(SlowCallerTest, WhoReadsIsNotEnded) {
  Watch(absl::Milliseconds(100));
  log::v1::WatchEntriesResponse response;
  const absl::Time patience = absl::Now() + absl::Seconds(1);
  while (absl::Now() < patience) ASSERT_TRUE(stream_->Read(&response));
  context_.TryCancel();
  EXPECT_EQ(stream_->Finish().error_code(), grpc::StatusCode::CANCELLED);
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
  server_->Shutdown(absl::InfiniteDuration());
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
  EXPECT_THAT(Call(ChannelAs(kAuditor)), IsOk());
  std::thread caller([&] {
    log::v1::ReadEntriesRequest request;
    request.set_start(kWaitsForAnEntry);
    grpc::ClientContext context;
    log::v1::ReadEntriesResponse response;
    (void)stub->ReadEntries(&context, request, &response);
  });
  // Whether the call is there already or comes too late, nothing waits for its deadline.
  server_->Shutdown(absl::Milliseconds(1));
  caller.join();
}

TEST_F(ServerTest, AnAddressInUseIsAnError) {
  options_.metrics_listen = "127.0.0.1:0";
  StartOrFail();
  options_.metrics_listen.clear();
  options_.listen = server_->address();
  options_.address_file.clear();
  ProbeRpc second(adapter_, ledger_);  // a service belongs to one server
  EXPECT_THAT(Start(second), HasReason("CANNOT_LISTEN"));
  options_.listen = "127.0.0.1:0";
  options_.metrics_listen = server_->metrics_address();
  EXPECT_THAT(Start(second), HasReason("CANNOT_LISTEN"));
}

TEST_F(ServerTest, FilesThatDoNotFitTogetherAreAnError) {
  const Server::Options good = options_;
  options_.key_file = authority_.Issue().key;
  EXPECT_THAT(Start(), HasReason("CERTIFICATE_UNREADABLE"));
  options_ = good;
  options_.ca_file = authority_.folder() + "/absent";
  EXPECT_THAT(Start(), HasReason("CERTIFICATE_UNREADABLE"));
  options_ = good;
  options_.certificate_file = options_.key_file;
  EXPECT_THAT(Start(), HasReason("CERTIFICATE_UNREADABLE"));
  options_ = good;
  options_.address_file = authority_.folder() + "/absent/address";
  EXPECT_THAT(Start(), HasReason("ADDRESS_FILE_UNWRITABLE"));
}

}  // namespace
}  // namespace seisaku::rpc
