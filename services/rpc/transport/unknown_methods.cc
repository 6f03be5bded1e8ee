#include "services/rpc/transport/unknown_methods.h"

#include <memory>
#include <string>

#include "services/base/status.h"

namespace seisaku::rpc {

UnknownMethods::UnknownMethods(Adapter& adapter)
    : calls_(
          adapter, OpenMethod("/unknown"),
          [this](grpc::GenericServerContext* context, LightStreamMethod::Stream* stream,
                 grpc::ServerCompletionQueue* queue,
                 Event* event) { service_.RequestCall(context, stream, queue, queue, event); },
          [](LightStream&,
             const grpc::GenericServerContext& context) -> absl::StatusOr<std::unique_ptr<LightTalk>> {
            return MakeError(absl::StatusCode::kUnimplemented, "METHOD_UNKNOWN",
                             "this server has no method " + context.method(), {{"method", context.method()}});
          }) {}

}  // namespace seisaku::rpc
