// The edge in front of a server; floods are in tests/fault/floods_test.py.
#include "services/rpc/transport/edge.h"

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "absl/strings/numbers.h"
#include "services/rpc/transport/descriptor.h"
#include "tests/unit/rpc/server_fixture.h"

namespace seisaku::rpc {
namespace {

constexpr char kOther[] = "URI:seisaku://sakai/auditor/kansa-2";

class EdgeTest : public ServerTest {
 protected:
  // A connection that says nothing.
  Descriptor Connect() {
    sockaddr_in to = {};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int port = 0;
    EXPECT_TRUE(absl::SimpleAtoi(server_->address().substr(server_->address().rfind(':') + 1), &port));
    to.sin_port = htons(static_cast<uint16_t>(port));
    Descriptor connection(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const timeval patience = {.tv_sec = 30, .tv_usec = 0};
    setsockopt(connection.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    EXPECT_EQ(connect(connection.get(), reinterpret_cast<sockaddr*>(&to), sizeof(to)), 0);
    return connection;
  }

  // So few that a caller of the test's comes beyond them, however slow the machine is.
  void BearFewResets() {
    options_.limits.resets_at_once = 300;
    options_.limits.resets_per_second = 1;
  }

  // Waits for the server to close it.
  static bool IsClosed(const Descriptor& connection) {
    char byte = 0;
    const ssize_t got = recv(connection.get(), &byte, 1, 0);
    return got == 0 || (got < 0 && errno == ECONNRESET);
  }

  absl::Status CallOver(const std::string& address) {
    auto channel = OpenChannel(address, authority_.Issue(kAuditor), "127.0.0.1");
    EXPECT_THAT(channel, IsOk());
    return Call(*channel);
  }
};

TEST_F(EdgeTest, AddressesOfIPv6AndSocketsOfTheFileSystemAreServed) {
  for (const std::string& listen :
       {std::string("[::1]:0"), std::string("localhost:0"), "unix:" + authority_.folder() + "/socket"}) {
    options_.listen = listen;
    ProbeRpc probe(adapter_, ledger_);
    ASSERT_OK_AND_ASSIGN(server_, Start(probe));
    EXPECT_THAT(ReadFile(options_.address_file), IsOkAndHolds(server_->address() + "\n"));
    EXPECT_THAT(CallOver(server_->address()), IsOk()) << server_->address();
    EXPECT_EQ(checkpoint_.checkpoint(), "seisaku://sakai/auditor/kansa");
    server_.reset();
  }
}

TEST_F(EdgeTest, TheSoftLimitOfDescriptorsIsRaised) {
  rlimit limit = {};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit lower = {limit.rlim_max / 2, limit.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &lower), 0);
  StartOrFail();
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(limit.rlim_cur, limit.rlim_max);
}

TEST_F(EdgeTest, APackedMessageIsRefused) {
  StartOrFail();
  grpc::ClientContext context;
  context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  log::v1::GetCheckpointResponse response;
  const grpc::Status status = StubAs(kAuditor)->GetCheckpoint(&context, {}, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED) << status.error_message();
}

TEST_F(EdgeTest, WhoHasShownNoCertificateGivesWayToANewerConnection) {
  options_.limits.of_an_address = 2;
  StartOrFail();
  auto first = ChannelAs(kAuditor);
  EXPECT_THAT(Call(first), IsOk());
  const Descriptor silent = Connect();
  EXPECT_THAT(Call(ChannelAs(kAuditor)), IsOk());
  const absl::Time began = absl::Now();
  EXPECT_TRUE(IsClosed(silent));
  EXPECT_LT(absl::Now() - began, absl::Milliseconds(kHandshakeMillis / 2)) << "not because its time was over";
  EXPECT_THAT(Call(first), IsOk());
}

TEST_F(EdgeTest, ConnectionsBeyondTheBoundsAreRefused) {
  for (const bool all : {false, true}) {
    options_.limits = {};
    (all ? options_.limits.all : options_.limits.of_an_address) = 2;
    ProbeRpc probe(adapter_, ledger_);
    ASSERT_OK_AND_ASSIGN(server_, Start(probe));
    auto first = ChannelAs(kAuditor);
    {
      auto second = ChannelAs(kAuditor);
      EXPECT_THAT(Call(first), IsOk());
      EXPECT_THAT(Call(second), IsOk());
      EXPECT_TRUE(IsClosed(Connect()));
      EXPECT_THAT(Call(ChannelAs(kAuditor)), StatusIs(absl::StatusCode::kUnavailable));
    }
    // Its place is free once its end has been seen.
    const absl::Time patience = absl::Now() + absl::Seconds(30);
    while (!Call(ChannelAs(kAuditor)).ok() && absl::Now() < patience) {
    }
    EXPECT_THAT(Call(ChannelAs(kAuditor)), IsOk());
    server_.reset();
  }
}

TEST_F(EdgeTest, AConnectionThatSaysNothingIsClosedInTime) {
  StartOrFail();
  const absl::Time began = absl::Now();
  EXPECT_TRUE(IsClosed(Connect()));
  EXPECT_LT(absl::Now() - began, absl::Seconds(15));
  EXPECT_GT(absl::Now() - began, absl::Seconds(1));
}

// So many calls at a time, each sent, and taken back before it is answered.
void TakeBack(LogService::Stub& stub, int calls) {
  grpc::CompletionQueue queue;
  std::vector<grpc::ClientContext> contexts(calls);
  std::vector<log::v1::ReadEntriesResponse> responses(calls);
  std::vector<grpc::Status> statuses(calls);
  std::vector<std::unique_ptr<grpc::ClientAsyncResponseReader<log::v1::ReadEntriesResponse>>> readers;
  log::v1::ReadEntriesRequest request;
  request.set_start(kWaitsForAnEntry);
  for (int i = 0; i < calls; ++i) {
    contexts[i].set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(2)));
    readers.push_back(stub.AsyncReadEntries(&contexts[i], request, &queue));
    readers.back()->Finish(&responses[i], &statuses[i], nullptr);
  }
  void* tag = nullptr;
  bool ok = false;
  (void)queue.AsyncNext(&tag, &ok, absl::ToChronoTime(absl::Now() + absl::Milliseconds(5)));
  for (grpc::ClientContext& context : contexts) context.TryCancel();
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) {
  }
}

