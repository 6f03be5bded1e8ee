// Folding the entries of a log on a thread of its own.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "seisaku/log/v1/entry.pb.h"
#include "services/base/mutex.h"
#include "services/base/state_machine.h"
#include "tools/auditor/verify/violation.h"

namespace seisaku::auditor {

// Hands entries over in batches, of which one is filled, one waits and one is folded: at most 4 MiB
// each, or one entry more. Next, Take and Finish belong to one thread.
class Folding {
 public:
  // Without a machine nothing is folded.
  explicit Folding(std::unique_ptr<StateMachine> machine);
  ~Folding();
  Folding(const Folding&) = delete;
  Folding& operator=(const Folding&) = delete;

  // Where the next entry is to be read into; what was in it does not matter.
  log::v1::Entry& Next();
  // That entry is whole, and follows the one before.
  void Take();
  // No more are folded: what stands there is no entry. Those that are taken afterwards are passed over.
  void Stop() { stopped_ = true; }

  // Waits until all are folded. An entry that the machine refused is EVENT_REFUSED, and the last.
  struct Outcome {
    uint64_t folded = 0;
    std::optional<Violation> refused;
  };
  Outcome Finish();

 private:
  struct Batch {
    std::vector<log::v1::Entry> entries;
    size_t count = 0;
    size_t bytes = 0;
  };

  void HandOver();
  void Run();
  bool Fold(Batch& batch);

  const std::unique_ptr<StateMachine> machine_;
  bool stopped_ = false;
  Batch filling_;
  Outcome outcome_;  // the thread's until it has ended
  Mutex mutex_;
  CondVar changed_;
  Batch folding_ ABSL_GUARDED_BY(mutex_);
  bool full_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  std::atomic<bool> refused_ = false;
  std::thread thread_;
};

}  // namespace seisaku::auditor
