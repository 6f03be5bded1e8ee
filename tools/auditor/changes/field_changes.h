// What differs between two messages of a type, field by field.
#pragma once

#include <string>
#include <vector>

#include "google/protobuf/message.h"

namespace seisaku::auditor {

struct FieldChange {
  std::string field;   // its path: "value.number.value.value"
  std::string before;  // as text; "" where it was not set
  std::string after;
};

// In the order of the fields. What is unset is as good as the default.
std::vector<FieldChange> FieldChanges(const google::protobuf::Message& before,
                                      const google::protobuf::Message& after);

}  // namespace seisaku::auditor
