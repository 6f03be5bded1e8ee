// What one valid caller can do to all: nothing.
#include <filesystem>
#include <optional>

#include "services/rpc/security/transport_security.h"
#include "services/rpc/transport/limits.h"
#include "tests/unit/rpc/server_fixture.h"

namespace seisaku::rpc {
namespace {

constexpr char kOtherAuditor[] = "URI:seisaku://sakai/auditor/other";
constexpr char kPeer[] = "URI:seisaku://sakai/peer/progress";
constexpr char kReadEntries[] = "/seisaku.log.v1.LogService/ReadEntries";
constexpr char kWatch[] = "/grpc.health.v1.Health/Watch";

const absl::Duration kPatience = absl::Seconds(30);

// Until it is true, or the patience is over.
template <typename Condition>
bool Eventually(Condition condition) {
  for (const absl::Time end = absl::Now() + kPatience; absl::Now() < end; std::this_thread::yield()) {
    if (condition()) return true;
  }
  return false;
}

// A call of ReadEntries that is under way.
class Reading {
 public:
  Reading(const std::shared_ptr<grpc::Channel>& channel, Asked asked,
          absl::Duration deadline = absl::Minutes(4)) {
    context_.set_deadline(absl::ToChronoTime(absl::Now() + deadline));
    log::v1::ReadEntriesRequest request;
    request.set_start(asked);
    reader_ = LogService::NewStub(channel)->AsyncReadEntries(&context_, request, &queue_);
    reader_->Finish(&response_, &status_, this);
  }
  ~Reading() {
    if (!done_) context_.TryCancel(), (void)Ended();
    queue_.Shutdown();
    void* tag = nullptr;
    for (bool ok = false; queue_.Next(&tag, &ok);) {
    }
  }
  void Cancel() { context_.TryCancel(); }
  // What it came to, once it has ended.
  absl::Status Ended() {
    void* tag = nullptr;
    bool ok = false;
    done_ = queue_.Next(&tag, &ok);
    return FromGrpcStatus(status_);
  }

 private:
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::ClientAsyncResponseReader<log::v1::ReadEntriesResponse>> reader_;
  log::v1::ReadEntriesResponse response_;
  grpc::Status status_;
  bool done_ = false;
};

// A stream of raw bytes.
class RawStream {
 public:
  RawStream(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
            absl::Duration deadline = absl::Minutes(4))
      : stub_(channel) {
    if (deadline < absl::InfiniteDuration()) {
      context_.set_deadline(absl::ToChronoTime(absl::Now() + deadline));
    }
    call_ = stub_.PrepareCall(&context_, method, &queue_);
    call_->StartCall(nullptr);
    Next();
  }
  ~RawStream() {
    context_.TryCancel();
    if (!finished_) (void)Finish();
  }
  void Write(const std::string& bytes) {
    call_->Write(ToBuffer(bytes), nullptr);
    Next();
  }
  std::optional<std::string> Read() {
    grpc::ByteBuffer response;
    call_->Read(&response, nullptr);
    if (!Next()) return std::nullopt;
    return FromBuffer(response);
  }
  absl::Status Finish() {
    grpc::Status status;
    finished_ = true;
    call_->Finish(&status, nullptr);
    Next();
    return FromGrpcStatus(status);
  }

 private:
  bool Next() {
    void* tag = nullptr;
    bool ok = false;
    return queue_.Next(&tag, &ok) && ok;
  }

  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
  bool finished_ = false;
};

std::string RequestFor(Asked asked) {
  log::v1::ReadEntriesRequest request;
  request.set_start(asked);
  return request.SerializeAsString();
}

class OneCallerTest : public ServerTest {
 protected:
  OneCallerTest() { StartOrFail(); }

