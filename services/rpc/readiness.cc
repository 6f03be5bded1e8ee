#include "services/rpc/readiness.h"

#include <chrono>
#include <utility>

#include "services/rpc/health_service.h"
#include "services/rpc/log.h"

namespace seisaku::rpc {
namespace {

constexpr std::chrono::seconds kInterval{1};

}  // namespace

Readiness::Readiness(HealthService& health, std::vector<std::string> names,
                     std::function<absl::Status()> ready)
    : health_(health), names_(std::move(names)), ready_(std::move(ready)) {
  Tell(ready_());
  thread_ = std::thread([this] { Run(); });
}

Readiness::~Readiness() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  stop_.NotifyAll();
  thread_.join();
  health_.Shutdown();
}

void Readiness::Run() {
  while (true) {
    {
      MutexLock lock(mutex_);
      const auto next = std::chrono::system_clock::now() + kInterval;
      while (!stopping_ && stop_.WaitUntil(mutex_, next)) {
      }
      if (stopping_) return;
    }
    Tell(ready_());
  }
}

void Readiness::Tell(const absl::Status& status) {
  health_.SetServing("", status.ok());
  for (const std::string& name : names_) health_.SetServing(name, status.ok());
  if (status.code() == told_.code()) return;
  if (status.ok()) {
    LogInfo("ready again");
  } else {
    LogWarning("not ready", {}, status);
  }
  told_ = status;
}

}  // namespace seisaku::rpc
