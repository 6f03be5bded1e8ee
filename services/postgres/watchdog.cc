#include "services/postgres/watchdog.h"

#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace seisaku::postgres {

Watchdog::Watchdog(absl::Duration timeout, ReadActive read_active)
    : timeout_(timeout), read_active_(std::move(read_active)) {
  if (timeout_ < absl::InfiniteDuration()) thread_ = std::thread([this] { Run(); });
}

Watchdog::~Watchdog() {
  if (!thread_.joinable()) return;
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    stop_.NotifyAll();
  }
  thread_.join();
}

uint64_t Watchdog::Add(const Server& server) {
  const SteadyTime now = SteadyNow();
  const auto timeout = absl::ToChronoNanoseconds(std::min(timeout_, absl::Hours(24)));
  MutexLock lock(mutex_);
  waiting_.emplace(next_number_,
                   Waiting{&server, now + timeout, now + timeout / 2, now + kMaxTimeouts * timeout});
  return next_number_++;
}

void Watchdog::Remove(uint64_t number) {
  MutexLock lock(mutex_);
  waiting_.erase(number);
}

void Watchdog::ShutDownExpired(SteadyTime now) {
  for (auto next = waiting_.begin(); next != waiting_.end();) {
    const auto waiting = next++;
    if (waiting->second.until > now) continue;
    shutdown(waiting->second.server->socket, SHUT_RDWR);
    waiting_.erase(waiting);
  }
}

bool Watchdog::ExtendActive(SteadyTime now) {
  std::vector<uint64_t> due;
  std::vector<int> processes;
  std::string text;
  SteadyTime until = SteadyTime::max();  // the first that expires does not wait for the answer
  for (auto& [number, waiting] : waiting_) {
    if (waiting.ask_at > now) continue;
    until = std::min(until, waiting.until);
    if (due.empty()) text = waiting.server->text;
    if (waiting.server->text != text) continue;  // another server, in a later call
    waiting.ask_at = SteadyTime::max();
    due.push_back(number);
    processes.push_back(waiting.server->process);
  }
  if (due.empty()) return false;
  mutex_.Unlock();
  const auto active = read_active_(text, processes, until);
  mutex_.Lock();
  const SteadyTime answered = SteadyNow();
  const auto timeout = absl::ToChronoNanoseconds(timeout_);
  for (size_t i = 0; active.has_value() && i < due.size(); ++i) {
    const auto found = waiting_.find(due[i]);
    const bool works = std::find(active->begin(), active->end(), processes[i]) != active->end();
    if (found == waiting_.end() || !works) continue;
    found->second.until = std::min(answered + timeout, found->second.longest);
    found->second.ask_at = answered + timeout / 2;
  }
  return true;
}

// A new Wait does not wake the thread: it is due only after this sleep ends.
void Watchdog::Run() {
  MutexLock lock(mutex_);
  while (!stopping_) {
    const SteadyTime now = SteadyNow();
    ShutDownExpired(now);
    if (ExtendActive(now)) continue;
    SteadyTime next = now + absl::ToChronoNanoseconds(timeout_) / 2;
    for (const auto& [number, waiting] : waiting_) next = std::min({next, waiting.until, waiting.ask_at});
    stop_.WaitUntil(mutex_, next);
  }
}

}  // namespace seisaku::postgres
