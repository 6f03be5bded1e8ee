#include "services/rpc/metrics.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "prometheus/collectable.h"
#include "prometheus/counter.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"
#include "services/base/mutex.h"

namespace seisaku::rpc {
namespace {

// In seconds: from a read in memory to a call that waits for its deadline.
const prometheus::Histogram::BucketBoundaries kBuckets = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                          0.1,    0.25,  0.5,    1,     2.5,  5,     30};

}  // namespace

class Metrics::Series final : public prometheus::Collectable {
 public:
  Series()
      : calls_(prometheus::BuildCounter()
                   .Name("seisaku_rpc_total")
                   .Help("Finished calls by method and status code.")
                   .Register(registry_)),
        seconds_(prometheus::BuildHistogram()
                     .Name("seisaku_rpc_seconds")
                     .Help("How long calls took, by method.")
                     .Register(registry_)) {}

  void CountCall(std::string_view method, absl::StatusCode code, absl::Duration took) {
    const Outcome& outcome = Of(method, code);
    outcome.calls.Increment();
    outcome.seconds.Observe(absl::ToDoubleSeconds(took));
  }

  void SetLogSize(std::function<Position()> size) {
    MutexLock lock(mutex_);
    log_size_ = std::move(size);
  }

  std::vector<prometheus::MetricFamily> Collect() const override {
    std::vector<prometheus::MetricFamily> families = registry_.Collect();
    MutexLock lock(mutex_);
    if (log_size_) families.push_back(LogSize(log_size_()));
    return families;
  }

 private:
  // Where calls of a method with this code are counted. To find it by its labels would be most of the work.
  struct Outcome {
    prometheus::Counter& calls;
    prometheus::Histogram& seconds;
  };
  const Outcome& Of(std::string_view method, absl::StatusCode code) {
    MutexLock lock(outcomes_mutex_);
    auto of_method = outcomes_.find(method);
    if (of_method == outcomes_.end()) of_method = outcomes_.try_emplace(std::string(method)).first;
    auto found = of_method->second.find(code);
    if (found == of_method->second.end()) {
      const std::string name(method);
      found =
          of_method->second
              .emplace(code, Outcome{calls_.Add({{"method", name}, {"code", absl::StatusCodeToString(code)}}),
                                     seconds_.Add({{"method", name}}, kBuckets)})
              .first;
    }
    return found->second;
  }

  static prometheus::MetricFamily LogSize(Position size) {
    prometheus::ClientMetric metric;
    metric.gauge.value = static_cast<double>(size);
    return {.name = "seisaku_log_size",
            .help = "Entries in the published log.",
            .type = prometheus::MetricType::Gauge,
            .metric = {metric}};
  }

  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& calls_;
  prometheus::Family<prometheus::Histogram>& seconds_;
  Mutex outcomes_mutex_;
  std::map<std::string, std::map<absl::StatusCode, Outcome>, std::less<>> outcomes_
      ABSL_GUARDED_BY(outcomes_mutex_);
  mutable Mutex mutex_;
  std::function<Position()> log_size_ ABSL_GUARDED_BY(mutex_);
};

Metrics::Metrics() : series_(std::make_shared<Series>()) {}
Metrics::~Metrics() = default;

void Metrics::CountCall(std::string_view method, absl::StatusCode code, absl::Duration took) {
  series_->CountCall(method, code, took);
}

void Metrics::WatchLogSize(std::function<Position()> size) { series_->SetLogSize(std::move(size)); }

void Metrics::StopLogSize() { series_->SetLogSize(nullptr); }

std::shared_ptr<prometheus::Collectable> Metrics::collectable() const { return series_; }

}  // namespace seisaku::rpc
