#include "services/postgres/libpq/notifications.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "services/base/mutex.h"
#include "services/base/status.h"
#include "services/base/steady.h"
#include "services/postgres/libpq/connection_params.h"
#include "services/postgres/libpq/error.h"

namespace seisaku::postgres {
namespace {

constexpr absl::Duration kFirstBackoff = absl::Milliseconds(50);

struct FreeConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};

std::string ListenCommand(PGconn* connection, const std::string& channel) {
  std::unique_ptr<char, decltype(&PQfreemem)> quoted(
      PQescapeIdentifier(connection, channel.data(), channel.size()), &PQfreemem);
  return quoted ? std::string("LISTEN ") + quoted.get() : std::string();
}

}  // namespace

// The event loop of the thread. Every wait, also the one for a connection, ends when the eventfd is written.
class Listener::Loop {
 public:
  Loop(Options options, ConnectionParams params, std::function<void(const std::string&)> wake, int event_fd)
      : options_(std::move(options)),
        params_(std::move(params)),
        wake_(std::move(wake)),
        event_fd_(event_fd) {}
  ~Loop() { close(event_fd_); }

  void Run() {
    next_wake_ = SteadyAfter(options_.interval);
    while (!stopped_) {
      switch (state_) {
        case State::kDisconnected:
          WaitUntil(-1, 0, retry_at_);
          if (SteadyNow() >= retry_at_) Connect();
          break;
        case State::kConnecting:
          ContinueConnecting();
          break;
        case State::kSubscribing:
        case State::kListening:
          ReadAnswers();
          break;
      }
    }
  }

  void Stop() {
    {
      MutexLock lock(mutex_);
      stop_ = true;
    }
    Interrupt();
  }

  void Notify(std::string payload) {
    {
      MutexLock lock(mutex_);
      const bool awaited = to_notify_.has_value();
      to_notify_ = std::move(payload);
      if (awaited) return;  // the thread was told
    }
    Interrupt();
  }

 private:
  enum class State { kDisconnected, kConnecting, kSubscribing, kListening };

  void Interrupt() {
    uint64_t one = 1;
    while (write(event_fd_, &one, sizeof one) < 0 && errno == EINTR) {
    }
  }

  void DrainEvents() {
    uint64_t count = 0;
    while (read(event_fd_, &count, sizeof count) < 0 && errno == EINTR) {
    }
    MutexLock lock(mutex_);
    stopped_ = stop_;
    notify_wanted_ = to_notify_.has_value();
  }

  void Connect() {
    connection_.reset(PQconnectStart(params_.StartingAt(first_host_).c_str()));
    give_up_at_ = SteadyAfter(options_.connect_timeout);
    direction_ = PGRES_POLLING_WRITING;
    state_ = State::kConnecting;
    if (connection_ == nullptr || PQstatus(connection_.get()) == CONNECTION_BAD) Disconnect();
  }

  void ContinueConnecting() {
    bool ready = WaitUntil(PQsocket(connection_.get()),
                           direction_ == PGRES_POLLING_READING ? POLLIN : POLLOUT, give_up_at_);
    if (!ready) {
      if (SteadyNow() < give_up_at_) return;
      ++first_host_;  // libpq waits for a silent host, and never tries the next one
      return Disconnect();
    }
    direction_ = PQconnectPoll(connection_.get());
    if (direction_ == PGRES_POLLING_FAILED) return Disconnect();
    if (direction_ != PGRES_POLLING_OK) return;
    PQsetNoticeProcessor(
        connection_.get(), [](void*, const char*) {}, nullptr);
    if (PQsendQuery(connection_.get(), ListenCommand(connection_.get(), options_.channel).c_str()) == 0)
      return Disconnect();
    state_ = State::kSubscribing;
  }

  void ReadAnswers() {
    const SteadyTime until = state_ == State::kSubscribing ? give_up_at_ : SteadyTime::max();
    const bool may_notify = state_ == State::kListening && !notifying_ && notify_wanted_;
    if (may_notify && SteadyNow() >= next_notify_) return SendNotification();
    if (!WaitUntil(PQsocket(connection_.get()), POLLIN, may_notify ? next_notify_ : until)) {
      if (SteadyNow() >= until) Disconnect();
      return;
    }
    if (PQconsumeInput(connection_.get()) == 0) return Disconnect();
    if (!ReadResults()) return Disconnect();
    std::optional<std::string> payload = ReadNotifications();
    if (state_ == State::kListening && payload) Wake(*payload);
  }

