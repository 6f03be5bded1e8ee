// The line before a barred caller's address: connections from there are handed on one after the other.
#include <poll.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "services/rpc/edge.h"
#include "services/rpc/limits.h"

namespace seisaku::rpc {

using std::chrono::milliseconds;

// Puts it behind those that wait. Who says nothing gives way, here too.
void Edge::Line(Descriptor connection, const PeerAddress& peer) {
  if (waiting_.size() >= static_cast<size_t>(limits_.of_an_address)) {
    HearWaiting();
  }
  if (waiting_.size() >= static_cast<size_t>(limits_.of_an_address)) {
    const auto silent =
        std::find_if(waiting_.begin(), waiting_.end(), [](const Waiting& each) { return !each.spoke; });
    if (silent == waiting_.end()) {
      ++refused_address_;
      return;
    }
    waiting_.erase(silent);
    ++cut_handshakes_;
  }
  waiting_.push_back({std::move(connection), peer, Clock::now(), false});
}

// Who has spoken meanwhile. Who has gone holds no place, whatever they left behind.
void Edge::HearWaiting() {
  std::vector<pollfd> polled;
  for (const Waiting& each : waiting_)
    polled.push_back({.fd = each.connection.get(), .events = POLLIN | POLLRDHUP, .revents = 0});
  if (poll(polled.data(), polled.size(), /*timeout=*/0) <= 0) return;
  std::deque<Waiting> there;
  for (size_t i = 0; i < polled.size(); ++i) {
    if ((polled[i].revents & ~POLLIN) != 0) continue;
    waiting_[i].spoke |= polled[i].revents != 0;
    there.push_back(std::move(waiting_[i]));
  }
  waiting_ = std::move(there);
}

// Those whose turn it is, and all of addresses that are not paced any more.
void Edge::AdmitWaiting() {
  MutexLock lock(accepting_);
  HearWaiting();
  std::deque<Waiting> still;
  for (Waiting& each : waiting_) {
    const auto pace = paced_.find(each.peer.host);
    const Clock::time_point now = Clock::now();
    if (pace == paced_.end() || (each.spoke && now >= pace->second.next)) {
      if (pace != paced_.end()) pace->second.next = now + kPace;
      if (accepts_) HandOver(std::move(each.connection), each.peer);
    } else if (each.spoke || now < each.since + milliseconds(kHandshakeMillis)) {
      still.push_back(std::move(each));
    } else {
      ++cut_handshakes_;
    }
  }
  waiting_ = std::move(still);
}

}  // namespace seisaku::rpc
