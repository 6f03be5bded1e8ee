#include "services/rpc/process/reflection.h"

#include <memory>
#include <optional>
#include <set>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/wire_format_lite.h"
#include "services/ledger/tree/errors.h"

namespace seisaku::rpc {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

constexpr std::string_view kVersions[] = {"grpc.reflection.v1.ServerReflection",
                                          "grpc.reflection.v1alpha.ServerReflection"};

// The fields of ServerReflectionRequest and ServerReflectionResponse, grpc/reflection/v1/reflection.proto.
// Debian has no such file that could be compiled here.
enum RequestField : int {
  kFileByFilename = 3,
  kFileContainingSymbol = 4,
  kFileContainingExtension = 5,  // ExtensionRequest: containing_type = 1, extension_number = 2
  kAllExtensionNumbersOfType = 6,
  kListServices = 7,
};
enum ResponseField : int {
  kOriginalRequest = 2,
  kFileDescriptorResponse = 4,       // file_descriptor_proto = 1, repeated
  kAllExtensionNumbersResponse = 5,  // base_type_name = 1, extension_number = 2, repeated
  kListServicesResponse = 6,         // service = 1, repeated: name = 1
  kErrorResponse = 7,                // error_code = 1, error_message = 2
};

struct Question {
  int field = 0;     // the RequestField; 0: none that is known
  std::string text;  // of an extension the type that it extends
  int number = 0;
};

bool ReadText(CodedInputStream& in, std::string* text) {
  int length = 0;
  return in.ReadVarintSizeAsInt(&length) && in.ReadString(text, length);
}

// A field of an ExtensionRequest or a request; other fields are skipped.
std::optional<Question> ParseQuestion(const std::string& bytes, bool of_extension = false) {
  CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()), static_cast<int>(bytes.size()));
  Question question;
  while (const uint32_t tag = in.ReadTag()) {
    const int field = WireFormatLite::GetTagFieldNumber(tag);
    const bool text = WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
    uint32_t number = 0;
    if (text && (of_extension ? field == 1 : field >= kFileByFilename && field <= kListServices)) {
      question.field = field;
      if (!ReadText(in, &question.text)) return std::nullopt;
    } else if (of_extension && field == 2 && !text) {
      if (!in.ReadVarint32(&number)) return std::nullopt;
      question.number = static_cast<int>(number);
    } else if (!WireFormatLite::SkipField(&in, tag)) {
      return std::nullopt;
    }
  }
  if (!in.ConsumedEntireMessage()) return std::nullopt;
  if (question.field != kFileContainingExtension) return question;
  std::optional<Question> extension = ParseQuestion(question.text, true);
  if (extension) extension->field = kFileContainingExtension;
  return extension;
}

// A message, field by field.
class Writer {
 public:
  Writer& Text(int field, const std::string& text) {
    WireFormatLite::WriteString(field, text, &coded_);
    return *this;
  }
  Writer& Number(int field, int32_t number) {
    WireFormatLite::WriteInt32(field, number, &coded_);
    return *this;
  }
  std::string Bytes() {
    coded_.Trim();
    return std::move(bytes_);
  }

 private:
  std::string bytes_;
  google::protobuf::io::StringOutputStream stream_{&bytes_};
  google::protobuf::io::CodedOutputStream coded_{&stream_};
};

}  // namespace

// One call.
class ReflectionService::Talk final : public LightTalk {
 public:
  Talk(const std::vector<std::string>& services, LightStream& stream)
      : services_(services), stream_(stream) {}

  absl::Status Hear(const std::string& message) override {
    const std::optional<Question> question = ParseQuestion(message);
    if (!question) return errors::Malformed("request", "it is not a ServerReflectionRequest");
    auto [field, answer] = Answer(*question);
    stream_.Send(Writer().Text(kOriginalRequest, message).Text(field, answer).Bytes());
    return absl::OkStatus();
  }
  bool EndsWithQuestions() const override { return true; }

