// Services as a server serves them: what the contract declares, over the functions that answer it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "grpcpp/impl/codegen/rpc_service_method.h"
#include "grpcpp/impl/codegen/service_type.h"
#include "services/rpc/changes.h"
#include "services/rpc/command.h"
#include "services/rpc/transport/adapter.h"
#include "services/rpc/transport/received.h"
#include "services/rpc/transport/streaming.h"
#include "services/rpc/transport/unary.h"

namespace seisaku::rpc {

// A service that a server can serve.
class Endpoint {
 public:
  virtual ~Endpoint() = default;
  virtual grpc::Service& service() = 0;
  virtual std::string_view full_name() const = 0;  // "seisaku.catalog.v1.CatalogService"
  // OK, or INTERNAL, which names the method: the contract gives it no roles, or it has no answer. A server asks
  // before it starts.
  virtual absl::Status Complete() const { return absl::OkStatus(); }
  // Takes calls until the queue shuts down. Called once, when the server runs; `arrivals` outlives the calls.
  virtual void Accept(const Arrivals& arrivals) = 0;
};

// Methods whose requests arrive as bytes, because nothing is parsed before its sender is known.
class RawService : public grpc::Service {
 protected:
  using Type = grpc::internal::RpcMethod::RpcType;

  // "/service/Method"; returns how gRPC counts it.
  int Add(std::string name, Type type);

 private:
  std::vector<std::unique_ptr<std::string>> names_;  // gRPC keeps pointers to them
};

// A service of the contracts. Its methods, their roles and their changes are read from the descriptors. The
// service adds an answer for each method that is not a plain change:
//
//   ContractService service(*v1::GetPlanRequest::descriptor()->file()->FindServiceByName("CatalogService"),
//                           adapter, ledger);
//   // absl::StatusOr<v1::GetPlanResponse> GetPlan(const CallContext&, const v1::GetPlanRequest&)
//   service.Answer(GetPlan);
//   // absl::Status WatchEntries(const CallContext&, const v1::WatchEntriesRequest&, ResponseStream<…Response>&)
//   service.Answer(WatchEntries);
//   // Every other method that has the option `change`.
//   service.Change(changing);
//
// A method is found by its request's type, which no other method has (buf's RPC_REQUEST_RESPONSE_UNIQUE).
// Answers are called by many threads at once. One thread builds the service, before it is served.
class ContractService : public RawService, public Endpoint {
 public:
  using Message = google::protobuf::Message;

  // `adapter` and `ledger` outlive the service.
  ContractService(const google::protobuf::ServiceDescriptor& descriptor, Adapter& adapter,
                  ledger::Ledger& ledger);

  // Answers the method whose request is a Request.
  template <typename Request, typename Response>
  void Answer(std::function<absl::StatusOr<Response>(const CallContext&, const Request&)> answer) {
    Add(*Request::descriptor(), *Response::descriptor(),
        [answer = std::move(answer)](const CallContext& call, const Message& request,
                                     UnaryMethod::Reply& reply) {
          absl::StatusOr<Response> made = answer(call, static_cast<const Request&>(request));
          if (IsWouldWait(made.status())) return false;
          std::move(reply)(made.ok() ? absl::StatusOr<grpc::ByteBuffer>(ToBuffer(*made)) : made.status());
          return true;
        });
  }
  // The same for a method that submits a command and answers with its outcome.
  template <typename Request, typename Response>
  void Answer(std::function<absl::StatusOr<Mutation<Response>>(const CallContext&, const Request&)> answer) {
    Add(
        *Request::descriptor(), *Response::descriptor(),
        [this, answer = std::move(answer)](const CallContext& call, const Message& request,
                                           UnaryMethod::Reply& reply) {
          absl::StatusOr<Mutation<Response>> made = answer(call, static_cast<const Request&>(request));
          if (IsWouldWait(made.status())) return false;
          Submit<Response>(ledger_, call.deadline, std::move(made),
                           [reply = std::move(reply)](absl::StatusOr<Response> response) mutable {
                             std::move(reply)(response.ok()
                                                  ? absl::StatusOr<grpc::ByteBuffer>(ToBuffer(*response))
                                                  : response.status());
                           });
          return true;
        },
        /*changes=*/true);
  }
  // The same for a server-streaming method.
  template <typename Request, typename Response>
  void Answer(
      std::function<absl::Status(const CallContext&, const Request&, ResponseStream<Response>&)> answer) {
    AddStream(*Request::descriptor(), *Response::descriptor(),
              [answer = std::move(answer)](const CallContext& call, const Message& request, RawStream& raw) {
                TypedStream<Response> stream(raw);
                return answer(call, static_cast<const Request&>(request), stream);
              });
  }
  // The same with a member function of `owner`, which outlives the service.
  template <typename Owner, typename Request, typename Result, typename... Stream>
  void Answer(Owner& owner, Result (Owner::*method)(const CallContext&, const Request&, Stream...)) {
    Answer(std::function<Result(const CallContext&, const Request&, Stream...)>(
        [&owner, method](const CallContext& call, const Request& request, Stream... stream) {
          return (owner.*method)(call, request, stream...);
        }));
  }
  template <typename Request, typename Result, typename... Stream>
  void Answer(Result (*function)(const CallContext&, const Request&, Stream...)) {
    Answer(std::function<Result(const CallContext&, const Request&, Stream...)>(function));
  }

  // Answers every method that has the option `change` and no answer yet.
  void Change(Changing changing);

  grpc::Service& service() override { return *this; }
  std::string_view full_name() const override { return descriptor_.full_name(); }
  absl::Status Complete() const override;
  void Accept(const Arrivals& arrivals) override;

 protected:
  // For tests: tries every method that has no answer yet on the thread that takes calls, whatever the contract says.
  void TryAllAtOnce() {
    for (Declared& declared : declared_) declared.method.quick = true;
  }

 private:
  template <typename Response>
  class TypedStream final : public ResponseStream<Response> {
   public:
    explicit TypedStream(RawStream& stream) : stream_(stream) {}
    absl::Status Alive() const override { return stream_.Alive(); }
    absl::Status Write(const Response& response) override { return stream_.Write(ToBuffer(response)); }

   private:
    RawStream& stream_;
  };

  // The declared method of these types that has no answer yet. nullptr, and fault_ is set: there is none.
  const Method* Take(const google::protobuf::Descriptor& request,
                     const google::protobuf::Descriptor& response);
  void Add(const google::protobuf::Descriptor& request, const google::protobuf::Descriptor& response,
           UnaryMethod::Handle handle, bool changes = false);
  void AddStream(const google::protobuf::Descriptor& request, const google::protobuf::Descriptor& response,
                 StreamingMethod::Handle handle);
  using RawService::Add;

  const google::protobuf::ServiceDescriptor& descriptor_;
  Adapter& adapter_;
  ledger::Ledger& ledger_;
  struct Declared {
    Method method;
    bool answered = false;
  };
  std::vector<Declared> declared_;
  std::vector<std::unique_ptr<ChangeMethod>> changes_;
  std::vector<std::unique_ptr<AnyMethod>> methods_;
  absl::Status fault_;  // the first
};

}  // namespace seisaku::rpc
