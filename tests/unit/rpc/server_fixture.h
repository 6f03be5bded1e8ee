// A server of LogService with handlers of its own behind certificates that are made for the test.
#pragma once

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
#include "services/base/files.h"
#include "services/rpc/log/log_service.h"
#include "services/rpc/process/metrics.h"
#include "services/rpc/service.h"
#include "services/rpc/status.h"
#include "services/rpc/transport/channel.h"
#include "services/rpc/transport/server.h"
#include "tests/support/matchers.h"
#include "tests/unit/rpc/certificates.h"
#include "tests/unit/rpc/fake_ledger.h"

namespace seisaku::rpc {

using log::v1::LogService;
using testing::HasSubstr;

// What ReadEntries and WatchEntries do, by the position that it is asked for.
enum Asked : uint64_t {
  kThrows = 1,
  kThrowsANumber,
  kWouldWait,
  kWaitsForAnEntry,  // whatever becomes of the call
  kWaitsForAPosition,
  kNeverEnds,
  kIsQuiet,
  kIsLarge,
};

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
      case kIsLarge:
        response.add_entries()->set_entry(std::string(1 << 20, 'x'));
        return response;
      case kThrows:
        throw std::runtime_error("secret");
      case kThrowsANumber:
        throw 2;
      case kWouldWait:
      case kWaitsForAnEntry:
      case kWaitsForAPosition:
        if (!call.may_wait) return WouldWait();
        ++waiting_;
        if (request.start() == kWaitsForAPosition) RETURN_IF_ERROR(AwaitSize(ledger_, 1, call).status());
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
    while (request.start() == kIsQuiet && stream.Alive().ok()) {
      ledger_.WaitForSize(1, absl::Now() + absl::Milliseconds(100));
    }
    while (stream.Alive().ok()) std::this_thread::yield();
    return stream.Alive();
  }

  // How many calls have begun to wait.
  int waiting() const { return waiting_; }

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
  std::atomic<int> waiting_ = 0;
  std::atomic<uint64_t> sent_ = 0;
  absl::Notification ended_;
};

class ProbeRpc final : public ContractService {
 public:
  ProbeRpc(Adapter& adapter, ledger::Ledger& ledger)
      : ContractService(*log::v1::ReadEntriesRequest::descriptor()->file()->FindServiceByName("LogService"),
                        adapter, ledger),
        handlers_(ledger) {
    TryAllAtOnce();
    Answer(handlers_, &ProbeHandlers::GetCheckpoint);
    Answer(handlers_, &ProbeHandlers::ReadEntries);
    Answer(handlers_, &ProbeHandlers::WatchEntries);
  }
  ProbeHandlers& handlers() { return handlers_; }
  // The other methods are not asked.
  absl::Status Complete() const override { return absl::OkStatus(); }

 private:
  ProbeHandlers handlers_;
};

// The response's bytes to a request of raw bytes, which any service of gRPC's own can be asked with.
struct RawAnswer {
  grpc::Status status;
  std::string bytes;
};

inline grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

// A response may come in several slices: the bytes of the connection are cut anywhere.
inline std::string FromBuffer(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  EXPECT_TRUE(buffer.Dump(&slices).ok());
  std::string bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

// One request and one response.
inline RawAnswer Ask(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
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

inline std::string HttpGet(const std::string& address, const std::string& path) {
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

inline constexpr char kAuditor[] = "URI:seisaku://sakai/auditor/kansa";
inline constexpr char kPlanner[] = "URI:seisaku://sakai/planner/yamada";
inline constexpr char kOwnNames[] = "URI:seisaku://sakai/peer/catalog";

class ServerTest : public testing::Test {
 protected:
  ServerTest() { options_ = {.listen = "127.0.0.1:0", .address_file = authority_.folder() + "/address"}; }

  absl::StatusOr<std::unique_ptr<Server>> Start() { return Start(probe_); }
  absl::StatusOr<std::unique_ptr<Server>> Start(Endpoint& endpoint) {
    return Server::Start(options_, {.adapter = adapter_,
                                    .metrics = metrics_,
                                    .certificates = *certificates_,
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
  TlsFiles files_ = authority_.Issue(kOwnNames);  // the server's
  std::unique_ptr<Certificates> certificates_ = *Certificates::Read(files_);
  Server::Options options_;
  Metrics metrics_;
  Adapter adapter_{metrics_, certificates_->city()};
  FakeLedger ledger_;
  ProbeRpc probe_{adapter_, ledger_};
  std::unique_ptr<Server> server_;
  log::v1::GetCheckpointResponse checkpoint_;
};

}  // namespace seisaku::rpc
