// What is known of the changes that this process has sent, for when it is interrupted.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "services/base/mutex.h"
#include "tools/policyctl/messages.h"

namespace seisaku::policyctl {

namespace text {
// After OUTPUT_UNWRITABLE.
inline constexpr Text kRecordedButNotShown{"  note: the change itself is recorded; it need not be made again",
                                           "  注: 変更は記録済みです。もう一度行う必要はありません"};
}  // namespace text

// Thread-safe.
class SentChanges {
 public:
  // A change to "catalog" or "progress" is on its way, and nobody can say yet what comes of it.
  void Sent(std::string_view service, std::string_view request_id);
  // The service has answered it with `status`: after an error that leaves the outcome open it stays open.
  void Answered(std::string_view service, const absl::Status& status);

  bool AnyRecorded() const;
  // One line for each service that was sent changes, ended by '\n'; "" where there was none.
  std::string Describe(Language language) const;

 private:
  enum class Outcome { kOpen, kRecorded, kRefused };
  struct Change {
    std::string request_id;
    Outcome outcome = Outcome::kOpen;
  };

  mutable Mutex mutex_;
  std::map<std::string, Change, std::less<>> newest_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace seisaku::policyctl
