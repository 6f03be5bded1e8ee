#include "services/rpc/transport/edge.h"

#include <poll.h>

#include <fcntl.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "fmt/format.h"
#include "grpc/grpc.h"
#include "services/rpc/process/log.h"
#include "services/rpc/transport/limits.h"

namespace seisaku::rpc {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kBetweenLooks{100};
// How long a flooder is barred, and how often handshakes are checked meanwhile.
constexpr seconds kBarred{30};
constexpr milliseconds kBetweenChecks{10};
// How old the knowledge of handshakes may be when a connection has to give way.
constexpr milliseconds kKnownHandshakes{20};
constexpr milliseconds kPauseWithoutDescriptors{100};
constexpr seconds kBetweenReports{10};
constexpr milliseconds kBetweenCutReports{100};
// The most connections accepted from one listener before other events are handled.
constexpr int kAcceptedInARow = 64;
// Descriptors for PostgreSQL's connections, files, gRPC itself and metrics.
constexpr size_t kDescriptorsForTheRest = 128;
constexpr size_t kDescriptorsOfAConnection = 2;
constexpr size_t kFewestConnections = 16;

// The ids of epoll's events: listeners by their index, and connections from kFirstConnection on.
constexpr uint64_t kWake = UINT64_MAX;
constexpr uint64_t kFirstConnection = 1 << 20;

// Raises the limit of descriptors as far as it may, and returns it.
size_t RaiseDescriptorLimit() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  if (limit.rlim_cur < limit.rlim_max) {
    const rlimit raised = {limit.rlim_max, limit.rlim_max};
    if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  return limit.rlim_cur;
}

// As many as are wanted, unless the descriptors are too few.
size_t MostConnections(int wanted, size_t descriptors) {
  const size_t left = descriptors - std::min(descriptors, kDescriptorsForTheRest);
  const size_t possible = std::max(left / kDescriptorsOfAConnection, kFewestConnections);
  return std::min(static_cast<size_t>(wanted), possible);
}

Descriptor NewSpare() { return Descriptor(open("/dev/null", O_RDONLY | O_CLOEXEC)); }

// The bytes that were received over a connection and read; 0: it is not TCP.
uint64_t BytesRead(int connection) {
  tcp_info info = {};
  socklen_t size = sizeof(info);
  int unread = 0;
  if (getsockopt(connection, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return 0;
  if (ioctl(connection, SIOCINQ, &unread) != 0) unread = 0;
  return info.tcpi_bytes_received - std::min<uint64_t>(info.tcpi_bytes_received, unread);
}

// Resets a connection, dropping what was not read yet.
void Abort(int connection) {
  const sockaddr nobody = {.sa_family = AF_UNSPEC, .sa_data = {}};
  if (connect(connection, &nobody, sizeof(nobody)) != 0) shutdown(connection, SHUT_RDWR);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Edge>> Edge::Listen(const std::string& address,
                                                   const ConnectionLimits& limits) {
  const size_t descriptors = RaiseDescriptorLimit();
  absl::StatusOr<Listening> listening = ListenAt(address);
  if (!listening.ok()) return listening.status();
  const size_t most = MostConnections(limits.all, descriptors);
  std::unique_ptr<Edge> edge(new Edge(*std::move(listening), limits, most));
  if (!edge->epoll_ || !edge->wake_ || !edge->spare_) return CannotListen(address, std::strerror(errno));
  if (most < static_cast<size_t>(limits.all)) {
    LogWarning("fewer connections than wanted: the hard limit of descriptors is too low",
               {{"most", fmt::to_string(most)}, {"descriptors", fmt::to_string(descriptors)}});
  }
  return edge;
}

Edge::Edge(Listening listening, const ConnectionLimits& limits, size_t most)
    : listening_(std::move(listening)),
      limits_(limits),
      most_(most),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      spare_(NewSpare()),
      next_id_(kFirstConnection) {}

Edge::~Edge() {
  StopAccepting();
  if (!thread_.joinable()) return;
  stopping_ = true;
  const uint64_t one = 1;
  (void)!write(wake_.get(), &one, sizeof(one));
  thread_.join();
}

void Edge::AddTo(grpc::ServerBuilder& builder, std::shared_ptr<grpc::ServerCredentials> credentials) {
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeMillis);
  builder.AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 1);  // ConnectionCounts ask it
  // A compressed message of a megabyte may decompress to a gigabyte, and gRPC decompresses before it checks the size.
  for (const auto algorithm : {GRPC_COMPRESS_DEFLATE, GRPC_COMPRESS_GZIP}) {
    builder.SetCompressionAlgorithmSupportStatus(algorithm, false);
  }
  using Type = grpc::ServerBuilder::experimental_type::ExternalConnectionType;
  acceptor_ = builder.experimental().AddExternalConnectionAcceptor(Type::FROM_FD, std::move(credentials));
}

void Edge::Start() {
  counted_.emplace();
  Watch(wake_.get(), EPOLLIN, kWake);
  for (size_t i = 0; i < listening_.sockets.size(); ++i) Watch(listening_.sockets[i].get(), EPOLLIN, i);
  thread_ = std::thread([this] { Run(); });
  pthread_setname_np(thread_.native_handle(), "edge");
}

void Edge::StopAccepting() {
  MutexLock lock(accepting_);
  accepts_ = false;
  listening_.sockets.clear();
}

EdgeCounts Edge::counts() const {
  return {.open = open_,
          .most = static_cast<int64_t>(most_),
          .accepted = accepted_,
          .refused_full = refused_full_,
          .refused_address = refused_address_,
          .refused_descriptors = refused_descriptors_,
          .cut_handshakes = cut_handshakes_,
          .cut_resets = cut_resets_,
          .cut_calls = cut_calls_,
          .cut_bytes = cut_bytes_,
          .cut_barred = cut_barred_};
}

bool Edge::Watch(int descriptor, uint32_t events, uint64_t id) {
  epoll_event event = {.events = events, .data = {.u64 = id}};
  return epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void Edge::Run() {
  std::array<epoll_event, 64> events;
  next_look_ = Clock::now();
  while (!stopping_) {
    const int happened = epoll_wait(epoll_.get(), events.data(), events.size(), Timeout());
    for (int i = 0; i < happened; ++i) {
      const uint64_t id = events[i].data.u64;
      if (id == kWake) continue;
      if (id >= kFirstConnection) {  // nothing is asked for but its end
        const auto found = connections_.find(id);
        if (found != connections_.end()) Forget(found);
      } else {
        MutexLock lock(accepting_);
        if (accepts_) AcceptAll(listening_.sockets[id].get());
      }
    }
    if (IsHurried()) {
      CheckCallers();
      AdmitWaiting();
    }
    if (Clock::now() >= next_look_) Look();
    Report();
  }
}

// The time until something is due without an event, in milliseconds; -1: nothing is.
int Edge::Timeout() const {
  if (IsHurried()) return static_cast<int>(kBetweenChecks.count());
  if (connections_.empty() && barred_.empty()) return -1;
  const auto left = std::max(Clock::duration::zero(), next_look_ - Clock::now());
  return static_cast<int>(std::chrono::ceil<milliseconds>(left).count());
}

void Edge::AcceptAll(int listener) {
  for (int i = 0; i < kAcceptedInARow; ++i) {
    sockaddr_storage address = {};
    socklen_t size = sizeof(address);
    Descriptor connection(
        accept4(listener, reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (connection) {
      Admit(std::move(connection), ToPeerAddress(address));
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      return RefuseWithoutDescriptor(listener);
    } else if (errno != ECONNABORTED && errno != EINTR) {
      return;  // no more
    }
  }
}

// Otherwise the peer would wait for an answer, and the listener would stay ready for ever.
void Edge::RefuseWithoutDescriptor(int listener) {
  spare_.Close();
  Descriptor refused(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
  if (refused) {
    ++refused_descriptors_;
  } else if (errno != EAGAIN) {
    std::this_thread::sleep_for(kPauseWithoutDescriptors);
  }
  refused.Close();
  spare_ = NewSpare();
}

void Edge::Admit(Descriptor connection, const PeerAddress& peer) {
  if (paced_.contains(peer.host)) {
    Line(std::move(connection), peer);
  } else {
    HandOver(std::move(connection), peer);
  }
}

void Edge::HandOver(Descriptor connection, const PeerAddress& peer) {
  if (!MakeRoom(peer)) return;
  Descriptor duplicate(fcntl(connection.get(), F_DUPFD_CLOEXEC, 0));
  const uint64_t id = next_id_++;
  if (!duplicate || !Watch(duplicate.get(), /*events=*/0, id)) {  // its end is told all the same
    ++refused_descriptors_;
    return;
  }
  if (connections_.empty()) next_look_ = Clock::now() + kBetweenLooks;
  connections_.emplace(id, Connection{.peer = peer,
                                      .local = OurEnd(duplicate.get()),
                                      .duplicate = std::move(duplicate),
                                      .meter = FloodMeter(Clock::now(), limits_),
                                      .counted = std::nullopt});
  ++of_address_[peer.host];
  ++open_;
  ++accepted_;
  grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters handed;
  handed.fd = connection.Release();
  acceptor_->HandleNewConnection(&handed);
}

bool Edge::MakeRoom(const PeerAddress& peer) {
  const bool full = connections_.size() >= most_;
  const auto same = of_address_.find(peer.host);
  const bool address_full = same != of_address_.end() && same->second >= limits_.of_an_address;
  if (!full && !address_full) return true;
  if (Clock::now() >= learned_ + kKnownHandshakes) LearnEstablished();
  const auto oldest = OldestInHandshake(address_full ? &peer.host : nullptr);
  if (oldest == connections_.end()) {
    ++(address_full ? refused_address_ : refused_full_);
    return false;
  }
  ++cut_handshakes_;
  CutOff(oldest);
  return true;
}

// Among all connections, or those of one address.
Edge::Connections::iterator Edge::OldestInHandshake(const HostAddress* host) {
  return std::find_if(connections_.begin(), connections_.end(), [&](const auto& each) {
    const Connection& connection = each.second;
    return !connection.counted && connection.peer != PeerAddress{} &&
           (host == nullptr || connection.peer.host == *host);
  });
}

void Edge::LearnEstablished() {
  const auto established = counted_->Established();
  for (auto& [id, connection] : connections_) {
    const auto found = established.find(connection.peer);
    if (found == established.end()) continue;
    const std::vector<SocketId>& sockets = found->second;
    const std::optional<SocketId> known = connection.counted;
    if (known && std::find(sockets.begin(), sockets.end(), *known) != sockets.end()) continue;
    for (const SocketId socket : sockets) {
      if (counted_->LocalOf(socket) == connection.local) connection.counted = socket;
    }
    if (connection.counted != known) connection.meter = FloodMeter(Clock::now(), limits_);
  }
  learned_ = Clock::now();
}

// Whether a caller is barred, and a connection may be from that caller.
bool Edge::IsHurried() const {
  if (!waiting_.empty()) return true;
  return !barred_.empty() && std::any_of(connections_.begin(), connections_.end(), [](const auto& each) {
    return !each.second.checked && each.second.peer != PeerAddress{};
  });
}

void Edge::CheckCallers() {
  LearnEstablished();
  for (auto each = connections_.begin(); each != connections_.end();) {
    const auto found = each++;
    Connection& connection = found->second;
    if (connection.checked || !connection.counted) continue;
    const std::string certificate = counted_->CertificateOf(*connection.counted);
    if (certificate.empty()) {  // it was another connection's, which has ended, from the same port
      connection.counted.reset();
      continue;
    }
    connection.checked = true;
    const auto pace = paced_.find(connection.peer.host);
    if (!barred_.contains(certificate)) {
      if (pace != paced_.end()) pace->second.next = Clock::now();
      continue;
    }
    ++cut_barred_;
    paced_[connection.peer.host] = {.until = Clock::now() + kBarred, .next = Clock::now() + kPace};
    CutOff(found);
  }
}

void Edge::Bar(const Connection& connection) {
  if (!connection.counted) return;
  std::string certificate = counted_->CertificateOf(*connection.counted);
  if (certificate.empty()) return;
  barred_[std::move(certificate)] = Clock::now() + kBarred;
  // Connections that were checked against other barred callers may be from this one.
  for (auto& [id, each] : connections_) each.checked = false;
}

void Edge::Forgive() {
  const Clock::time_point now = Clock::now();
  std::erase_if(barred_, [&](const auto& each) { return each.second <= now; });
  absl::erase_if(paced_, [&](const auto& each) { return each.second.until <= now; });
}

void Edge::Look() {
  next_look_ = Clock::now() + kBetweenLooks;
  Forgive();
  if (OldestInHandshake(nullptr) != connections_.end()) LearnEstablished();
  for (auto each = connections_.begin(); each != connections_.end();) {
    const auto found = each++;
    const Flood flood = LookAt(found->second);
    if (flood == Flood::kNone) continue;
    ++(flood == Flood::kResets ? cut_resets_ : flood == Flood::kCalls ? cut_calls_ : cut_bytes_);
    if (Clock::now() >= cut_reported_ + kBetweenCutReports) {
      cut_reported_ = Clock::now();
      LogWarning("a connection floods and is cut off",
                 {{"peer", ToString(found->second.peer)},
                  {"by", FloodName(flood)},
                  {"barred_for", fmt::format("{} s", kBarred.count())}});
    }
    Bar(found->second);
    CutOff(found);
  }
}

Flood Edge::LookAt(Connection& connection) {
  const uint64_t bytes = BytesRead(connection.duplicate.get());
  if (!connection.meter.IsDue(bytes)) return Flood::kNone;
  if (!connection.counted) {
    return bytes > FloodMeter::kMaxBytesForNothing ? Flood::kBytes : Flood::kNone;
  }
  const std::optional<StreamCounts> counts = counted_->Of(*connection.counted);
  if (counts) return connection.meter.Measure(bytes, *counts, Clock::now());
  connection.counted.reset();  // it was another connection's, which has ended, from the same port
  return Flood::kNone;
}

void Edge::CutOff(Connections::iterator found) {
  Abort(found->second.duplicate.get());
  Forget(found);
}

void Edge::Forget(Connections::iterator found) {
  // epoll watches the connection, which lasts as long as gRPC's descriptor.
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, found->second.duplicate.get(), nullptr);
  const auto same = of_address_.find(found->second.peer.host);
  if (--same->second == 0) of_address_.erase(same);
  connections_.erase(found);
  --open_;
}

void Edge::Report() {
  const uint64_t refused =
      refused_full_ + refused_address_ + refused_descriptors_ + cut_handshakes_ + cut_barred_;
  if (refused == reported_refusals_ || Clock::now() < reported_ + kBetweenReports) return;
  LogWarning("connections were refused", {{"number", fmt::to_string(refused - reported_refusals_)},
                                          {"open", fmt::to_string(open_.load())},
                                          {"most", fmt::to_string(most_)},
                                          {"most_of_an_address", fmt::to_string(limits_.of_an_address)}});
  reported_refusals_ = refused;
  reported_ = Clock::now();
}

// The queue of a barred caller's address: connections from there are handed on one at a time.

// Appends it to the queue. Silent connections give way here too.
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

// Connections that have sent something meanwhile. A closed one holds no place, whatever it has sent.
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

// The connections whose turn it is, and all from addresses that are no longer paced.
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