  void SendNotification() {
    std::string payload;
    {
      MutexLock lock(mutex_);
      payload = *std::exchange(to_notify_, std::nullopt);
    }
    notify_wanted_ = false;
    next_notify_ = SteadyAfter(options_.pause);
    const char* values[] = {options_.channel.c_str(), payload.c_str()};
    if (PQsendQueryParams(connection_.get(), "SELECT pg_notify($1, $2)", 2, nullptr, values, nullptr, nullptr,
                          /*resultFormat=*/0) == 0) {
      return Disconnect();
    }
    notifying_ = true;
  }

  // False where a statement failed. Wakes once LISTEN has taken effect: earlier notifications are lost.
  bool ReadResults() {
    while (PQisBusy(connection_.get()) == 0) {
      std::unique_ptr<PGresult, decltype(&PQclear)> result(PQgetResult(connection_.get()), &PQclear);
      if (!result) {
        notifying_ = false;
        if (state_ == State::kSubscribing) {
          state_ = State::kListening;
          backoff_ = kFirstBackoff;
          Wake();
        }
        return true;
      }
      const ExecStatusType status = PQresultStatus(result.get());
      if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) return false;
    }
    return true;
  }

  // The payload of the last notification by others.
  std::optional<std::string> ReadNotifications() {
    std::optional<std::string> payload;
    while (PGnotify* notification = PQnotifies(connection_.get())) {
      if (notification->be_pid != PQbackendPID(connection_.get())) payload = notification->extra;
      PQfreemem(notification);
    }
    return payload;
  }

  void Disconnect() {
    connection_.reset();
    notifying_ = false;
    state_ = State::kDisconnected;
    retry_at_ = SteadyAfter(backoff_);
    backoff_ = std::min(backoff_ * 2, options_.max_backoff);
  }

  void Wake(const std::string& payload = "") {
    if (stopped_) return;
    next_wake_ = SteadyAfter(options_.interval);
    wake_(payload);
  }

  // Waits for `events` on `fd` (-1: none) until `deadline`. Also returns, and calls `wake`, when the interval is
  // over. True: the events are there.
  bool WaitUntil(int fd, short events, SteadyTime deadline) {
    const absl::Duration patience =
        std::clamp(UntilSteady(std::min(deadline, next_wake_)), absl::ZeroDuration(), absl::Hours(1));
    pollfd watched[] = {{.fd = event_fd_, .events = POLLIN, .revents = 0},
                        {.fd = fd, .events = events, .revents = 0}};
    int milliseconds =
        static_cast<int>(absl::ToInt64Milliseconds(absl::Ceil(patience, absl::Milliseconds(1))));
    poll(watched, 2, milliseconds);
    if (watched[0].revents != 0) DrainEvents();
    if (SteadyNow() >= next_wake_) Wake();
    return !stopped_ && watched[1].revents != 0;
  }

  const Options options_;
  const ConnectionParams params_;
  const std::function<void(const std::string&)> wake_;
  const int event_fd_;

  Mutex mutex_;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<std::string> to_notify_ ABSL_GUARDED_BY(mutex_);

  State state_ = State::kDisconnected;
  size_t first_host_ = 0;  // is tried first
  bool stopped_ = false;
  bool notify_wanted_ = false;
  bool notifying_ = false;  // a NOTIFY is in flight
  SteadyTime next_notify_;
  std::unique_ptr<PGconn, FreeConnection> connection_;
  PostgresPollingStatusType direction_ = PGRES_POLLING_WRITING;
  SteadyTime give_up_at_;
  SteadyTime retry_at_;
  SteadyTime next_wake_;
  absl::Duration backoff_ = kFirstBackoff;
};

absl::StatusOr<std::unique_ptr<Listener>> Listener::Start(Options options,
                                                          std::function<void(const std::string&)> wake) {
  // A lost notification does no harm, so its commit need not wait for the disk.
  ASSIGN_OR_RETURN(ConnectionParams params, ParseDsn(options.dsn, options.connect_timeout,
                                                     {{"synchronous_commit", "off"}}, /*writes=*/true));
  int event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (event_fd < 0) return StorageError("no file descriptor is left for a listener", "");
  auto loop = std::make_unique<Loop>(std::move(options), std::move(params), std::move(wake), event_fd);
  return std::unique_ptr<Listener>(new Listener(std::move(loop)));
}

Listener::Listener(std::unique_ptr<Loop> loop) : loop_(std::move(loop)), thread_([this] { loop_->Run(); }) {}

void Listener::Notify(std::string payload) { loop_->Notify(std::move(payload)); }

Listener::~Listener() {
  loop_->Stop();
  thread_.join();
}

}  // namespace seisaku::postgres
