#include "tools/bundle/errors.h"

#include <fmt/format.h>

#include <string>

#include "services/base/status.h"

namespace seisaku::errors {

absl::Status BundleUnusable(std::string_view file, std::string_view why) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "BUNDLE_UNUSABLE",
                   fmt::format("{} cannot be used: {}", file, why),
                   {{"file", std::string(file)}, {"why", std::string(why)}});
}

absl::Status BundleUnwritable(std::string_view file, std::string_view why) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "OUTPUT_UNWRITABLE",
                   fmt::format("{} cannot be written: {}", file, why),
                   {{"file", std::string(file)}, {"why", std::string(why)}});
}

absl::Status BundleFinished(std::string_view folder) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "BUNDLE_FINISHED",
                   fmt::format("{} holds a bundle already", folder), {{"file", std::string(folder)}});
}

absl::Status BundleForensic(std::string_view folder) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "BUNDLE_FORENSIC",
                   fmt::format("{} holds a damaged log as it was found, which nobody signed", folder),
                   {{"file", std::string(folder)}});
}

absl::Status BundleInUse(std::string_view folder) {
  return MakeError(absl::StatusCode::kAborted, "BUNDLE_IN_USE",
                   fmt::format("another export is writing to {}", folder), {{"file", std::string(folder)}});
}

absl::Status BundleInvalid(uint64_t position, std::string_view why) {
  return MakeError(absl::StatusCode::kDataLoss, "BUNDLE_INVALID",
                   fmt::format("this is no whole log: at position {}, {}", position, why),
                   {{"position", fmt::to_string(position)}, {"why", std::string(why)}});
}

}  // namespace seisaku::errors
