#include "tools/auditor/verify/folding.h"

#include <string>
#include <utility>

#include "services/base/status.h"

namespace seisaku::auditor {
namespace {

constexpr size_t kEntries = 1024;
constexpr size_t kBytes = 4 << 20;
// An entry keeps the memory that it has had; of those that were larger nothing is kept.
constexpr size_t kKeptBytes = 4 << 10;

}  // namespace

Folding::Folding(std::unique_ptr<StateMachine> machine) : machine_(std::move(machine)) {
  filling_.entries.resize(kEntries);
  if (machine_ == nullptr) return;
  {
    MutexLock lock(mutex_);
    folding_.entries.resize(kEntries);
  }
  thread_ = std::thread([this] { Run(); });
}

Folding::~Folding() { Finish(); }

log::v1::Entry& Folding::Next() { return filling_.entries[filling_.count]; }

void Folding::Take() {
  log::v1::Entry& entry = filling_.entries[filling_.count];
  const size_t bytes = entry.payload().size();
  if (machine_ == nullptr || stopped_ || refused_.load(std::memory_order_relaxed)) {
    if (bytes > kKeptBytes) entry = {};
    return;
  }
  filling_.bytes += bytes;
  if (++filling_.count == kEntries || filling_.bytes >= kBytes) HandOver();
}

void Folding::HandOver() {
  MutexLock lock(mutex_);
  while (full_) changed_.Wait(mutex_);
  std::swap(filling_, folding_);
  full_ = true;
  changed_.NotifyAll();
  filling_.count = filling_.bytes = 0;
}

void Folding::Run() {
  Batch mine;
  mine.entries.resize(kEntries);
  while (true) {
    {
      MutexLock lock(mutex_);
      while (!full_ && !ended_) changed_.Wait(mutex_);
      if (!full_) return;
      std::swap(mine, folding_);
      full_ = false;
      changed_.NotifyAll();
    }
    if (!refused_.load(std::memory_order_relaxed) && !Fold(mine)) refused_ = true;
    mine.count = 0;
  }
}

bool Folding::Fold(Batch& batch) {
  for (size_t i = 0; i < batch.count; ++i) {
    log::v1::Entry& entry = batch.entries[i];
    const absl::Status folded = machine_->Evolve(outcome_.folded, entry);
    if (!folded.ok()) {
      outcome_.refused = {outcome_.folded, "EVENT_REFUSED", bundle::phrases::FOLLOWING_EVENT,
                          std::string(folded.message())};
      return false;
    }
    ++outcome_.folded;
    if (entry.payload().size() > kKeptBytes) entry = {};
  }
  machine_->Publish(outcome_.folded);
  return true;
}

Folding::Outcome Folding::Finish() {
  if (thread_.joinable()) {
    if (filling_.count > 0) HandOver();
    {
      MutexLock lock(mutex_);
      ended_ = true;
      changed_.NotifyAll();
    }
    thread_.join();
  }
  return outcome_;
}

}  // namespace seisaku::auditor