TEST_F(EdgeTest, WhoTakesCallsBackAgainAndAgainIsCutOff) {
  BearFewResets();
  StartOrFail();
  auto stub = StubAs(kAuditor);
  grpc::ClientContext context;
  log::v1::WatchEntriesResponse response;
  auto stream = stub->WatchEntries(&context, {});
  ASSERT_TRUE(stream->Read(&response));
  std::atomic<bool> over = false;
  std::thread reader([&] {  // the stream shares the connection
    EXPECT_FALSE(stream->Read(&response));
    over = true;
  });
  int rounds = 0;
  for (; !over && rounds < 1000; ++rounds) TakeBack(*stub, 100);
  if (!over) context.TryCancel();
  reader.join();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE) << rounds;
  EXPECT_THAT(Call(ChannelAs(kOther)), IsOk());
  grpc::ClientContext again;
  auto barred = stub->WatchEntries(&again, {});
  while (barred->Read(&response)) {
  }
  EXPECT_EQ(barred->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(Call(ChannelAs(kOther)), IsOk());
}

// A stream that lasts; to be asked whether it was cut off.
class Lasting {
 public:
  explicit Lasting(const std::shared_ptr<grpc::Channel>& channel) : stub_(LogService::NewStub(channel)) {
    context_.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
    stream_ = stub_->WatchEntries(&context_, {});
    log::v1::WatchEntriesResponse response;
    EXPECT_TRUE(stream_->Read(&response));
    reader_ = std::thread([this] {
      log::v1::WatchEntriesResponse rest;
      while (stream_->Read(&rest)) {
      }
      over_ = true;
    });
  }
  ~Lasting() { reader_.join(); }
  bool over() const { return over_; }
  // Waits for its end.
  grpc::StatusCode Ended() {
    while (!over_) std::this_thread::yield();
    return stream_->Finish().error_code();
  }

 private:
  std::unique_ptr<LogService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<log::v1::WatchEntriesResponse>> stream_;
  std::atomic<bool> over_ = false;
  std::thread reader_;
};

void FloodUntilCutOff(const std::shared_ptr<grpc::Channel>& channel) {
  Lasting stream(channel);
  auto stub = LogService::NewStub(channel);
  while (!stream.over()) TakeBack(*stub, 100);
  EXPECT_EQ(stream.Ended(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(EdgeTest, WhoFloodsLosesConnectionsThatWereFoundNotToBeBarredBefore) {
  BearFewResets();
  StartOrFail();
  const TlsFiles other = authority_.Issue(kOther), auditor = authority_.Issue(kAuditor);
  const auto connect = [&](const TlsFiles& files) { return *OpenChannel(server_->address(), files); };
  FloodUntilCutOff(connect(other));
  auto first = connect(auditor);
  Lasting second(connect(auditor));
  EXPECT_THAT(Call(first), IsOk());
  // When a new connection of who is barred is cut off all of them were looked at.
  while (Call(connect(other)).ok()) {
  }
  FloodUntilCutOff(first);
  EXPECT_EQ(second.Ended(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(EdgeTest, NothingIsAcceptedWhileTheServerStops) {
  StartOrFail();
  auto stub = StubAs(kAuditor);
  EXPECT_THAT(Call(ChannelAs(kAuditor)), IsOk());
  const std::string address = server_->address();
  server_->Shutdown(absl::Seconds(1));
  EXPECT_THAT(ListenAt(address), IsOk()) << "the port is free";
}

}  // namespace
}  // namespace seisaku::rpc
