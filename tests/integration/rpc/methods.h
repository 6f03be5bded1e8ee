// The methods of the contracts, as protoc describes them.
#pragma once

#include <string_view>
#include <vector>

#include "google/protobuf/descriptor.h"

namespace seisaku {

// Every method of every service of seisaku/**.proto that this program links.
std::vector<const google::protobuf::MethodDescriptor*> AllMethods();

// The method of that name ("MoveNode"), of which no two services have the same; nullptr: there is none.
const google::protobuf::MethodDescriptor* MethodNamed(std::string_view name);

// The method that a test is of: that of the suite's service (CatalogServiceTest: CatalogService) with whose
// name the test's begins, the longest such name where there are several. nullptr: there is none.
const google::protobuf::MethodDescriptor* MethodOfTest(std::string_view suite, std::string_view test);

}  // namespace seisaku
