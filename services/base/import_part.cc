#include "services/base/import_part.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "fmt/format.h"

namespace seisaku {

std::string CorrelationOf(const ImportPart& part) {
  return fmt::format("import {} {}/{}", part.import_id, part.part, part.parts);
}

std::optional<ImportPart> ParseImportPart(std::string_view correlation_id) {
  const std::vector<std::string> words = absl::StrSplit(std::string(correlation_id), ' ');
  if (words.size() != 3 || words[0] != "import" || words[1].empty()) return std::nullopt;
  const std::vector<std::string> counts = absl::StrSplit(words[2], '/');
  ImportPart part = {.import_id = words[1]};
  if (counts.size() != 2 || !absl::SimpleAtoi(counts[0], &part.part) ||
      !absl::SimpleAtoi(counts[1], &part.parts) || part.part < 1 || part.part > part.parts)
    return std::nullopt;
  return part;
}

}  // namespace seisaku
