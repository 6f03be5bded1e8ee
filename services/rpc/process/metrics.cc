#include "services/rpc/process/metrics.h"

#include <cstdint>
#include <limits>
#include <map>

#include "prometheus/counter.h"
#include "prometheus/histogram.h"
#include "prometheus/metric_family.h"
#include "prometheus/registry.h"
#include "prometheus/text_serializer.h"

namespace seisaku::rpc {
namespace {

// In seconds: from a read in memory to a call that waits for its deadline.
const prometheus::Histogram::BucketBoundaries kBuckets = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                          0.1,    0.25,  0.5,    1,     2.5,  5,     30};

}  // namespace

prometheus::ClientMetric& Samples::Add(std::string_view name, std::string_view help,
                                       prometheus::MetricType type, Labels labels) {
  // Metrics of one name must be adjacent.
  if (families_.empty() || families_.back().name != name) {
    families_.push_back({std::string(name), std::string(help), type, {}});
  }
  prometheus::ClientMetric& metric = families_.back().metric.emplace_back();
  for (const auto& [label, value] : labels) metric.label.push_back({std::string(label), std::string(value)});
  return metric;
}

void Samples::Gauge(std::string_view name, std::string_view help, double value, Labels labels) {
  Add(name, help, prometheus::MetricType::Gauge, labels).gauge.value = value;
}

void Samples::Counter(std::string_view name, std::string_view help, double value, Labels labels) {
  Add(name, help, prometheus::MetricType::Counter, labels).counter.value = value;
}

void Samples::Histogram(std::string_view name, std::string_view help, const Distribution::Reading& reading,
                        Labels labels) {
  auto& histogram = Add(name, help, prometheus::MetricType::Histogram, labels).histogram;
  histogram.sample_sum = reading.sum;
  for (size_t i = 0; i < reading.counts.size(); ++i) {
    histogram.sample_count += reading.counts[i];
    const double bound =
        i < reading.bounds.size() ? reading.bounds[i] : std::numeric_limits<double>::infinity();
    histogram.bucket.push_back({histogram.sample_count, bound});
  }
}

class Metrics::Calls {
 public:
  Calls()
      : calls_(prometheus::BuildCounter()
                   .Name("seisaku_rpc_total")
                   .Help("Finished calls by method and status code.")
                   .Register(registry_)),
        seconds_(prometheus::BuildHistogram()
                     .Name("seisaku_rpc_seconds")
                     .Help("How long calls took, by method.")
                     .Register(registry_)) {}

  void Count(std::string_view method, absl::StatusCode code, absl::Duration took) {
    const Outcome& outcome = Of(method, code);
    outcome.calls.Increment();
    outcome.seconds.Observe(absl::ToDoubleSeconds(took));
  }

  std::vector<prometheus::MetricFamily> Collect() const { return registry_.Collect(); }

 private:
  // The counters by method and code. Looking them up by their labels would be most of the work.
  struct Outcome {
    prometheus::Counter& calls;
    prometheus::Histogram& seconds;
  };
  const Outcome& Of(std::string_view method, absl::StatusCode code) {
    MutexLock lock(mutex_);
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

  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& calls_;
  prometheus::Family<prometheus::Histogram>& seconds_;
  Mutex mutex_;
  std::map<std::string, std::map<absl::StatusCode, Outcome>, std::less<>> outcomes_ ABSL_GUARDED_BY(mutex_);
};

Metrics::Metrics() : calls_(std::make_unique<Calls>()) {}
Metrics::~Metrics() = default;

void Metrics::CountCall(std::string_view method, absl::StatusCode code, absl::Duration took) {
  calls_->Count(method, code, took);
}

std::unique_ptr<Metrics::Subscription> Metrics::Subscribe(Source source) {
  MutexLock lock(mutex_);
  return std::make_unique<Subscription>(*this, sources_.insert(sources_.end(), std::move(source)));
}

void Metrics::Remove(std::list<Source>::iterator place) {
  MutexLock lock(mutex_);
  sources_.erase(place);
}

std::string Metrics::Page() const {
  std::vector<prometheus::MetricFamily> families = calls_->Collect();
  Samples samples(families);
  MutexLock lock(mutex_);
  for (const Source& source : sources_) source(samples);
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace seisaku::rpc
