#include "tests/support/child_process.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "services/base/status.h"

namespace seisaku {
namespace {

constexpr char kServerUser[] = "postgres";

absl::StatusOr<passwd> ServerUser() {
  errno = 0;
  if (const passwd* user = getpwnam(kServerUser)) return *user;
  return absl::NotFoundError("PostgreSQL refuses to run as root, and there is no system user postgres");
}

// A file descriptor that polls as readable once the process has ended, reaped or not.
class ProcessWatch {
 public:
  explicit ProcessWatch(pid_t pid) : fd_(static_cast<int>(syscall(SYS_pidfd_open, pid, 0))) {}
  ~ProcessWatch() {
    if (fd_ >= 0) close(fd_);
  }
  ProcessWatch(ProcessWatch&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ProcessWatch& operator=(ProcessWatch&&) = delete;

  bool EndsWithin(absl::Duration patience) const {
    if (fd_ < 0) return true;  // had ended before
    pollfd watched = {.fd = fd_, .events = POLLIN, .revents = 0};
    return poll(&watched, 1, static_cast<int>(absl::ToInt64Milliseconds(patience))) > 0;
  }

 private:
  int fd_;
};

// What runs between fork and exec: only calls that are safe there.
struct Launch {
  std::vector<char*> arguments;
  std::array<char*, 3> environment;
  int log;
  uid_t user;
  gid_t group;
  bool change_user;
  int signal_on_orphan;
  pid_t parent;

  [[noreturn]] void Execute() const {
    if (change_user && (setgroups(1, &group) != 0 || setgid(group) != 0 || setuid(user) != 0)) _exit(126);
    prctl(PR_SET_PDEATHSIG, signal_on_orphan);  // after setuid, which clears it
    if (getppid() != parent) _exit(126);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    if (chdir("/") != 0) _exit(126);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    execve(arguments[0], arguments.data(), const_cast<char**>(environment.data()));
    _exit(127);
  }
};

std::vector<pid_t> ChildrenOf(pid_t parent) {
  std::vector<pid_t> children;
  std::error_code ignored;
  for (const auto& task :
       std::filesystem::directory_iterator("/proc/" + std::to_string(parent) + "/task", ignored)) {
    std::ifstream list(task.path() / "children");
    for (pid_t child; list >> child;) children.push_back(child);
  }
  return children;
}

int AsShellStatus(int wait_status) {
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

}  // namespace

absl::StatusOr<pid_t> StartChild(const std::vector<std::string>& command, const std::string& log,
                                 int signal_on_orphan) {
  std::string locale = "LC_ALL=C.UTF-8";
  const char* path_now = std::getenv("PATH");
  std::string path = std::string("PATH=") + (path_now == nullptr ? "/usr/bin:/bin" : path_now);
  Launch launch = {.environment = {locale.data(), path.data(), nullptr},
                   .change_user = geteuid() == 0,
                   .signal_on_orphan = signal_on_orphan,
                   .parent = getpid()};
  if (launch.change_user) {
    ASSIGN_OR_RETURN(passwd user, ServerUser());
    launch.user = user.pw_uid;
    launch.group = user.pw_gid;
  }
  for (const std::string& word : command) launch.arguments.push_back(const_cast<char*>(word.c_str()));
  launch.arguments.push_back(nullptr);
  launch.log = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (launch.log < 0) return absl::ErrnoToStatus(errno, log);
  pid_t child = fork();
  if (child == 0) launch.Execute();
  absl::Status status = child < 0 ? absl::ErrnoToStatus(errno, "fork") : absl::OkStatus();
  close(launch.log);
  if (!status.ok()) return status;
  return child;
}

absl::Status GiveToServerUser(const std::string& path) {
  if (geteuid() != 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(passwd user, ServerUser());
  if (chown(path.c_str(), user.pw_uid, user.pw_gid) == 0) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, path);
}

absl::StatusOr<int> WaitForEnd(pid_t child, absl::Duration patience) {
  if (!ProcessWatch(child).EndsWithin(patience)) return absl::DeadlineExceededError("the process runs on");
  int wait_status = 0;
  if (waitpid(child, &wait_status, 0) < 0) return absl::ErrnoToStatus(errno, "waitpid");
  return AsShellStatus(wait_status);
}

absl::Status KillWithChildren(pid_t child, absl::Duration patience) {
  kill(child, SIGSTOP);  // so that it starts no more children
  std::vector<ProcessWatch> watches;
  std::vector<pid_t> children = ChildrenOf(child);
  for (pid_t grandchild : children) watches.emplace_back(grandchild);
  for (pid_t grandchild : children) kill(grandchild, SIGKILL);
  kill(child, SIGKILL);
  RETURN_IF_ERROR(WaitForEnd(child, patience).status());
  for (const ProcessWatch& watch : watches) {
    if (!watch.EndsWithin(patience))
      return absl::DeadlineExceededError("a child of the killed process runs on");
  }
  return absl::OkStatus();
}

}  // namespace seisaku
