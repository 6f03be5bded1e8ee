#include "services/rpc/service.h"

#include "fmt/format.h"
#include "services/base/status.h"

namespace seisaku::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;

const Message& PrototypeOf(const Descriptor& type) {
  return *google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type);
}

absl::Status Unanswered(std::string_view method, std::string_view why) {
  return absl::InternalError(fmt::format("{}: {}", method, why));
}

}  // namespace

int RawService::Add(std::string name, Type type) {
  names_.push_back(std::make_unique<std::string>(std::move(name)));
  const int index = static_cast<int>(names_.size()) - 1;
  AddMethod(new grpc::internal::RpcServiceMethod(names_.back()->c_str(), type, nullptr));
  MarkMethodRaw(index);
  return index;
}

ContractService::ContractService(const google::protobuf::ServiceDescriptor& descriptor, Adapter& adapter,
                                 ledger::Ledger& ledger)
    : descriptor_(descriptor), adapter_(adapter), ledger_(ledger) {
  for (int i = 0; i < descriptor.method_count(); ++i) {
    absl::StatusOr<Method> method = MethodOf(*descriptor.method(i));
    if (method.ok()) {
      declared_.push_back({*std::move(method)});
    } else {
      fault_.Update(method.status());
    }
  }
}

const Method* ContractService::Take(const Descriptor& request, const Descriptor& response) {
  for (Declared& declared : declared_) {
    const google::protobuf::MethodDescriptor& method = *declared.method.descriptor;
    if (declared.answered || method.input_type() != &request || method.output_type() != &response) continue;
    declared.answered = true;
    return &declared.method;
  }
  fault_.Update(Unanswered(request.full_name(), "no method is left that takes it"));
  return nullptr;
}

void ContractService::Add(const Descriptor& request, const Descriptor& response, UnaryMethod::Handle handle,
                          bool changes) {
  const Method* taken = Take(request, response);
  if (taken == nullptr) return;
  Method method = *taken;
  // A change is tried on the thread that takes calls first, since nearly all need not wait.
  if (changes) method.quick = true;
  const int index = Add(method.path, Type::NORMAL_RPC);
  auto ask = [this, index](grpc::ServerContext* context, grpc::ByteBuffer* received,
                           grpc::ServerAsyncResponseWriter<grpc::ByteBuffer>* writer,
                           grpc::ServerCompletionQueue* answers, grpc::ServerCompletionQueue* calls,
                           Event* event) {
    RequestAsyncUnary(index, context, received, writer, answers, calls, event);
  };
  methods_.push_back(std::make_unique<UnaryMethod>(adapter_, std::move(method), PrototypeOf(request),
                                                   std::move(ask), std::move(handle)));
}

void ContractService::AddStream(const Descriptor& request, const Descriptor& response,
                                StreamingMethod::Handle handle) {
  const Method* method = Take(request, response);
  if (method == nullptr) return;
  const int index = Add(method->path, Type::SERVER_STREAMING);
  auto ask = [this, index](grpc::ServerContext* context, grpc::ByteBuffer* received,
                           grpc::ServerAsyncWriter<grpc::ByteBuffer>* writer,
                           grpc::ServerCompletionQueue* queue, Event* event) {
    RequestAsyncServerStreaming(index, context, received, writer, queue, queue, event);
  };
  methods_.push_back(std::make_unique<StreamingMethod>(adapter_, *method, PrototypeOf(request),
                                                       std::move(ask), std::move(handle)));
}

void ContractService::Change(Changing changing) {
  const auto shared = std::make_shared<const Changing>(std::move(changing));
  for (Declared& declared : declared_) {
    if (declared.answered || declared.method.change.empty()) continue;
    absl::StatusOr<std::unique_ptr<ChangeMethod>> change = ChangeMethod::Of(declared.method, shared);
    if (!change.ok()) {
      fault_.Update(change.status());
      continue;
    }
    changes_.push_back(*std::move(change));
    Add(
        *declared.method.descriptor->input_type(), *declared.method.descriptor->output_type(),
        [this, &change = *changes_.back()](const CallContext& call, const Message& request,
                                           UnaryMethod::Reply& reply) {
          return change.Submit(ledger_, call, request, reply);
        },
        /*changes=*/true);
  }
}

absl::Status ContractService::Complete() const {
  RETURN_IF_ERROR(fault_);
  for (const Declared& declared : declared_) {
    if (!declared.answered) return Unanswered(declared.method.path, "nothing answers it");
  }
  return absl::OkStatus();
}

void ContractService::Accept(const Arrivals& arrivals) {
  for (auto& method : methods_) method->Accept(arrivals);
}

}  // namespace seisaku::rpc
