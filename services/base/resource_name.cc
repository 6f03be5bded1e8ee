#include "services/base/resource_name.h"

#include "services/base/errors.h"
#include "services/base/ids.h"
#include "services/base/status.h"

namespace seisaku {

std::vector<std::string_view> SplitResourceName(std::string_view name, size_t most) {
  std::vector<std::string_view> parts;
  while (parts.size() + 1 < most) {
    const size_t slash = name.find('/');
    if (slash == std::string_view::npos) break;
    parts.push_back(name.substr(0, slash));
    name.remove_prefix(slash + 1);
  }
  parts.push_back(name);
  return parts;
}

absl::StatusOr<std::vector<std::string>> ParseResourceName(const FieldPath& field, std::string_view name,
                                                           std::string_view pattern) {
  if (name.empty()) return errors::RequiredField(field.ToString());
  std::vector<std::string_view> parts = SplitResourceName(name);
  std::vector<std::string_view> expected = SplitResourceName(pattern);
  std::vector<std::string> ids;
  bool fits = parts.size() == expected.size();
  for (size_t i = 0; fits && i < parts.size(); ++i) {
    if (expected[i].front() == '{') {
      RETURN_IF_ERROR(ValidateId(field, parts[i]));
      ids.emplace_back(parts[i]);
    } else {
      fits = parts[i] == expected[i];
    }
  }
  if (!fits)
    return errors::InvalidField(field.ToString(), expected::RESOURCE_NAME,
                                {{"form", pattern}, {"actual", name}});
  return ids;
}

}  // namespace seisaku
