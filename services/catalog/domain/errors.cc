#include "services/catalog/domain/errors.h"

#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/status.h"

namespace seisaku::catalog::errors {

using absl::StatusCode;

absl::Status TitleNotUnique(std::string_view title, const std::vector<std::string>& resources) {
  std::string names = fmt::format("{}", fmt::join(resources, ","));
  return MakeError(StatusCode::kFailedPrecondition, "TITLE_NOT_UNIQUE",
                   fmt::format("several KPIs are called {}: {}; name one by its id", title, names),
                   {{"title", std::string(title)}, {"resources", names}});
}

absl::Status TitleTaken(std::string_view field, std::string_view title, std::string_view resource) {
  return MakeError(StatusCode::kAlreadyExists, "TITLE_TAKEN",
                   fmt::format("{}: {} is called {} already", field, resource, title),
                   {{"title", std::string(title)}, {"resource", std::string(resource)}},
                   {{std::string(field), fmt::format("a title other than {}'s", resource)}});
}

absl::Status Retired(std::string_view resource, int retired_from_year) {
  return MakeError(
      StatusCode::kFailedPrecondition, "RETIRED",
      fmt::format("{} is retired from {} on", resource, retired_from_year),
      {{"resource", std::string(resource)}, {"retired_from_year", fmt::to_string(retired_from_year)}});
}

absl::Status NotYetInForce(std::string_view resource, int first_year) {
  return MakeError(StatusCode::kFailedPrecondition, "NOT_YET_IN_FORCE",
                   fmt::format("{} is part of the plan from {} on", resource, first_year),
                   {{"resource", std::string(resource)}, {"first_year", fmt::to_string(first_year)}});
}

absl::Status CheckEtag(std::string_view resource, std::string_view expected, Position last_change) {
  std::string actual = fmt::to_string(last_change);
  if (expected.empty() || expected == actual) return absl::OkStatus();
  return seisaku::errors::EtagMismatch(resource, expected, actual);
}

}  // namespace seisaku::catalog::errors
