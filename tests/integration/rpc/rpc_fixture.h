// Catalog and progress in this process, each over a log in a PostgreSQL that the program started, called over
// gRPC.
#pragma once

#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "grpcpp/grpcpp.h"
#include "services/catalog/domain/machine.h"
#include "services/progress/domain/machine.h"
#include "services/rpc/log/log_service.h"
#include "services/rpc/process/metrics.h"
#include "services/rpc/security/certificates.h"
#include "services/rpc/service.h"
#include "services/rpc/transport/adapter.h"
#include "services/rpc/transport/server.h"
#include "tests/integration/ledger/log_fixture.h"
#include "tests/unit/rpc/certificates.h"

namespace seisaku {

using Response = std::unique_ptr<google::protobuf::Message>;

// A call that has begun. Used by one thread.
class Responses {
 public:
  // Sends `request` to `method` of `channel`, which outlives it.
  Responses(grpc::Channel& channel, const google::protobuf::MethodDescriptor& method,
            const google::protobuf::Message& request);

  // The next response, an empty one where there is none, which Finish then explains.
  Response Next();
  grpc::Status Finish() { return reader_->Finish(); }
  void Cancel() { context_.TryCancel(); }

 private:
  const google::protobuf::Message& prototype_;
  const std::string path_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<google::protobuf::Message>> reader_;
};

// A service that runs.
template <typename Machine>
struct RunningService {
  Machine machine;
  std::unique_ptr<ledger::Ledger> ledger;
  rpc::Metrics metrics;
  rpc::Adapter adapter{metrics};
  std::unique_ptr<rpc::Certificates> certificates;
  std::unique_ptr<rpc::LogRpc> log;
  std::unique_ptr<rpc::Endpoint> service;
  std::unique_ptr<rpc::Server> server;
};

// A test CatalogServiceTest.MoveNode… has to call MoveNode with success. Catalog runs and has, in 9 entries:
// departments/d1 and d2; plans/p with the levels 政策 and 施策, and a rule; its nodes n1, n2 below n1, and
// n3; its KPIs k1 (of n2, 人, INCREASE, 100人 in 2022) and k2 (of n3, 件, DECREASE).
class RpcTest : public ledger::LogTest {
 protected:
  void SetUp() override;
  void TearDown() override;

  // From now on progress runs too, and follows catalog.
  void StartProgress();

  // Begins to call the method of that name, LogService's on catalog's log, with a request in protobuf's text
  // format. Progress first waits to know all of catalog's log.
  Responses Begin(std::string_view method, const std::string& request, const std::string& role);
  // Its response. The test fails where the call does.
  Response Call(std::string_view method, const std::string& request, const std::string& role = "planner");
  // Its error.
  absl::Status Refusal(std::string_view method, const std::string& request,
                       const std::string& role = "planner");
  // The response as a message of the type that it has.
  template <typename Type>
  Type CallFor(std::string_view method, const std::string& request, const std::string& role = "planner") {
    return dynamic_cast<const Type&>(*Call(method, request, role));
  }

  Position CatalogSize() { return catalog_.ledger->WaitForSize(0, absl::InfinitePast()); }

  // The key of catalog's log, and one whose cosignatures it keeps.
  const ledger::SigningKey catalog_key_ = ledger::LogKey("catalog.test/log");
  const ledger::SigningKey cosigner_ =
      *ledger::SigningKey::FromSeed("auditor.test", std::string(32, 'a'), ledger::KeyType::kCosigner);

 private:
  template <typename Service, typename Machine>
  void Start(const std::string& name, RunningService<Machine>& running, rpc::MakeCompanion companion);
  std::shared_ptr<grpc::Channel> ChannelTo(const rpc::Server& server, const std::string& who);

  rpc::Authority authority_;
  RunningService<catalog::Machine> catalog_;
  RunningService<progress::Machine> progress_;
  std::shared_ptr<grpc::Channel> channel_;  // of the last call
  std::set<std::string, std::less<>> called_;
};

// EXPECT_THAT(response, Shows(text)): it has every field that `text`, in protobuf's text format, has, with
// the same value; lists have the same length.
MATCHER_P(Shows, text, std::string(negation ? "does not show " : "shows ") + std::string(text)) {
  const Response expected(arg->New());
  if (!google::protobuf::TextFormat::ParseFromString(std::string(text), expected.get())) {
    *result_listener << "which cannot be: there is no such " << arg->GetTypeName();
    return false;
  }
  google::protobuf::util::MessageDifferencer differencer;
  differencer.set_scope(google::protobuf::util::MessageDifferencer::PARTIAL);
  std::string differences;
  differencer.ReportDifferencesToString(&differences);
  const bool same = differencer.Compare(*expected, *arg);
  *result_listener << "where it is " << arg->ShortDebugString() << "\n" << differences;
  return same;
}

}  // namespace seisaku
