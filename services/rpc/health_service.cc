#include "services/rpc/health_service.h"

#include "absl/time/clock.h"

namespace seisaku::rpc {
namespace {

constexpr char kCheck[] = "/grpc.health.v1.Health/Check";
constexpr char kWatch[] = "/grpc.health.v1.Health/Watch";
// How long a waiting stream may not notice that it is over.
constexpr absl::Duration kAliveCheck = absl::Seconds(1);

}  // namespace

HealthService::HealthService(Adapter& adapter)
    : check_(
          adapter, kCheck, Manner::kQuick,
          [this](grpc::ServerContext* context, Request* request,
                 grpc::ServerAsyncResponseWriter<Response>* writer, grpc::ServerCompletionQueue* answers,
                 grpc::ServerCompletionQueue* calls,
                 Event* event) { RequestAsyncUnary(0, context, request, writer, answers, calls, event); },
          [this](const CallContext&, const Request& request, UnaryMethod<Request, Response>::Reply& reply) {
            Response response;
            {
              MutexLock lock(mutex_);
              response.set_value(StatusOf(request.value()));
            }
            // As the protocol says: an unknown service is an error here, and a status in Watch.
            if (response.value() == kServiceUnknown) {
              std::move(reply)(errors::NotFound(request.value()));
            } else {
              std::move(reply)(std::move(response));
            }
            return true;
          }),
      watch_(
          adapter, kWatch,
          [this](grpc::ServerContext* context, Request* request, grpc::ServerAsyncWriter<Response>* writer,
                 grpc::ServerCompletionQueue* queue, Event* event) {
            RequestAsyncServerStreaming(1, context, request, writer, queue, queue, event);
          },
          [this](const CallContext&, const Request& request, ResponseStream<Response>& stream) {
            return Tell(request.value(), stream);
          }) {
  using grpc::internal::RpcMethod;
  using grpc::internal::RpcServiceMethod;
  AddMethod(new RpcServiceMethod(kCheck, RpcMethod::NORMAL_RPC, nullptr));
  MarkMethodAsync(0);
  AddMethod(new RpcServiceMethod(kWatch, RpcMethod::SERVER_STREAMING, nullptr));
  MarkMethodAsync(1);
}

void HealthService::SetServing(const std::string& service, bool serving) {
  MutexLock lock(mutex_);
  serving_[service] = serving;
  changed_.NotifyAll();
}

void HealthService::Shutdown() {
  MutexLock lock(mutex_);
  shut_down_ = true;
  changed_.NotifyAll();
}

HealthService::Status HealthService::StatusOf(const std::string& service) {
  auto known = serving_.find(service);
  if (known == serving_.end()) return kServiceUnknown;
  return known->second && !shut_down_ ? kServing : kNotServing;
}

absl::Status HealthService::Tell(const std::string& service, ResponseStream<Response>& stream) {
  Response told;
  while (true) {
    RETURN_IF_ERROR(stream.Alive());
    Response now;
    {
      MutexLock lock(mutex_);
      const auto until = absl::ToChronoTime(absl::Now() + kAliveCheck);
      while (StatusOf(service) == told.value() && changed_.WaitUntil(mutex_, until)) {
      }
      now.set_value(StatusOf(service));
    }
    if (now.value() == told.value()) continue;
    RETURN_IF_ERROR(stream.Write(now));
    told = now;
  }
}

}  // namespace seisaku::rpc
