// A generated service over a class of handlers.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "grpcpp/impl/codegen/rpc_service_method.h"
#include "grpcpp/impl/codegen/service_type.h"
#include "services/rpc/adapter.h"
#include "services/rpc/command.h"
#include "services/rpc/streaming.h"
#include "services/rpc/unary.h"

namespace seisaku::rpc {

// A service that a server can serve.
class Endpoint {
 public:
  virtual ~Endpoint() = default;
  virtual grpc::Service& service() = 0;
  virtual std::string_view full_name() const = 0;  // "seisaku.catalog.v1.CatalogService"
  // Takes calls until the queue shuts down. To be called once, when the server runs; `arrivals` outlives
  // them.
  virtual void Accept(const Arrivals& arrivals) = 0;
};

// The types of a handler's method, from the type of its member pointer.
template <typename Method>
struct Handled;
template <typename H, typename Req, typename Result>
struct Handled<absl::StatusOr<Result> (H::*)(const CallContext&, const Req&)> {
  using Request = Req;
  using Response = Result;
  static constexpr bool kChanges = false;
};
template <typename H, typename Req, typename Res>
struct Handled<absl::StatusOr<Mutation<Res>> (H::*)(const CallContext&, const Req&)> {
  using Request = Req;
  using Response = Res;
  static constexpr bool kChanges = true;
};
template <typename H, typename Req, typename Res>
struct Handled<absl::Status (H::*)(const CallContext&, const Req&, ResponseStream<Res>&)> {
  using Request = Req;
  using Response = Res;
};

// Methods whose requests come as bytes, because nothing is parsed before it is known who sent it.
class RawService : public grpc::Service {
 protected:
  using Type = grpc::internal::RpcMethod::RpcType;

  // "/service/Method"; returns how gRPC counts it.
  int Add(std::string name, Type type) {
    names_.push_back(std::make_unique<std::string>(std::move(name)));
    const int index = static_cast<int>(names_.size()) - 1;
    AddMethod(new grpc::internal::RpcServiceMethod(names_.back()->c_str(), type, nullptr));
    MarkMethodRaw(index);
    return index;
  }

 private:
  std::vector<std::unique_ptr<std::string>> names_;  // gRPC keeps pointers to them
};

// A service is a short list:
//
//   class CatalogRpc final : public rpc::ServiceOver<v1::CatalogService, Handlers> {
//    public:
//     CatalogRpc(rpc::Adapter& adapter, ledger::Ledger& ledger, const State& state)
//         : ServiceOver(adapter, ledger, state) {
//       Unary<&Handlers::CreatePlan>("CreatePlan");
//       Unary<&Handlers::GetPlan>("GetPlan", Manner::kQuick);
//     }
//   };
//
// where Handlers, made from (ledger, state), has (calls come from many threads at once)
//   absl::StatusOr<rpc::Mutation<v1::CreatePlanResponse>> CreatePlan(const CallContext&, const
//   v1::CreatePlanRequest&); absl::StatusOr<v1::GetPlanResponse> GetPlan(const CallContext&, const
//   v1::GetPlanRequest&);
template <typename Definition, typename HandlersType>
class ServiceOver : public RawService, public Endpoint {
 public:
  grpc::Service& service() override { return *this; }
  std::string_view full_name() const override { return Definition::service_full_name(); }
  void Accept(const Arrivals& arrivals) override {
    for (auto& method : methods_) method->Accept(arrivals);
  }

 protected:
  using Handlers = HandlersType;

  // `adapter` and `ledger` outlive the service; the handlers are made from `ledger` and `arguments`, and
  // owned.
  template <typename... Arguments>
  ServiceOver(Adapter& adapter, ledger::Ledger& ledger, Arguments&&... arguments)
      : adapter_(adapter), ledger_(ledger), handlers_(ledger, std::forward<Arguments>(arguments)...) {}

  Handlers& handlers() { return handlers_; }

  // Serves a unary method. What changes something is always tried without waiting first.
  template <auto Method>
  void Unary(std::string_view name, Manner manner = Manner::kWaiting) {
    using Types = Handled<decltype(Method)>;
    using Request = typename Types::Request;
    using Response = typename Types::Response;
    const int index = Add(MethodName(name), Type::NORMAL_RPC);
    auto ask = [this, index](grpc::ServerContext* context, grpc::ByteBuffer* request,
                             grpc::ServerAsyncResponseWriter<Response>* writer,
                             grpc::ServerCompletionQueue* answers, grpc::ServerCompletionQueue* calls,
                             Event* event) {
      this->RequestAsyncUnary(index, context, request, writer, answers, calls, event);
    };
    auto handle = [this](const CallContext& call, const Request& request,
                         typename UnaryMethod<Request, Response>::Reply& reply) {
      auto made = (handlers_.*Method)(call, request);
      if (IsWouldWait(made.status())) return false;
      if constexpr (Types::kChanges) {
        Submit<Response>(ledger_, call.deadline, std::move(made), std::move(reply));
      } else {
        std::move(reply)(std::move(made));
      }
      return true;
    };
    methods_.push_back(std::make_unique<UnaryMethod<Request, Response>>(
        adapter_, MethodName(name), Types::kChanges ? Manner::kQuick : manner, ask, handle));
  }

  // Serves a server-streaming method.
  template <auto Method>
  void Streaming(std::string_view name) {
    using Types = Handled<decltype(Method)>;
    using Request = typename Types::Request;
    using Response = typename Types::Response;
    const int index = Add(MethodName(name), Type::SERVER_STREAMING);
    auto ask = [this, index](grpc::ServerContext* context, grpc::ByteBuffer* request,
                             grpc::ServerAsyncWriter<Response>* writer, grpc::ServerCompletionQueue* queue,
                             Event* event) {
      this->RequestAsyncServerStreaming(index, context, request, writer, queue, queue, event);
    };
    auto handle = [this](const CallContext& call, const Request& request, ResponseStream<Response>& stream) {
      return (handlers_.*Method)(call, request, stream);
    };
    methods_.push_back(
        std::make_unique<StreamingMethod<Request, Response>>(adapter_, MethodName(name), ask, handle));
  }

  static std::string MethodName(std::string_view method) {
    return std::string("/").append(Definition::service_full_name()).append("/").append(method);
  }

  Adapter& adapter_;
  ledger::Ledger& ledger_;
  Handlers handlers_;

 private:
  std::vector<std::unique_ptr<AnyMethod>> methods_;
};

}  // namespace seisaku::rpc
