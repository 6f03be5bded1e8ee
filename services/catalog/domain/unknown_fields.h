// What this build does not know in a stored message.
#pragma once

#include <optional>
#include <string>

#include "google/protobuf/message.h"

namespace seisaku::catalog {

// The path of a message, at any depth, that carries a field this build does not know
// ("kpi_created.baseline[1], field 99"); nullopt where there is none.
std::optional<std::string> FindUnknownField(const google::protobuf::Message& message);

}  // namespace seisaku::catalog
