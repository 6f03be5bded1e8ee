// Between gRPC and the handlers: every call is authenticated, authorized, bounded in time, counted, and its
// errors mapped and logged here, once. Only this file, adapter.cc and server.cc know gRPC's synchronous API.
#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/impl/codegen/service_type.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/status.h"
#include "grpcpp/support/sync_stream.h"
#include "services/rpc/call.h"
#include "services/rpc/metrics.h"

namespace seisaku::rpc {

// A call without a deadline gets the first; a later deadline than the second is cut to it. Streams last until
// their deadline, at most an hour, and are then taken up again by the caller.
inline constexpr absl::Duration kDefaultDeadline = absl::Seconds(30);
inline constexpr absl::Duration kMaxDeadline = absl::Minutes(5);
inline constexpr absl::Duration kMaxStreamDuration = absl::Hours(1);

// Thread-safe. Outlives the services that use it.
class Adapter {
 public:
  // `metrics` outlives the adapter.
  explicit Adapter(Metrics& metrics) : metrics_(metrics) {}

  // Runs `handle` for a caller who may call `method`, and puts what it returns into `response`. An exception
  // becomes INTERNAL.
  template <typename Response>
  grpc::Status Unary(grpc::ServerContext* context, std::string_view method, Response* response,
                     absl::FunctionRef<absl::StatusOr<Response>(const CallContext&)> handle) {
    return Run(*context, method, kDefaultDeadline, kMaxDeadline,
               [&](const CallContext& call) -> absl::Status {
                 absl::StatusOr<Response> result = handle(call);
                 if (!result.ok()) return result.status();
                 *response = *std::move(result);
                 return absl::OkStatus();
               });
  }

  // The same for a server-streaming method. `handle` returns when it is done or when the stream is not Alive.
  template <typename Response>
  grpc::Status Streaming(
      grpc::ServerContext* context, std::string_view method, grpc::ServerWriter<Response>* writer,
      absl::FunctionRef<absl::Status(const CallContext&, ResponseStream<Response>&)> handle) {
    return Run(*context, method, kMaxStreamDuration, kMaxStreamDuration,
               [&](const CallContext& call) -> absl::Status {
                 SyncStream<Response> stream(*this, *context, call.deadline, *writer);
                 return handle(call, stream);
               });
  }

  // From now on streams are not Alive, so that the server can stop without waiting for their deadlines.
  void EndStreams() { ending_ = true; }

 private:
  template <typename Response>
  class SyncStream final : public ResponseStream<Response> {
   public:
    SyncStream(const Adapter& adapter, const grpc::ServerContext& context, absl::Time deadline,
               grpc::ServerWriter<Response>& writer)
        : adapter_(adapter), context_(context), deadline_(deadline), writer_(writer) {}
    absl::Status Alive() const override { return adapter_.StreamAlive(context_, deadline_); }
    absl::Status Write(const Response& response) override {
      return writer_.Write(response) ? absl::OkStatus() : absl::CancelledError("the caller has gone");
    }

   private:
    const Adapter& adapter_;
    const grpc::ServerContext& context_;
    absl::Time deadline_;
    grpc::ServerWriter<Response>& writer_;
  };

  grpc::Status Run(const grpc::ServerContext& context, std::string_view method,
                   absl::Duration default_deadline, absl::Duration max_deadline,
                   absl::FunctionRef<absl::Status(const CallContext&)> handle);
  absl::Status StreamAlive(const grpc::ServerContext& context, absl::Time deadline) const;

