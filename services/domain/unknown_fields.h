// What this build does not know in a stored message.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "google/protobuf/message.h"
#include "seisaku/log/v1/entry.pb.h"

namespace seisaku {

// The path of a message, at any depth, that carries a field this build does not know
// ("kpi_created.baseline[1], field 99"); nullopt where there is none.
std::optional<std::string> FindUnknownField(const google::protobuf::Message& message);
// The same of a message that was parsed from `bytes`, which are looked through first: much faster.
std::optional<std::string> FindUnknownField(const google::protobuf::Message& message, std::string_view bytes);
// The same of an entry, as fast without its bytes.
std::optional<std::string> FindUnknownField(const log::v1::Entry& entry);

}  // namespace seisaku
