#include "services/postgres/answer_timer.h"

#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace seisaku::postgres {

AnswerTimer::AnswerTimer(absl::Duration patience, Ask ask) : patience_(patience), ask_(std::move(ask)) {
  if (patience_ < absl::InfiniteDuration()) thread_ = std::thread([this] { Run(); });
}

AnswerTimer::~AnswerTimer() {
  if (!thread_.joinable()) return;
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    stop_.NotifyAll();
  }
  thread_.join();
}

uint64_t AnswerTimer::Add(const Server& server) {
  const SteadyTime now = SteadyNow();
  const auto patience = absl::ToChronoNanoseconds(std::min(patience_, absl::Hours(24)));
  MutexLock lock(mutex_);
  waiting_.emplace(next_number_,
                   Waiting{&server, now + patience, now + patience / 2, now + kLongest * patience});
  return next_number_++;
}

void AnswerTimer::Remove(uint64_t number) {
  MutexLock lock(mutex_);
  waiting_.erase(number);
}

void AnswerTimer::GiveUp(SteadyTime now) {
  for (auto next = waiting_.begin(); next != waiting_.end();) {
    const auto waiting = next++;
    if (waiting->second.until > now) continue;
    shutdown(waiting->second.server->socket, SHUT_RDWR);
    waiting_.erase(waiting);
  }
}

bool AnswerTimer::AskServer(SteadyTime now) {
  std::vector<uint64_t> due;
  std::vector<int> processes;
  std::string text;
  SteadyTime until = SteadyTime::max();  // whoever has to be given up is not kept waiting by this
  for (auto& [number, waiting] : waiting_) {
    if (waiting.ask_at > now) continue;
    until = std::min(until, waiting.until);
    if (due.empty()) text = waiting.server->text;
    if (waiting.server->text != text) continue;  // the next one's turn
    waiting.ask_at = SteadyTime::max();
    due.push_back(number);
    processes.push_back(waiting.server->process);
  }
  if (due.empty()) return false;
  mutex_.Unlock();
  const auto at_work = ask_(text, processes, until);
  mutex_.Lock();
  const SteadyTime answered = SteadyNow();
  const auto patience = absl::ToChronoNanoseconds(patience_);
  for (size_t i = 0; at_work.has_value() && i < due.size(); ++i) {
    const auto found = waiting_.find(due[i]);
    const bool works = std::find(at_work->begin(), at_work->end(), processes[i]) != at_work->end();
    if (found == waiting_.end() || !works) continue;
    found->second.until = std::min(answered + patience, found->second.longest);
    found->second.ask_at = answered + patience / 2;
  }
  return true;
}

// Nobody wakes it for a new wait, of which it is time to ask after this sleep is over.
void AnswerTimer::Run() {
  MutexLock lock(mutex_);
  while (!stopping_) {
    const SteadyTime now = SteadyNow();
    GiveUp(now);
    if (AskServer(now)) continue;
    SteadyTime next = now + absl::ToChronoNanoseconds(patience_) / 2;
    for (const auto& [number, waiting] : waiting_) next = std::min({next, waiting.until, waiting.ask_at});
    stop_.WaitUntil(mutex_, next);
  }
}

}  // namespace seisaku::postgres
