#include "tests/integration/rpc/rpc_fixture.h"

#include <utility>

#include "services/catalog/rpc/service.h"
#include "services/progress/rpc/catalog_follower.h"
#include "services/progress/rpc/service.h"
#include "services/rpc/status.h"
#include "services/rpc/transport/channel.h"
#include "tests/integration/rpc/methods.h"

namespace seisaku {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;
using google::protobuf::TextFormat;

namespace {

constexpr char kCity[] = R"(
    changes { create_department { name: "departments/d1" title: "企画課" } }
    changes { create_department { name: "departments/d2" title: "福祉課" } }
    changes { create_plan { name: "plans/p" title: "総合戦略" levels: "政策" levels: "施策"
      rule { method: "ratio/1" on_track_percent { value: "100" } mostly_on_track_percent { value: "90" } } } }
    changes { create_node { name: "plans/p/nodes/n1" title: "産業" } }
    changes { create_node { name: "plans/p/nodes/n2" parent: "plans/p/nodes/n1" level: 1 title: "企業" } }
    changes { create_node { name: "plans/p/nodes/n3" title: "安全" } }
    changes { create_kpi { name: "plans/p/kpis/k1" node: "plans/p/nodes/n2" title: "就労者" unit: "人"
      direction: DIRECTION_INCREASE } }
    changes { create_kpi { name: "plans/p/kpis/k2" node: "plans/p/nodes/n3" title: "事故" unit: "件"
      direction: DIRECTION_DECREASE } }
    changes { set_target { kpi: "plans/p/kpis/k1" target { reporting_year: 2022
      values { value { number { value { value: "100" } unit: "人" } printed: "100人" } } } } })";

const Message& PrototypeOf(const Descriptor* type) {
  return *MessageFactory::generated_factory()->GetPrototype(type);
}

std::string UriOf(const std::string& who) { return "seisaku://sakai/" + who; }

}  // namespace

Responses::Responses(grpc::Channel& channel, const MethodDescriptor& method, const Message& request)
    : prototype_(PrototypeOf(method.output_type())),
      path_("/" + method.service()->full_name() + "/" + method.name()) {
  context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  // What has one response looks the same on the connection as a stream of one.
  const grpc::internal::RpcMethod called(path_.c_str(), grpc::internal::RpcMethod::SERVER_STREAMING);
  reader_.reset(grpc::internal::ClientReaderFactory<Message>::Create(&channel, called, &context_, request));
}

Response Responses::Next() {
  Response response(prototype_.New());
  if (!reader_->Read(response.get())) response->Clear();
  return response;
}

template <typename Service, typename Machine>
void RpcTest::Start(const std::string& name, RunningService<Machine>& running, rpc::MakeCompanion companion) {
  MakeDatabase(ledger::Schema());
  const ledger::SigningKey key = ledger::LogKey(name + ".test/log");
  ASSERT_OK_AND_ASSIGN(running.ledger,
                       ledger::Ledger::Open({.origin = key.name(), .dsn = ServiceDsn(), .key = key},
                                            running.machine, kSystemClock));
  ASSERT_OK_AND_ASSIGN(running.certificates,
                       rpc::Certificates::Read(authority_.Issue("URI:" + UriOf("peer/" + name))));
  running.log = std::make_unique<rpc::LogRpc>(running.adapter, *running.ledger,
                                              rpc::LogKeys{{key.verifier()}, {cosigner_.verifier()}});
  running.service = std::make_unique<Service>(running.adapter, *running.ledger, running.machine.state());
  ASSERT_OK_AND_ASSIGN(running.server,
                       rpc::Server::Start({}, {.adapter = running.adapter,
                                               .metrics = running.metrics,
                                               .certificates = *running.certificates,
                                               .endpoints = {running.log.get(), running.service.get()},
                                               .ready = [&running] { return running.ledger->Health(); },
                                               .companion = std::move(companion)}));
}

void RpcTest::SetUp() {
  ASSERT_NO_FATAL_FAILURE((Start<catalog::CatalogRpc>("catalog", catalog_, {})));
  Call("ApplyCatalog", kCity);
  called_.clear();
}

void RpcTest::StartProgress() {
  const auto follow = [this,
                       channel = ChannelTo(*catalog_.server, "peer/progress")](grpc::CompletionQueue& queue) {
    return std::make_unique<progress::CatalogFollower>(
        progress::CatalogFollower::Options{
            .catalog = [channel] { return channel; },
            .verifier = catalog_key_.verifier(),
            .origin = catalog_key_.name(),
            .self = {.subject = UriOf("peer/progress"), .role = Role::kPeer, .department = {}}},
        *progress_.ledger, progress_.machine.state(), queue, progress_.metrics);
  };
  ASSERT_NO_FATAL_FAILURE((Start<progress::ProgressRpc>("progress", progress_, follow)));
}

void RpcTest::TearDown() {
  const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
  const MethodDescriptor* method = MethodOfTest(test.test_suite_name(), test.name());
  ASSERT_NE(method, nullptr) << "no method of the suite's service is named as the test begins";
  EXPECT_TRUE(called_.contains(method->name())) << "the test does not call it";
  progress_.server.reset();  // first, because it follows the other
  catalog_.server.reset();
}

std::shared_ptr<grpc::Channel> RpcTest::ChannelTo(const rpc::Server& server, const std::string& who) {
  auto channel = rpc::OpenChannel(server.address(), authority_.Issue("URI:" + UriOf(who)));
  EXPECT_THAT(channel, IsOk());
  return *channel;
}

Responses RpcTest::Begin(std::string_view name, const std::string& text, const std::string& role) {
  const MethodDescriptor& method = *MethodNamed(name);
  const Response request(PrototypeOf(method.input_type()).New());
  EXPECT_TRUE(TextFormat::ParseFromString(text, request.get())) << text;
  if (const FieldDescriptor* field = method.input_type()->FindFieldByName("min_catalog_position")) {
    request->GetReflection()->SetUInt64(request.get(), field, CatalogSize());
  }
  const bool of_progress = method.service()->name() == "ProgressService";
  channel_ = ChannelTo(of_progress ? *progress_.server : *catalog_.server, role + "/yamada");
  called_.insert(method.name());
  return {*channel_, method, *request};
}

Response RpcTest::Call(std::string_view method, const std::string& request, const std::string& role) {
  Responses responses = Begin(method, request, role);
  Response response = responses.Next();
  EXPECT_THAT(rpc::FromGrpcStatus(responses.Finish()), IsOk()) << method;
  return response;
}

absl::Status RpcTest::Refusal(std::string_view method, const std::string& request, const std::string& role) {
  Responses responses = Begin(method, request, role);
  responses.Next();
  return rpc::FromGrpcStatus(responses.Finish());
}

}  // namespace seisaku