  Metrics& metrics_;
  std::atomic<bool> ending_ = false;
};

// The request and response types of a handler method, from the type of its member pointer.
template <typename Method>
struct Handled;
template <typename H, typename Req, typename Res>
struct Handled<absl::StatusOr<Res> (H::*)(const CallContext&, const Req&)> {
  using Request = Req;
  using Response = Res;
};
template <typename H, typename Req, typename Res>
struct Handled<absl::StatusOr<Res> (H::*)(const CallContext&, const Req&) const>
    : Handled<absl::StatusOr<Res> (H::*)(const CallContext&, const Req&)> {};
template <typename H, typename Req, typename Res>
struct Handled<absl::Status (H::*)(const CallContext&, const Req&, ResponseStream<Res>&)> {
  using Request = Req;
  using Response = Res;
};
template <typename H, typename Req, typename Res>
struct Handled<absl::Status (H::*)(const CallContext&, const Req&, ResponseStream<Res>&) const>
    : Handled<absl::Status (H::*)(const CallContext&, const Req&, ResponseStream<Res>&)> {};

// A service that a server can serve.
class Endpoint {
 public:
  virtual ~Endpoint() = default;
  virtual grpc::Service& service() = 0;
  virtual std::string_view full_name() const = 0;  // "seisaku.catalog.v1.CatalogService"
};

// A generated service over a class of handlers. A service is a short list:
//
//   class CatalogRpc final : public rpc::ServiceOver<v1::CatalogService, CatalogHandlers> {
//    public:
//     using ServiceOver::ServiceOver;  // CatalogRpc(adapter, arguments of CatalogHandlers…)
//     SEISAKU_UNARY(CreatePlan)
//     SEISAKU_UNARY(GetPlan)
//   };
//
// where CatalogHandlers has, const or not (calls come from many threads at once),
//   absl::StatusOr<v1::CreatePlanResponse> CreatePlan(const rpc::CallContext&, const v1::CreatePlanRequest&);
// and for SEISAKU_STREAMING
//   absl::Status Watch(const rpc::CallContext&, const v1::WatchRequest&,
//   rpc::ResponseStream<v1::WatchResponse>&);
template <typename Definition, typename HandlersType>
class ServiceOver : public Definition::Service, public Endpoint {
 public:
  // `adapter` outlives the service; the handlers are made from `arguments` and owned.
  template <typename... Arguments>
  explicit ServiceOver(Adapter& adapter, Arguments&&... arguments)
      : adapter_(adapter), handlers_(std::forward<Arguments>(arguments)...) {}

  grpc::Service& service() override { return *this; }
  std::string_view full_name() const override { return Definition::service_full_name(); }

 protected:
  using Handlers = HandlersType;

  static std::string MethodName(std::string_view method) {
    return std::string("/").append(Definition::service_full_name()).append("/").append(method);
  }

  Adapter& adapter_;
  Handlers handlers_;
};

}  // namespace seisaku::rpc

// Overrides one unary method of the generated service inside a class derived from ServiceOver.
#define SEISAKU_UNARY(Method)                                                                              \
  grpc::Status Method(grpc::ServerContext* context,                                                        \
                      const ::seisaku::rpc::Handled<decltype(&Handlers::Method)>::Request* request,        \
                      ::seisaku::rpc::Handled<decltype(&Handlers::Method)>::Response* response) override { \
    using Response = ::seisaku::rpc::Handled<decltype(&Handlers::Method)>::Response;                       \
    return adapter_.Unary<Response>(                                                                       \
        context, MethodName(#Method), response,                                                            \
        [&](const ::seisaku::rpc::CallContext& call) { return handlers_.Method(call, *request); });        \
  }

// The same for one server-streaming method.
#define SEISAKU_STREAMING(Method)                                                                            \
  grpc::Status Method(                                                                                       \
      grpc::ServerContext* context,                                                                          \
      const ::seisaku::rpc::Handled<decltype(&Handlers::Method)>::Request* request,                          \
      grpc::ServerWriter<::seisaku::rpc::Handled<decltype(&Handlers::Method)>::Response>* writer) override { \
    using Response = ::seisaku::rpc::Handled<decltype(&Handlers::Method)>::Response;                         \
    return adapter_.Streaming<Response>(                                                                     \
        context, MethodName(#Method), writer,                                                                \
        [&](const ::seisaku::rpc::CallContext& call, ::seisaku::rpc::ResponseStream<Response>& stream) {     \
          return handlers_.Method(call, *request, stream);                                                   \
        });                                                                                                  \
  }
