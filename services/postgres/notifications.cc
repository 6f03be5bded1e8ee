#include "services/postgres/notifications.h"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "services/base/mutex.h"
#include "services/base/status.h"
#include "services/base/steady.h"
#include "services/postgres/connection_string.h"
#include "services/postgres/failure.h"

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

// The thread's work. Uses libpq without libpqxx, because connecting must not block: whoever wants something
// of it interrupts every wait through one eventfd.
class Listener::Loop {
 public:
  Loop(Options options, Connecting connecting, std::function<void(const std::string&)> wake, int news_fd)
      : options_(std::move(options)),
        connecting_(std::move(connecting)),
        wake_(std::move(wake)),
        news_fd_(news_fd) {}
  ~Loop() { close(news_fd_); }

  void Run() {
    next_wake_ = SteadyAfter(options_.interval);
    while (!stopped_) {
      switch (state_) {
        case State::kAway:
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
      if (awaited) return;  // the thread knows that there is something
    }
    Interrupt();
  }

 private:
  enum class State { kAway, kConnecting, kSubscribing, kListening };

  void Interrupt() {
    uint64_t one = 1;
    while (write(news_fd_, &one, sizeof one) < 0 && errno == EINTR) {
    }
  }

  void TakeNews() {
    uint64_t count = 0;
    while (read(news_fd_, &count, sizeof count) < 0 && errno == EINTR) {
    }
    MutexLock lock(mutex_);
    stopped_ = stop_;
    notify_wanted_ = to_notify_.has_value();
  }

  void Connect() {
    connection_.reset(PQconnectStart(connecting_.From(first_host_).c_str()));
    give_up_at_ = SteadyAfter(options_.connect_timeout);
    direction_ = PGRES_POLLING_WRITING;
    state_ = State::kConnecting;
    if (connection_ == nullptr || PQstatus(connection_.get()) == CONNECTION_BAD) Lose();
  }

  void ContinueConnecting() {
    bool ready = WaitUntil(PQsocket(connection_.get()),
                           direction_ == PGRES_POLLING_READING ? POLLIN : POLLOUT, give_up_at_);
    if (!ready) {
      if (SteadyNow() < give_up_at_) return;
      ++first_host_;  // libpq waits for one that says nothing, and does not come to the next
      return Lose();
    }
    direction_ = PQconnectPoll(connection_.get());
    if (direction_ == PGRES_POLLING_FAILED) return Lose();
    if (direction_ != PGRES_POLLING_OK) return;
    PQsetNoticeProcessor(
        connection_.get(), [](void*, const char*) {}, nullptr);
    if (PQsendQuery(connection_.get(), ListenCommand(connection_.get(), options_.channel).c_str()) == 0)
      return Lose();
    state_ = State::kSubscribing;
  }

  void ReadAnswers() {
    const SteadyTime until = state_ == State::kSubscribing ? give_up_at_ : SteadyTime::max();
    const bool may_notify = state_ == State::kListening && !notifying_ && notify_wanted_;
    if (may_notify && SteadyNow() >= next_notify_) return SendNotification();
    if (!WaitUntil(PQsocket(connection_.get()), POLLIN, may_notify ? next_notify_ : until)) {
      if (SteadyNow() >= until) Lose();
      return;
    }
    if (PQconsumeInput(connection_.get()) == 0) return Lose();
    if (!TakeResults()) return Lose();
    std::optional<std::string> payload = TakeNotifications();
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
      return Lose();
    }
    notifying_ = true;
  }

  // False when a statement was refused. Done with LISTEN, wakes: what was notified before it took effect is
  // lost.
  bool TakeResults() {
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

  // What the last of the others' says.
  std::optional<std::string> TakeNotifications() {
    std::optional<std::string> payload;
    while (PGnotify* notification = PQnotifies(connection_.get())) {
      if (notification->be_pid != PQbackendPID(connection_.get())) payload = notification->extra;
      PQfreemem(notification);
    }
    return payload;
  }

  void Lose() {
    connection_.reset();
    notifying_ = false;
    state_ = State::kAway;
    retry_at_ = SteadyAfter(backoff_);
    backoff_ = std::min(backoff_ * 2, options_.max_backoff);
  }

  void Wake(const std::string& payload = "") {
    if (stopped_) return;
    next_wake_ = SteadyAfter(options_.interval);
    wake_(payload);
  }

  // Waits for `events` on `fd` (-1: for nothing), until `deadline`; wakes whenever the interval is over and
  // ends then, too. True when the events are there.
  bool WaitUntil(int fd, short events, SteadyTime deadline) {
    const absl::Duration patience =
        std::clamp(UntilSteady(std::min(deadline, next_wake_)), absl::ZeroDuration(), absl::Hours(1));
    pollfd watched[] = {{.fd = news_fd_, .events = POLLIN, .revents = 0},
                        {.fd = fd, .events = events, .revents = 0}};
    int milliseconds =
        static_cast<int>(absl::ToInt64Milliseconds(absl::Ceil(patience, absl::Milliseconds(1))));
    poll(watched, 2, milliseconds);
    if (watched[0].revents != 0) TakeNews();
    if (SteadyNow() >= next_wake_) Wake();
    return !stopped_ && watched[1].revents != 0;
  }

  const Options options_;
  const Connecting connecting_;
  const std::function<void(const std::string&)> wake_;
  const int news_fd_;

  Mutex mutex_;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<std::string> to_notify_ ABSL_GUARDED_BY(mutex_);

  State state_ = State::kAway;
  size_t first_host_ = 0;  // that is tried first
  bool stopped_ = false;
  bool notify_wanted_ = false;
  bool notifying_ = false;  // and not answered yet
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
  // Nothing is lost with a notification that is.
  ASSIGN_OR_RETURN(Connecting connecting, ToConnecting(options.dsn, options.connect_timeout,
                                                       {{"synchronous_commit", "off"}}, /*writes=*/true));
  int news_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (news_fd < 0) return StorageError("no file descriptor is left for a listener", "");
  auto loop = std::make_unique<Loop>(std::move(options), std::move(connecting), std::move(wake), news_fd);
  return std::unique_ptr<Listener>(new Listener(std::move(loop)));
}

Listener::Listener(std::unique_ptr<Loop> loop) : loop_(std::move(loop)), thread_([this] { loop_->Run(); }) {}

void Listener::Notify(std::string payload) { loop_->Notify(std::move(payload)); }

Listener::~Listener() {
  loop_->Stop();
  thread_.join();
}

}  // namespace seisaku::postgres
