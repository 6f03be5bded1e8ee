// A pipeline whose connection breaks between two of its statements.
#include "services/postgres/libpq/pipeline.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <pqxx/nontransaction>
#include <thread>

#include "absl/synchronization/notification.h"
#include "services/postgres/failure.h"
#include "services/postgres/session.h"
#include "tests/integration/postgres/database_fixture.h"

namespace seisaku::postgres {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(60);
constexpr std::string_view kSocketName = "/.s.PGSQL.5432";

sockaddr_un SocketIn(const std::string& directory) {
  sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = {}};
  (directory + std::string(kSocketName)).copy(address.sun_path, sizeof(address.sun_path) - 1);
  return address;
}

// The way of one connection to the shared cluster, which can end in the middle of an answer.
class Relay {
 public:
  Relay() : directory_("/tmp/seisaku-relay-XXXXXX"), listener_(socket(AF_UNIX, SOCK_STREAM, 0)) {
    EXPECT_NE(mkdtemp(directory_.data()), nullptr);
    const sockaddr_un address = SocketIn(directory_);
    EXPECT_EQ(bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(listen(listener_, 1), 0);
    thread_ = std::thread([this] { ServeOne(); });
  }
  // After the client, whose end ends the thread.
  ~Relay() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }

  std::string Dsn() const { return "host=" + directory_ + " port=5432 dbname=postgres user=postgres"; }

  // Of what PostgreSQL says next only half gets through; then both ends are closed.
  void CutNextAnswer() { cut_next_ = true; }
  bool WaitUntilCut() { return cut_.WaitForNotificationWithTimeout(kPatience); }

 private:
  void ServeOne() {
    const int client = accept(listener_, nullptr, nullptr);
    std::filesystem::remove_all(directory_);
    const int server = socket(AF_UNIX, SOCK_STREAM, 0);
    const sockaddr_un address = SocketIn(SharedCluster().directory());
    if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
      while (PassOn(client, server)) {
      }
    }
    close(client);
    close(server);
    if (cut_next_) cut_.Notify();
  }

  // What comes next, from wherever it comes; false at an end, and after what was to be cut.
  bool PassOn(int client, int server) {
    pollfd ends[] = {{.fd = client, .events = POLLIN, .revents = 0},
                     {.fd = server, .events = POLLIN, .revents = 0}};
    if (poll(ends, std::size(ends), /*timeout=*/-1) <= 0) return false;
    const bool answer = ends[1].revents != 0;
    char bytes[8192];
    ssize_t size = read(answer ? server : client, bytes, sizeof(bytes));
    if (size <= 0) return false;
    const bool cut = answer && cut_next_;
    if (cut) size /= 2;
    return send(answer ? client : server, bytes, static_cast<size_t>(size), MSG_NOSIGNAL) == size && !cut;
  }

  std::string directory_;
  const int listener_;
  std::atomic<bool> cut_next_ = false;
  absl::Notification cut_;
  std::thread thread_;
};

// Sends a statement and, when half of its answer has come and the connection is closed, COMMIT. What that
// comes to; nothing where it is called done.
std::optional<Failure> CommitAfterHalfAnAnswer() {
  Relay relay;
  Connection connection(relay.Dsn());
  connection.prepare("add", "INSERT INTO pipeline_test VALUES (1)");
  connection.prepare("COMMIT", "COMMIT");
  connection.prepare_now("add");
  connection.prepare_now("COMMIT");
  pqxx::nontransaction(connection).exec("BEGIN");
  try {
    Pipeline pipeline(connection.handle());
    relay.CutNextAnswer();
    pipeline.Send("add", {});
    EXPECT_TRUE(relay.WaitUntilCut());
    pipeline.Send("COMMIT", {});
    pipeline.Receive();
    pipeline.Receive();
    return std::nullopt;
  } catch (...) {
    return CurrentFailure("commit");
  }
}

// libpq reads that half when COMMIT cannot be sent, and then has one error for both and no more, ever, on a
// connection that it does not call bad: whoever waits for another answer would wait without end.
TEST(PipelineTest, ACommitThatCouldNotBeSentAfterHalfAnAnswerIsALostConnectionAndNotAnEndlessWait) {
  ASSERT_THAT(SharedCluster().Sql("postgres", "CREATE TABLE pipeline_test (a int)"), IsOk());
  std::optional<Failure> failure;
  absl::Notification done;
  std::thread committer([&] {
    failure = CommitAfterHalfAnAnswer();
    done.Notify();
  });
  if (!done.WaitForNotificationWithTimeout(kPatience)) {
    ADD_FAILURE() << "it waits without end";
    std::exit(EXIT_FAILURE);  // no one can end that thread
  }
  committer.join();
  ASSERT_TRUE(failure.has_value());
  EXPECT_TRUE(failure->connection_lost) << failure->status;
  EXPECT_FALSE(failure->known_rolled_back) << failure->status;
}

}  // namespace
}  // namespace seisaku::postgres
