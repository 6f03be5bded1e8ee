#include "tests/integration/rpc/methods.h"

#include <string>

#include "google/protobuf/descriptor_database.h"

namespace seisaku {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

std::vector<const MethodDescriptor*> AllMethods() {
  std::vector<std::string> files;
  DescriptorPool::internal_generated_database()->FindAllFileNames(&files);
  std::vector<const MethodDescriptor*> methods;
  for (const std::string& name : files) {
    if (!name.starts_with("seisaku/")) continue;
    const FileDescriptor& file = *DescriptorPool::generated_pool()->FindFileByName(name);
    for (int i = 0; i < file.service_count(); ++i) {
      const ServiceDescriptor& service = *file.service(i);
      for (int j = 0; j < service.method_count(); ++j) methods.push_back(service.method(j));
    }
  }
  return methods;
}

const MethodDescriptor* MethodNamed(std::string_view name) {
  for (const MethodDescriptor* method : AllMethods()) {
    if (method->name() == name) return method;
  }
  return nullptr;
}

const MethodDescriptor* MethodOfTest(std::string_view suite, std::string_view test) {
  const MethodDescriptor* found = nullptr;
  for (const MethodDescriptor* method : AllMethods()) {
    if (suite != method->service()->name() + "Test" || !test.starts_with(method->name())) continue;
    if (found == nullptr || found->name().size() < method->name().size()) found = method;
  }
  return found;
}

}  // namespace seisaku
