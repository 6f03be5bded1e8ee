// SampleProcess: what Linux knows of this process.
#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include "services/base/version.h"
#include "services/rpc/process/metrics.h"

namespace seisaku::rpc {
namespace {

// Of /proc/self/stat (proc(5)), from the field behind the program's name on, which is the third.
std::vector<std::string> StatusFields() {
  std::ifstream file("/proc/self/stat");
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::istringstream fields(text.substr(std::min(text.size(), text.rfind(')') + 1)));
  return {std::istream_iterator<std::string>(fields), std::istream_iterator<std::string>()};
}

// When this host was started, in seconds since 1970.
double BootTime() {
  std::ifstream file("/proc/stat");
  for (std::string word; file >> word;) {
    double seconds = 0;
    if (word == "btime" && file >> seconds) return seconds;
  }
  return 0;
}

int OpenDescriptors() {
  DIR* folder = opendir("/proc/self/fd");
  if (folder == nullptr) return 0;
  int count = -3;  // "." and "..", and what reads the folder
  while (readdir(folder) != nullptr) ++count;
  closedir(folder);
  return count;
}

}  // namespace

void SampleProcess(Samples& samples) {
  constexpr size_t kUserTicks = 11, kSystemTicks = 12, kThreads = 17, kStart = 19, kVirtual = 20, kPages = 21;
  const std::vector<std::string> fields = StatusFields();
  if (fields.size() > kPages) {
    const auto number = [&](size_t index) { return std::stod(fields[index]); };
    const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    samples.Counter("process_cpu_seconds_total", "CPU time of this process, in all.",
                    (number(kUserTicks) + number(kSystemTicks)) / ticks);
    samples.Gauge("process_threads", "Threads of this process.", number(kThreads));
    samples.Gauge("process_virtual_memory_bytes", "Addresses that this process uses.", number(kVirtual));
    samples.Gauge("process_resident_memory_bytes", "Memory that this process occupies.",
                  number(kPages) * static_cast<double>(sysconf(_SC_PAGESIZE)));
    static const double boot_time = BootTime();
    samples.Gauge("process_start_time_seconds", "When this process was started, in seconds since 1970.",
                  boot_time + number(kStart) / ticks);
  }
  samples.Gauge("process_open_fds", "Open descriptors.", OpenDescriptors());
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    samples.Gauge("process_max_fds", "How many descriptors may be open.",
                  static_cast<double>(limit.rlim_cur));
  }
  samples.Gauge("seisaku_build_info", "1; the version is a label.", 1, {{"version", kVersion}});
}

}  // namespace seisaku::rpc
