// Which imports are under way, from what their commands say of themselves (services/base/import_part.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seisaku/log/v1/entry.pb.h"
#include "services/base/import_part.h"
#include "services/base/mutex.h"
#include "services/base/steady.h"
#include "services/ledger/ledger.h"

namespace seisaku::progress {

// Thread-safe.
class ImportWatch {
 public:
  // Progress's log, which outlives this. It holds catalog's entries too.
  explicit ImportWatch(ledger::LogReader& log) : log_(log) {}

  // The last recorded part of the newest import of `plan` ("plans/strategy"), where parts are missing as of about
  // `size`. Reads the entries that were appended since the last call, at most the newest 10,000. While another thread
  // reads, and for kPause after storage did not answer, it returns what was read so far, so that no caller waits for
  // another one's read.
  std::optional<ImportPart> UnderWay(std::string_view plan, Position size);

 private:
  struct Newest {
    int64_t recorded_at;  // microseconds since 1970
    ImportPart part;
  };
  static constexpr std::chrono::seconds kPause{5};

  void Note(const log::v1::Entry& entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void NotePage(const std::vector<ledger::StoredEntry>& page) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Reads up to `size`, by one thread at a time.
  void ReadUpTo(Position size);

  ledger::LogReader& log_;
  Mutex mutex_;
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;
  SteadyTime not_before_ ABSL_GUARDED_BY(mutex_) = SteadyTime::min();
  Position read_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::string, Newest, std::less<>> imports_ ABSL_GUARDED_BY(mutex_);  // by plan
};

}  // namespace seisaku::progress
