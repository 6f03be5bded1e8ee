#include "services/postgres/notifications.h"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "absl/time/clock.h"
#include "services/base/status.h"
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

// The thread's work. Uses libpq without libpqxx, because connecting must not block: the destructor interrupts
// every wait through one eventfd.
class Listener::Loop {
 public:
  Loop(Options options, std::string connection_string, std::function<void(const std::string&)> wake,
       int stop_fd)
      : options_(std::move(options)),
        connection_string_(std::move(connection_string)),
        wake_(std::move(wake)),
        stop_fd_(stop_fd) {}
  ~Loop() { close(stop_fd_); }

  void Run() {
    next_wake_ = absl::Now() + options_.interval;
    while (!stopped_) {
      switch (state_) {
        case State::kAway:
          WaitUntil(-1, 0, retry_at_);
          if (absl::Now() >= retry_at_) Connect();
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
    uint64_t one = 1;
    while (write(stop_fd_, &one, sizeof one) < 0 && errno == EINTR) {
    }
  }

 private:
  enum class State { kAway, kConnecting, kSubscribing, kListening };

  void Connect() {
    connection_.reset(PQconnectStart(connection_string_.c_str()));
    give_up_at_ = absl::Now() + options_.connect_timeout;
    direction_ = PGRES_POLLING_WRITING;
    state_ = State::kConnecting;
    if (connection_ == nullptr || PQstatus(connection_.get()) == CONNECTION_BAD) Lose();
  }

  void ContinueConnecting() {
    bool ready = WaitUntil(PQsocket(connection_.get()),
                           direction_ == PGRES_POLLING_READING ? POLLIN : POLLOUT, give_up_at_);
    if (!ready) {
      if (absl::Now() >= give_up_at_) Lose();
      return;
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
    absl::Time until = state_ == State::kSubscribing ? give_up_at_ : absl::InfiniteFuture();
    if (!WaitUntil(PQsocket(connection_.get()), POLLIN, until)) {
      if (absl::Now() >= until) Lose();
      return;
    }
    if (PQconsumeInput(connection_.get()) == 0) return Lose();
    if (!TakeResults()) return Lose();
    std::optional<std::string> payload = TakeNotifications();
    if (state_ == State::kListening && payload) Wake(*payload);
  }

  // False when LISTEN was refused. Done with it, wakes: what was notified before it took effect is lost.
  bool TakeResults() {
    while (PQisBusy(connection_.get()) == 0) {
      std::unique_ptr<PGresult, decltype(&PQclear)> result(PQgetResult(connection_.get()), &PQclear);
      if (!result) {
        if (state_ == State::kSubscribing) {
          state_ = State::kListening;
          backoff_ = kFirstBackoff;
          Wake();
        }
        return true;
      }
      if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) return false;
    }
    return true;
  }

  // What the last of them says.
  std::optional<std::string> TakeNotifications() {
    std::optional<std::string> payload;
    while (PGnotify* notification = PQnotifies(connection_.get())) {
      payload = notification->extra;
      PQfreemem(notification);
    }
    return payload;
  }

  void Lose() {
    connection_.reset();
    state_ = State::kAway;
    retry_at_ = absl::Now() + backoff_;
    backoff_ = std::min(backoff_ * 2, options_.max_backoff);
  }

  void Wake(const std::string& payload = "") {
    if (stopped_) return;
    next_wake_ = absl::Now() + options_.interval;
    wake_(payload);
  }

  // Waits for `events` on `fd` (-1: for nothing), until `deadline`; wakes whenever the interval is over and
  // ends then, too. True when the events are there.
  bool WaitUntil(int fd, short events, absl::Time deadline) {
    absl::Duration patience = std::max(absl::ZeroDuration(), std::min(deadline, next_wake_) - absl::Now());
    pollfd watched[] = {{.fd = stop_fd_, .events = POLLIN, .revents = 0},
                        {.fd = fd, .events = events, .revents = 0}};
    int milliseconds =
        static_cast<int>(absl::ToInt64Milliseconds(absl::Ceil(patience, absl::Milliseconds(1))));
    poll(watched, 2, milliseconds);
    if (watched[0].revents != 0) stopped_ = true;
    if (absl::Now() >= next_wake_) Wake();
    return !stopped_ && watched[1].revents != 0;
  }

  const Options options_;
  const std::string connection_string_;
  const std::function<void(const std::string&)> wake_;
  const int stop_fd_;

  State state_ = State::kAway;
  bool stopped_ = false;
  std::unique_ptr<PGconn, FreeConnection> connection_;
  PostgresPollingStatusType direction_ = PGRES_POLLING_WRITING;
  absl::Time give_up_at_;
  absl::Time retry_at_ = absl::InfinitePast();
  absl::Time next_wake_;
  absl::Duration backoff_ = kFirstBackoff;
};

absl::StatusOr<std::unique_ptr<Listener>> Listener::Start(Options options,
                                                          std::function<void(const std::string&)> wake) {
  ASSIGN_OR_RETURN(std::string connection_string, ConnectionString(options.dsn, options.connect_timeout, {}));
  int stop_fd = eventfd(0, EFD_CLOEXEC);
  if (stop_fd < 0) return StorageError("no file descriptor is left for a listener", "");
  auto loop =
      std::make_unique<Loop>(std::move(options), std::move(connection_string), std::move(wake), stop_fd);
  return std::unique_ptr<Listener>(new Listener(std::move(loop)));
}

Listener::Listener(std::unique_ptr<Loop> loop) : loop_(std::move(loop)), thread_([this] { loop_->Run(); }) {}

Listener::~Listener() {
  loop_->Stop();
  thread_.join();
}

}  // namespace seisaku::postgres
