// What a server has for its calls, threads and memory, and how much of it one caller may take.
#pragma once

#include "services/rpc/transport/executor.h"
#include "services/rpc/transport/shares.h"

namespace seisaku::rpc {

// Thread-safe. Outlives the calls. proto/README.md tells callers the numbers.
struct Capacity {
  // Streams that have a thread each as long as they last.
  struct Streams {
    Streams(int64_t limit, int64_t of_one)
        : places(Shares::Of::kStreams, {.calls = limit, .calls_of_one = of_one}),
          // A place may be free a moment before its thread is.
          threads({.threads = static_cast<size_t>(limit),
                   .threads_of_one = static_cast<size_t>(limit),
                   .waiting = static_cast<size_t>(limit)}) {}
    Shares places;
    Executor threads;
  };

  // Unary calls, from when they are taken until they are answered, with their requests.
  Shares calls{Shares::Of::kCalls,
               {.calls = 8192, .calls_of_one = 1024, .bytes = 384 << 20, .bytes_of_one = 128 << 20}};
  // Streams that cost no thread.
  Shares light_streams{Shares::Of::kStreams, {.calls = 1024, .calls_of_one = 64}};
  // Calls that wait, and those that wait for such a thread.
  Executor waiting{{.threads = 64, .threads_of_one = 16, .waiting = 4096}};
  // Large requests that are parsed.
  Executor parsing{{.threads = 2, .threads_of_one = 1, .waiting = 4096}};
  Streams streams{192, 64};
  // Peers, which follow this service's log, have places of their own.
  Streams peer_streams{64, 32};
};

}  // namespace seisaku::rpc
