// Both logs of a city from what was exported.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "seisaku/type/v1/read.pb.h"
#include "services/catalog/domain/machine.h"
#include "services/catalog/rpc/service.h"
#include "services/progress/domain/machine.h"
#include "services/progress/rpc/service.h"
#include "services/rpc/log/log_service.h"
#include "services/rpc/process/metrics.h"
#include "tools/auditor/archive/archived_log.h"
#include "tools/auditor/archive/in_process.h"
#include "tools/policyctl/client.h"

namespace seisaku::auditor {

// Answers as catalog and progress did. Thread-safe.
class ArchivedCity {
 public:
  // `bundle` holds the folders "catalog" and "progress"; `open` opens their notes. `to` is a time, or a size
  // of progress's log: then catalog is what progress knew of it. Errors: bundle::Reader's,
  // ArchivedLog::Open's.
  using OpenNote = std::function<absl::StatusOr<ledger::Checkpoint>(const std::string& note)>;
  static absl::StatusOr<std::unique_ptr<ArchivedCity>> Open(const std::string& bundle, const OpenNote& open,
                                                            const type::v1::AsOf& to);

  ArchivedLog& catalog() { return *catalog_log_; }
  ArchivedLog& progress() { return *progress_log_; }
  const catalog::Machine& catalog_state() const { return catalog_; }
  const progress::Machine& progress_state() const { return progress_; }

  // The services, as their clients see them; the city outlives them.
  policyctl::Stubs Connect();

 private:
  ArchivedCity() = default;
  void Serve();

  catalog::Machine catalog_;
  progress::Machine progress_;
  std::unique_ptr<ArchivedLog> catalog_log_;
  std::unique_ptr<ArchivedLog> progress_log_;
  rpc::Metrics metrics_;
  std::unique_ptr<rpc::Adapter> adapter_;
  std::vector<std::unique_ptr<rpc::Endpoint>> endpoints_;
  std::unique_ptr<InProcess> catalog_server_;
  std::unique_ptr<InProcess> progress_server_;
};

}  // namespace seisaku::auditor