  absl::Status Read(const std::shared_ptr<grpc::Channel>& channel, Asked asked,
                    absl::Duration deadline = absl::Seconds(20)) {
    return Reading(channel, asked, deadline).Ended();
  }
  // Of the auditor; takes 64 KiB of an answer that nobody reads.
  std::shared_ptr<grpc::Channel> NarrowChannel() {
    const auto tls = ReadTlsFiles(authority_.Issue(kAuditor));
    EXPECT_THAT(tls, IsOk());
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    return grpc::CreateCustomChannel(server_->address(), SecureChannel(*tls), arguments);
  }
  std::string Fact(const absl::Status& status, const std::string& name) {
    const auto info = GetErrorInfo(status);
    return info && info->metadata().contains(name) ? info->metadata().at(name) : "";
  }
};

TEST_F(OneCallerTest, CallsOfCallersWhoAreGoneGiveTheirThreadsBack) {
  auto channel = ChannelAs(kAuditor);
  {
    std::vector<std::unique_ptr<Reading>> waiting;
    for (int i = 0; i < 100; ++i) waiting.push_back(std::make_unique<Reading>(channel, kWaitsForAPosition));
    ASSERT_TRUE(Eventually([&] { return probe_.handlers().waiting() >= 16; }));
  }
  EXPECT_THAT(Read(channel, kWouldWait), IsOk());
}

TEST_F(OneCallerTest, CallsThatWaitKeepNoOtherCallerWaiting) {
  auto channel = ChannelAs(kAuditor);
  std::vector<std::unique_ptr<Reading>> waiting;
  for (int i = 0; i < 100; ++i) waiting.push_back(std::make_unique<Reading>(channel, kWaitsForAPosition));
  ASSERT_TRUE(Eventually([&] { return probe_.handlers().waiting() >= 16; }));
  EXPECT_THAT(Read(ChannelAs(kOtherAuditor), kWouldWait), IsOk());
}

TEST_F(OneCallerTest, AnswersThatAreNotTakenAreHeldAgainstTheirCaller) {
  const std::shared_ptr<grpc::Channel> channels[] = {NarrowChannel(), NarrowChannel()};
  auto asking = ChannelAs(kAuditor);
  std::vector<std::unique_ptr<RawStream>> untaken;
  absl::Status refused;
  for (int i = 0; i < 200 && refused.ok(); ++i) {
    untaken.push_back(std::make_unique<RawStream>(channels[i % 2], kReadEntries));
    untaken.back()->Write(RequestFor(kIsLarge));
    refused = Call(asking);
  }
  EXPECT_THAT(refused, HasReason("TOO_MANY_CALLS"));
  EXPECT_EQ(Fact(refused, "unit"), "bytes");
  EXPECT_GT(untaken.size(), 100u);
  EXPECT_THAT(Call(ChannelAs(kOtherAuditor)), IsOk());
  untaken.clear();
  EXPECT_TRUE(Eventually([&] { return Call(asking).ok(); }));
}

TEST_F(OneCallerTest, AnAnswerThatIsNotTakenEndsWithItsDeadline) {
  Adapter hasty(metrics_, "", Admit, absl::Milliseconds(100));
  ProbeRpc probe(hasty, ledger_);
  ASSERT_OK_AND_ASSIGN(server_, Start(probe));
  RawStream untaken(NarrowChannel(), kReadEntries, absl::InfiniteDuration());  // so it has the server's
  untaken.Write(RequestFor(kIsLarge));
  ASSERT_THAT(Call(ChannelAs(kAuditor)), IsOk());
  const absl::Time began = absl::Now();
  server_->Shutdown(absl::Minutes(1));  // waits for calls to end
  EXPECT_LT(absl::Now() - began, absl::Seconds(30));
}

TEST_F(OneCallerTest, WhatOpensAStreamIsSmall) {
  log::v1::WatchEntriesRequest request;
  request.set_resource_prefix(std::string(kQuickRequestBytes, 'x'));
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
  log::v1::WatchEntriesResponse response;
  auto stream = StubAs(kAuditor)->WatchEntries(&context, request);
  while (stream->Read(&response)) {
  }
  const absl::Status refused = FromGrpcStatus(stream->Finish());
  EXPECT_THAT(refused, HasReason("COMMAND_TOO_LARGE"));
  EXPECT_EQ(Fact(refused, "limit"), "65536");
}

TEST_F(OneCallerTest, ShutdownEndsCallsThatWaitAtOnceAndSaysWhy) {
  auto channel = ChannelAs(kAuditor);
  std::vector<std::unique_ptr<Reading>> waiting;
  for (int i = 0; i < 40; ++i) waiting.push_back(std::make_unique<Reading>(channel, kWaitsForAPosition));
  ASSERT_THAT(Call(channel), IsOk());  // by the same connection, behind them: all have arrived
  const absl::Time began = absl::Now();
  server_->Shutdown(absl::Minutes(3));
  EXPECT_LT(absl::Now() - began, absl::Seconds(10));
  for (auto& call : waiting) {
    EXPECT_THAT(call->Ended(), HasReason("SHUTTING_DOWN"));
  }
}

TEST_F(OneCallerTest, WhoMayNotCallIsToldSoBeforeAnythingIsParsed) {
  const std::string method = "/seisaku.log.v1.LogService/GetCheckpoint";
  const std::string no_message = "\x0A\x05x";
  EXPECT_THAT(FromGrpcStatus(Ask(ChannelAs(kPlanner), method, no_message).status),
              HasReason("ROLE_REQUIRED"));
  EXPECT_THAT(FromGrpcStatus(Ask(ChannelAs(kAuditor), method, no_message).status), HasReason("MALFORMED"));
  // A large one, on another thread.
  const std::string large(1 << 20, '\xFF');
  EXPECT_THAT(FromGrpcStatus(Ask(ChannelAs(kPlanner), method, large).status), HasReason("ROLE_REQUIRED"));
  EXPECT_THAT(FromGrpcStatus(Ask(ChannelAs(kAuditor), method, large).status), HasReason("MALFORMED"));
}

TEST_F(OneCallerTest, WhatIsTooLargeIsRefusedWithDetails) {
  const std::string method = "/seisaku.log.v1.LogService/GetCheckpoint";
  const absl::Status message =
      FromGrpcStatus(Ask(ChannelAs(kAuditor), method, std::string(kMaxMessageBytes + 1, '\0')).status);
  EXPECT_THAT(message, HasReason("COMMAND_TOO_LARGE"));
  EXPECT_EQ(Fact(message, "unit"), "bytes");
  grpc::ClientContext context;
  context.AddMetadata("x-much", std::string(kMaxHeaderBytes, 'x'));
  const absl::Status headers = FromGrpcStatus(StubAs(kAuditor)->GetCheckpoint(&context, {}, &checkpoint_));
  EXPECT_THAT(headers, HasReason("COMMAND_TOO_LARGE"));
  EXPECT_EQ(Fact(headers, "unit"), "header_bytes");
}

TEST_F(OneCallerTest, StreamsAreRefusedAtTheNumberOfACallerAndPeersHaveTheirOwn) {
  log::v1::WatchEntriesRequest quiet;
  quiet.set_start(kIsQuiet);
  struct Watching {
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReader<log::v1::WatchEntriesResponse>> stream;
    ~Watching() {
      if (!stream) return;
      context.TryCancel();
      stream->Finish();
    }
  };
  std::vector<std::unique_ptr<Watching>> watching;
  const auto watch = [&](LogService::Stub& stub) {
    watching.push_back(std::make_unique<Watching>());
    watching.back()->stream = stub.WatchEntries(&watching.back()->context, quiet);
    log::v1::WatchEntriesResponse response;
    return watching.back()->stream->Read(&response);
  };
  // Three callers take all 192 places that are not the peers'.
  std::vector<std::unique_ptr<LogService::Stub>> stubs;
  for (const char* who : {kAuditor, kOtherAuditor, "URI:seisaku://sakai/auditor/third"}) {
    stubs.push_back(StubAs(who));
    for (int i = 0; i < 64; ++i) ASSERT_TRUE(watch(*stubs.back())) << who << i;
  }
  const auto refusal_of_last = [&] {
    const absl::Status refused = FromGrpcStatus(watching.back()->stream->Finish());
    watching.back()->stream.reset();
    watching.pop_back();
    return refused;
  };
  const auto refusal = [&](LogService::Stub& stub) {
    EXPECT_FALSE(watch(stub));
    return refusal_of_last();
  };
  const absl::Status of_one = refusal(*stubs[0]);
  EXPECT_THAT(of_one, HasReason("TOO_MANY_STREAMS"));
  EXPECT_EQ(Fact(of_one, "limit"), "64");
  EXPECT_TRUE(GetRetryInfo(of_one));
  const absl::Status of_all = refusal(*StubAs("URI:seisaku://sakai/auditor/fourth"));
  EXPECT_EQ(Fact(of_all, "limit"), "192");
  EXPECT_TRUE(watch(*StubAs(kPeer)));
  // The place of one that has ended is free again.
  watching.erase(watching.begin());
  EXPECT_TRUE(Eventually([&] { return watch(*stubs[0]) || ((void)refusal_of_last(), false); }));
}

int ThreadsOfThisProcess() {
  int threads = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) threads += entry.exists();
  return threads;
}

TEST_F(OneCallerTest, WhoWatchesHealthCostsNoThreadAndIsToldWhatChanges) {
  auto channel = ChannelAs(kAuditor);
  const std::string serving = "\x08\x01", not_serving = "\x08\x02", unknown = "\x08\x03";
  std::vector<std::unique_ptr<RawStream>> watching;
  const auto watch = [&](const std::string& request) {
    watching.push_back(std::make_unique<RawStream>(channel, kWatch));
    watching.back()->Write(request);
    return watching.back()->Read();
  };
  EXPECT_EQ(watch(""), serving);
  const int threads = ThreadsOfThisProcess();
  EXPECT_EQ(watch("\x0A\x01x"), unknown);
  while (watching.size() < 64) ASSERT_EQ(watch(""), serving);
  EXPECT_LT(ThreadsOfThisProcess(), threads + 32);
  EXPECT_EQ(watch(""), std::nullopt);
  EXPECT_THAT(watching.back()->Finish(), HasReason("TOO_MANY_STREAMS"));
  watching.pop_back();
  // Whoever follows the log is not kept out by it.
  EXPECT_THAT(Read(channel, kWouldWait), IsOk());
  ledger_.SetHealth(errors::StorageUnavailable("away"));
  EXPECT_EQ(watching.front()->Read(), not_serving);
  ledger_.SetHealth(absl::OkStatus());
  EXPECT_EQ(watching.front()->Read(), serving);
  std::thread shutdown([&] { server_->Shutdown(absl::Minutes(3)); });
  EXPECT_EQ(watching.front()->Read(), not_serving);
  EXPECT_EQ(watching.front()->Read(), std::nullopt);
  EXPECT_THAT(watching.front()->Finish(), HasReason("SHUTTING_DOWN"));
  shutdown.join();
}

TEST_F(OneCallerTest, ReflectionAsksWhoCallsAndAnswersAllThatItCan) {
  const std::string list("\x3A\x01*");
  for (const std::string version : {"v1", "v1alpha"}) {
    const std::string method = "/grpc.reflection." + version + ".ServerReflection/ServerReflectionInfo";
    EXPECT_THAT(FromGrpcStatus(Ask(ChannelAs("DNS:sakai.example"), method, list).status),
                HasReason("CERTIFICATE_UNUSABLE"));
    RawStream stream(ChannelAs(kPlanner), method);
    stream.Write(list);
    EXPECT_THAT(stream.Read().value_or(""), HasSubstr("seisaku.log.v1.LogService"));
    stream.Write("\x22\x1Aseisaku.log.v1.LogService\x20");  // not there: file_containing_symbol
    EXPECT_THAT(stream.Read().value_or(""), HasSubstr("no descriptor"));
    stream.Write("\x22\x19seisaku.log.v1.LogService");
    const std::string files = stream.Read().value_or("");
    EXPECT_THAT(files, HasSubstr("seisaku/log/v1/log_service.proto"));
    EXPECT_THAT(files, HasSubstr("TimestampProto"));  // of a file that it imports
    stream.Write("\x1A\x20seisaku/log/v1/log_service.proto");
    EXPECT_LT(stream.Read().value_or("").size(), files.size());  // not all of that again
    stream.Write("\x0A\x05x");
    EXPECT_EQ(stream.Read(), std::nullopt);
    EXPECT_THAT(stream.Finish(), HasReason("MALFORMED"));
  }
}

}  // namespace
}  // namespace seisaku::rpc
