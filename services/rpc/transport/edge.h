// The edge of the server: accepts connections, counts and bounds them, hands them to gRPC, and closes those that flood.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server_builder.h"
#include "services/base/mutex.h"
#include "services/rpc/transport/connection_counts.h"
#include "services/rpc/transport/descriptor.h"
#include "services/rpc/transport/flood_meter.h"
#include "services/rpc/transport/limits.h"
#include "services/rpc/transport/listening.h"
#include "services/rpc/transport/peer_address.h"

namespace seisaku::rpc {

// What became of connections so far; for metrics.
struct EdgeCounts {
  int64_t open = 0;  // now
  int64_t most = 0;  // that may be open
  uint64_t accepted = 0;
  uint64_t refused_full = 0;         // as many were open as may be
  uint64_t refused_address = 0;      // as many were open of their address as may be
  uint64_t refused_descriptors = 0;  // the process, or the machine, had no descriptor left
  uint64_t cut_handshakes = 0;       // gave way to newer ones before they had shown a certificate
  uint64_t cut_resets = 0;           // flooded: gave up calls,
  uint64_t cut_calls = 0;            // began more than may be open,
  uint64_t cut_bytes = 0;            // or sent what belongs to no call
  uint64_t cut_barred = 0;           // of a caller who had flooded shortly before
};

// A connection costs two descriptors: gRPC's own, and a duplicate by which the edge sees its end and can close it.
// A connection that is past the handshake has shown a certificate and keeps its place. When no place is left, the
// oldest of the others gives way to a newer one. A caller that floods is barred for a while, by its certificate: its
// connections are closed as soon as their handshake is over, and others from its address are handed to gRPC one at a
// time. Connections over a Unix socket are bounded in number, but cannot be told apart, so their floods are not seen.
// Thread-safe.
class Edge {
 public:
  // Listens, but accepts nothing yet. Raises the soft limit of descriptors to the hard one.
  // FAILED_PRECONDITION CANNOT_LISTEN: see ListenAt.
  static absl::StatusOr<std::unique_ptr<Edge>> Listen(const std::string& address,
                                                      const ConnectionLimits& limits);
  ~Edge();

  // "host:port", with the port that was chosen.
  const std::string& address() const { return listening_.address; }

  // Called before the server is built: makes the edge its only source of connections.
  void AddTo(grpc::ServerBuilder& builder, std::shared_ptr<grpc::ServerCredentials> credentials);
  // Called once, when the server runs. Starts to accept connections.
  void Start();
  // Called before the server shuts down, because the server must outlive the connections that it is handed. When it
  // returns no connection is accepted any more; open ones are still watched.
  void StopAccepting();

  EdgeCounts counts() const;

 private:
  using Clock = std::chrono::steady_clock;

  struct Connection {
    PeerAddress peer;
    PeerAddress local;  // our end
    Descriptor duplicate;
    FloodMeter meter;
    std::optional<SocketId> counted;  // as gRPC knows it: it is past the handshake
    bool checked = false;             // and its caller is not barred
  };
  // Of an address that a barred caller came back from.
  struct Pace {
    Clock::time_point until;
    Clock::time_point next;  // the next is handed on then, or once the last one's caller is known
  };
  struct Waiting {
    Descriptor connection;
    PeerAddress peer;
    Clock::time_point since;
    bool spoke = false;
  };
  using Connections = std::map<uint64_t, Connection>;  // the oldest first

  Edge(Listening listening, const ConnectionLimits& limits, size_t most);

  void Run();
  int Timeout() const;
  bool Watch(int descriptor, uint32_t events, uint64_t id);

  // Accepting.
  void AcceptAll(int listener);
  void RefuseWithoutDescriptor(int listener);
  void Admit(Descriptor connection, const PeerAddress& peer);
  void Line(Descriptor connection, const PeerAddress& peer);
  void HearWaiting();
  void AdmitWaiting();
  void HandOver(Descriptor connection, const PeerAddress& peer);
  bool MakeRoom(const PeerAddress& peer);
  Connections::iterator OldestInHandshake(const HostAddress* host);

  // Watching open connections.
  void Look();
  Flood LookAt(Connection& connection);
  void LearnEstablished();
  bool IsHurried() const;
  void CheckCallers();
  void Bar(const Connection& connection);
  void Forgive();
  void CutOff(Connections::iterator found);
  void Forget(Connections::iterator found);
  void Report();

  Listening listening_;
  const ConnectionLimits limits_;
  const size_t most_;
  Descriptor epoll_;
  Descriptor wake_;
  Descriptor spare_;  // given up to accept, and refuse, a connection when there is no other
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;

  Mutex accepting_;
  bool accepts_ ABSL_GUARDED_BY(accepting_) = true;

  // From an address that a barred caller came back from connections are handed on so far apart.
  static constexpr std::chrono::milliseconds kPace{100};

  // Of the edge's thread.
  std::optional<ConnectionCounts> counted_;
  Connections connections_;
  absl::flat_hash_map<HostAddress, int> of_address_;
  std::map<std::string, Clock::time_point> barred_;  // certificates, and until when
  absl::flat_hash_map<HostAddress, Pace> paced_;
  std::deque<Waiting> waiting_;
  uint64_t next_id_ = 0;
  Clock::time_point next_look_;
  Clock::time_point learned_;
  Clock::time_point reported_;
  Clock::time_point cut_reported_;
  uint64_t reported_refusals_ = 0;

  std::atomic<int64_t> open_ = 0;
  std::atomic<uint64_t> accepted_ = 0, refused_full_ = 0, refused_address_ = 0, refused_descriptors_ = 0;
  std::atomic<uint64_t> cut_handshakes_ = 0, cut_resets_ = 0, cut_calls_ = 0, cut_bytes_ = 0;
  std::atomic<uint64_t> cut_barred_ = 0;
};

}  // namespace seisaku::rpc
