#include "services/rpc/process/health_service.h"

#include <memory>
#include <optional>

#include "services/base/errors.h"
#include "services/ledger/tree/errors.h"

namespace seisaku::rpc {
namespace {

constexpr char kCheck[] = "/grpc.health.v1.Health/Check";
constexpr char kWatch[] = "/grpc.health.v1.Health/Watch";

}  // namespace

// One call of Watch.
class HealthService::Watcher final : public LightTalk {
 public:
  Watcher(HealthService& health, LightStream& stream) : health_(health), stream_(stream) {}
  ~Watcher() override {
    MutexLock lock(health_.mutex_);
    health_.watchers_.erase(this);
  }

  absl::Status Hear(const std::string& message) override {
    Request request;
    if (!request.ParseFromString(message)) {
      return errors::Malformed("request", "it is not a grpc.health.v1.HealthCheckRequest");
    }
    MutexLock lock(health_.mutex_);
    service_ = request.value();
    health_.watchers_.insert(this);
    Tell(health_.StatusOf(service_));
    return absl::OkStatus();
  }
  bool EndsWithQuestions() const override { return false; }

  const std::string& service() const { return service_; }
  // Under the health service's lock.
  void Tell(Status status) {
    if (told_ == status) return;
    told_ = status;
    Response response;
    response.set_value(status);
    stream_.Send(response.SerializeAsString());
  }

 private:
  HealthService& health_;
  LightStream& stream_;
  std::string service_;
  std::optional<Status> told_;
};

HealthService::HealthService(Adapter& adapter)
    : check_index_(Add(kCheck, Type::NORMAL_RPC)),
      watch_index_(Add(kWatch, Type::BIDI_STREAMING)),
      check_(
          adapter, OpenMethod(kCheck, /*quick=*/true), Request::default_instance(),
          [this](grpc::ServerContext* context, grpc::ByteBuffer* request,
                 grpc::ServerAsyncResponseWriter<grpc::ByteBuffer>* writer,
                 grpc::ServerCompletionQueue* answers, grpc::ServerCompletionQueue* calls, Event* event) {
            RequestAsyncUnary(check_index_, context, request, writer, answers, calls, event);
          },
          [this](const CallContext&, const google::protobuf::Message& message, UnaryMethod::Reply& reply) {
            const std::string& service = static_cast<const Request&>(message).value();
            Response response;
            {
              MutexLock lock(mutex_);
              response.set_value(StatusOf(service));
            }
            // As the protocol says: an unknown service is an error here, and a status in Watch.
            if (response.value() == kServiceUnknown) {
              std::move(reply)(errors::NotFound(service));
            } else {
              std::move(reply)(ToBuffer(response));
            }
            return true;
          }),
      watch_(
          adapter, OpenMethod(kWatch),
          [this](grpc::GenericServerContext* context, LightStreamMethod::Stream* stream,
                 grpc::ServerCompletionQueue* queue, Event* event) {
            RequestAsyncBidiStreaming(watch_index_, context, stream, queue, queue, event);
          },
          [this](LightStream& stream, const grpc::GenericServerContext&) {
            return std::make_unique<Watcher>(*this, stream);
          }) {}

void HealthService::SetServing(const std::string& service, bool serving) {
  MutexLock lock(mutex_);
  serving_[service] = serving;
  TellWatchers();
}

void HealthService::Shutdown() {
  MutexLock lock(mutex_);
  shut_down_ = true;
  TellWatchers();
}

void HealthService::TellWatchers() {
  for (Watcher* watcher : watchers_) watcher->Tell(StatusOf(watcher->service()));
}

HealthService::Status HealthService::StatusOf(const std::string& service) {
  auto known = serving_.find(service);
  if (known == serving_.end()) return kServiceUnknown;
  return known->second && !shut_down_ ? kServing : kNotServing;
}

}  // namespace seisaku::rpc