 private:
  using Answered = std::pair<int, std::string>;

  Answered Answer(const Question& question) {
    const DescriptorPool& pool = *DescriptorPool::generated_pool();
    switch (question.field) {
      case kFileByFilename:
        return Files(pool.FindFileByName(question.text));
      case kFileContainingSymbol:
        return Files(pool.FindFileContainingSymbol(question.text));
      case kFileContainingExtension: {
        const auto* type = pool.FindMessageTypeByName(question.text);
        const FieldDescriptor* found =
            type == nullptr ? nullptr : pool.FindExtensionByNumber(type, question.number);
        return Files(found == nullptr ? nullptr : found->file());
      }
      case kAllExtensionNumbersOfType:
        return ExtensionsOf(pool, question.text);
      case kListServices:
        return Services();
      default:
        return Error(grpc::StatusCode::INVALID_ARGUMENT, "nothing is asked that this server knows of");
    }
  }

  Answered Services() const {
    Writer list;
    for (const std::string& name : services_) list.Text(1, Writer().Text(1, name).Bytes());
    return {kListServicesResponse, list.Bytes()};
  }

  // The file and its imports, except those that this stream has sent.
  Answered Files(const FileDescriptor* file) {
    if (file == nullptr) return Error(grpc::StatusCode::NOT_FOUND, "this server has no descriptor of it");
    Writer files;
    Add(*file, files, /*again=*/true);
    return {kFileDescriptorResponse, files.Bytes()};
  }
  void Add(const FileDescriptor& file, Writer& files, bool again) {
    if (!told_.insert(&file).second && !again) return;
    google::protobuf::FileDescriptorProto proto;
    file.CopyTo(&proto);
    files.Text(1, proto.SerializeAsString());
    for (int i = 0; i < file.dependency_count(); ++i) Add(*file.dependency(i), files, /*again=*/false);
  }

  static Answered ExtensionsOf(const DescriptorPool& pool, const std::string& name) {
    const auto* type = pool.FindMessageTypeByName(name);
    if (type == nullptr) return Error(grpc::StatusCode::NOT_FOUND, "this server has no descriptor of it");
    std::vector<const FieldDescriptor*> extensions;
    pool.FindAllExtensions(type, &extensions);
    Writer numbers;
    numbers.Text(1, name);
    for (const FieldDescriptor* extension : extensions) numbers.Number(2, extension->number());
    return {kAllExtensionNumbersResponse, numbers.Bytes()};
  }

  static Answered Error(grpc::StatusCode code, const std::string& message) {
    return {kErrorResponse, Writer().Number(1, code).Text(2, message).Bytes()};
  }

  const std::vector<std::string>& services_;
  LightStream& stream_;
  std::set<const FileDescriptor*> told_;
};

ReflectionService::ReflectionService(Adapter& adapter, std::vector<std::string> services)
    : services_(std::move(services)) {
  for (const std::string_view version : kVersions) {
    services_.emplace_back(version);
    std::string method = std::string("/").append(version).append("/ServerReflectionInfo");
    const int index = Add(method, Type::BIDI_STREAMING);
    methods_.push_back(std::make_unique<LightStreamMethod>(
        adapter, OpenMethod(std::move(method)),
        [this, index](grpc::GenericServerContext* context, LightStreamMethod::Stream* stream,
                      grpc::ServerCompletionQueue* queue, Event* event) {
          RequestAsyncBidiStreaming(index, context, stream, queue, queue, event);
        },
        [this](LightStream& stream, const grpc::GenericServerContext&) {
          return std::make_unique<Talk>(services_, stream);
        }));
  }
}

void ReflectionService::EndStreams() {
  for (auto& method : methods_) method->End();
}

void ReflectionService::Accept(const Arrivals& arrivals) {
  for (auto& method : methods_) method->Accept(arrivals);
}

}  // namespace seisaku::rpc
