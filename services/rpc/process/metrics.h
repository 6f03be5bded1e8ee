// What a service counts, in Prometheus's terms. deploy/monitoring.md has a table of all of it.
#pragma once

#include <functional>
#include <initializer_list>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/base/distribution.h"
#include "services/base/mutex.h"

namespace prometheus {
struct MetricFamily;
struct ClientMetric;
enum class MetricType;
}  // namespace prometheus

namespace seisaku::rpc {

// Metrics as of one moment. Names follow Prometheus's rules: base units, _total for counters.
class Samples {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  explicit Samples(std::vector<prometheus::MetricFamily>& families) : families_(families) {}

  // `help` is the same for all of a name.
  void Gauge(std::string_view name, std::string_view help, double value, Labels labels = {});
  void Counter(std::string_view name, std::string_view help, double value, Labels labels = {});
  void Histogram(std::string_view name, std::string_view help, const Distribution::Reading& reading,
                 Labels labels = {});

 private:
  prometheus::ClientMetric& Add(std::string_view name, std::string_view help, prometheus::MetricType type,
                                Labels labels);

  std::vector<prometheus::MetricFamily>& families_;
};

// Thread-safe.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // Counts a finished call: seisaku_rpc_total{method,code} and seisaku_rpc_seconds{method}. `method` is declared by a
  // contract, so that callers cannot make new series.
  void CountCall(std::string_view method, absl::StatusCode code, absl::Duration took);

  // Adds its metrics. Called on the thread of each scrape: it must be quick, and must not block.
  using Source = std::function<void(Samples&)>;
  // Registers a source while it lives.
  class Subscription {
   public:
    Subscription(Metrics& metrics, std::list<Source>::iterator place) : metrics_(metrics), place_(place) {}
    ~Subscription() { metrics_.Remove(place_); }
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;

   private:
    Metrics& metrics_;
    const std::list<Source>::iterator place_;
  };
  [[nodiscard]] std::unique_ptr<Subscription> Subscribe(Source source);

  // All of it in Prometheus's text format.
  std::string Page() const;

 private:
  void Remove(std::list<Source>::iterator place);

  class Calls;
  const std::unique_ptr<Calls> calls_;
  mutable Mutex mutex_;
  std::list<Source> sources_ ABSL_GUARDED_BY(mutex_);
};

// What Prometheus asks of every process: process_resident_memory_bytes, process_cpu_seconds_total,
// process_open_fds and so on; and seisaku_build_info{version}.
void SampleProcess(Samples& samples);

}  // namespace seisaku::rpc
