// An import goes in as a group of commands, first catalog's, then progress's, each with the import and its place among
// them in its correlation id: "import 3f0c9a2b7d1e5846 2/5". A command of the group is sent when the one before it is
// recorded, so that the newest of them says how far the import has come. What was cut off is finished by the same
// import run again; what is left then is counted anew, under the same id.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace seisaku {

struct ImportPart {
  std::string import_id;  // of a document and a plan: 16 hex digits
  int part = 1;           // from 1
  int parts = 1;
  bool operator==(const ImportPart&) const = default;
};

// "import 3f0c9a2b7d1e5846 2/5", and back; nullopt for the correlation id of anything else.
std::string CorrelationOf(const ImportPart& part);
std::optional<ImportPart> ParseImportPart(std::string_view correlation_id);

}  // namespace seisaku
