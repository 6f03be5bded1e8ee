// What a completion queue's tag points to.
#pragma once

namespace seisaku::rpc {

class Event {
 public:
  virtual ~Event() = default;
  // Called once for each operation that was begun; !ok: it failed, or the queue is shutting down.
  virtual void Happened(bool ok) = 0;
};

}  // namespace seisaku::rpc
