#include "tools/policyctl/sent_changes.h"

#include <algorithm>

namespace seisaku::policyctl {
namespace {

constexpr Text kRecordedLine{"  {}: recorded", "  {}: 記録済みです"};
constexpr Text kRefusedLine{"  {}: refused, nothing was recorded",
                            "  {}: 受け付けられませんでした（記録していません）"};
constexpr Text kOpenLine{"  {}: sent; whether it was recorded is not known (request id {})",
                         "  {}: 送信しましたが、記録されたかどうかは分かりません（要求ID {}）"};

// As the reports of an import name them.
std::string_view NameOf(Language language, std::string_view service) {
  constexpr Text kCatalog{"catalog", "計画（catalog）"};
  constexpr Text kProgress{"progress", "進捗（progress）"};
  return In(language, service == "catalog" ? kCatalog : kProgress);
}

// After these the change may have been made.
bool LeavesOpen(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
      return true;
    default:
      return false;
  }
}

}  // namespace

void SentChanges::Sent(std::string_view service, std::string_view request_id) {
  MutexLock lock(mutex_);
  newest_[std::string(service)] = {std::string(request_id), Outcome::kOpen};
}

void SentChanges::Answered(std::string_view service, const absl::Status& status) {
  MutexLock lock(mutex_);
  const auto change = newest_.find(service);
  if (change == newest_.end() || LeavesOpen(status)) return;
  change->second.outcome = status.ok() ? Outcome::kRecorded : Outcome::kRefused;
}

bool SentChanges::AnyRecorded() const {
  MutexLock lock(mutex_);
  return std::any_of(newest_.begin(), newest_.end(),
                     [](const auto& change) { return change.second.outcome == Outcome::kRecorded; });
}

std::string SentChanges::Describe(Language language) const {
  MutexLock lock(mutex_);
  std::string lines;
  for (const auto& [service, change] : newest_) {
    const Text& line = change.outcome == Outcome::kRecorded  ? kRecordedLine
                       : change.outcome == Outcome::kRefused ? kRefusedLine
                                                             : kOpenLine;
    lines += Say(language, line, NameOf(language, service), change.request_id) + "\n";
  }
  return lines;
}

}  // namespace seisaku::policyctl
