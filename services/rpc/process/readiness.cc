#include "services/rpc/process/readiness.h"

#include <utility>

#include "services/rpc/process/health_service.h"
#include "services/rpc/process/log.h"

namespace seisaku::rpc {
namespace {

constexpr std::chrono::seconds kInterval{1};

}  // namespace

Readiness::Readiness(HealthService& health, std::vector<Part> parts)
    : health_(health), parts_(std::move(parts)), told_(parts_.size()) {
  Tell();
  ticker_ = std::make_unique<Ticker>(kInterval, [this](bool) { Tell(); });
}

Readiness::~Readiness() {
  ticker_.reset();
  health_.Shutdown();
}

absl::Status Readiness::status() const {
  MutexLock lock(mutex_);
  return told_.front();
}

void Readiness::Tell() {
  for (size_t i = 0; i < parts_.size(); ++i) {
    const Part& part = parts_[i];
    const absl::Status status = part.ready();
    for (const std::string& name : part.names) health_.SetServing(name, status.ok());
    absl::Status before;
    {
      MutexLock lock(mutex_);
      before = std::exchange(told_[i], status);
    }
    if (status.code() == before.code()) continue;
    if (status.ok()) {
      LogInfo(i == 0 ? "ready again" : "current again", {{"what", part.what}});
    } else {
      LogWarning(i == 0 ? "not ready" : "not current", {{"what", part.what}}, status);
    }
  }
}

}  // namespace seisaku::rpc
