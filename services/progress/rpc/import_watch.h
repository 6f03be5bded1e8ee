// Which imports are under way, from what their commands say of themselves (services/base/import_part.h).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "seisaku/log/v1/entry.pb.h"
#include "services/base/import_part.h"
#include "services/base/mutex.h"
#include "services/ledger/ledger.h"

namespace seisaku::progress {

// Thread-safe.
class ImportWatch {
 public:
  // Progress's log, which outlives this. It holds catalog's entries too.
  explicit ImportWatch(ledger::LogReader& log) : log_(log) {}

  // The last part that is in of the newest import of `plan` ("plans/strategy"), where parts are missing as of `size`
  // or later. Reads what was appended since it was asked last, of a long log only the newest 10,000 entries, and
  // PostgreSQL only where there is any. UNAVAILABLE STORAGE_UNAVAILABLE; DATA_LOSS LOG_CORRUPT.
  absl::StatusOr<std::optional<ImportPart>> UnderWay(std::string_view plan, Position size);

 private:
  struct Newest {
    int64_t recorded_at;  // microseconds since 1970
    ImportPart part;
  };
  void Note(const log::v1::Entry& entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status ReadUpTo(Position size) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  ledger::LogReader& log_;
  Mutex mutex_;
  Position read_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::string, Newest, std::less<>> imports_ ABSL_GUARDED_BY(mutex_);  // by plan
};

}  // namespace seisaku::progress
