#include "tools/auditor/archive/archived_city.h"

#include <utility>

#include "services/base/status.h"
#include "services/rpc/process/log.h"

namespace seisaku::auditor {
namespace {

absl::StatusOr<std::unique_ptr<ArchivedLog>> OpenLog(const std::string& folder,
                                                     const ArchivedCity::OpenNote& open, StateMachine& state,
                                                     const type::v1::AsOf& to) {
  ASSIGN_OR_RETURN(bundle::Reader reader, bundle::Reader::Open(folder, open));
  return ArchivedLog::Open(std::move(reader), state, to);
}

// Whoever runs this process may read what it was given.
absl::Status AdmitAuditor(const grpc::AuthContext&, const rpc::Method&, std::string_view, Caller* caller) {
  *caller = {.subject = "seisaku://archive/auditor/reader", .role = Role::kAuditor, .department = {}};
  return absl::OkStatus();
}

// Nobody has the private half, for nothing is signed or cosigned here.
rpc::LogKeys NoKeys() {
  return {{ledger::SigningKey::Generate("archive", ledger::KeyType::kLog)->verifier()}, {}};
}

}  // namespace

absl::StatusOr<std::unique_ptr<ArchivedCity>> ArchivedCity::Open(const std::string& bundle,
                                                                 const OpenNote& open,
                                                                 const type::v1::AsOf& to) {
  std::unique_ptr<ArchivedCity> city(new ArchivedCity);
  ASSIGN_OR_RETURN(city->progress_log_, OpenLog(bundle + "/progress", open, city->progress_, to));
  type::v1::AsOf of_catalog = to;
  if (to.has_size()) of_catalog.set_size(city->progress_.state().CatalogSize(city->progress_log_->size()));
  ASSIGN_OR_RETURN(city->catalog_log_, OpenLog(bundle + "/catalog", open, city->catalog_, of_catalog));
  city->Serve();
  return city;
}

void ArchivedCity::Serve() {
  rpc::SilenceLog();  // an error is told to who asked
  adapter_ = std::make_unique<rpc::Adapter>(metrics_, "", AdmitAuditor);
  endpoints_.push_back(std::make_unique<catalog::CatalogRpc>(*adapter_, *catalog_log_, catalog_.state()));
  endpoints_.push_back(std::make_unique<rpc::LogRpc>(*adapter_, *catalog_log_, NoKeys()));
  catalog_server_ = std::make_unique<InProcess>(std::vector{endpoints_[0].get(), endpoints_[1].get()});
  endpoints_.push_back(std::make_unique<progress::ProgressRpc>(*adapter_, *progress_log_, progress_.state()));
  endpoints_.push_back(std::make_unique<rpc::LogRpc>(*adapter_, *progress_log_, NoKeys()));
  progress_server_ = std::make_unique<InProcess>(std::vector{endpoints_[2].get(), endpoints_[3].get()});
}

policyctl::Stubs ArchivedCity::Connect() {
  return {.catalog = catalog::v1::CatalogService::NewStub(catalog_server_->channel()),
          .progress = progress::v1::ProgressService::NewStub(progress_server_->channel()),
          .catalog_log = log::v1::LogService::NewStub(catalog_server_->channel()),
          .progress_log = log::v1::LogService::NewStub(progress_server_->channel())};
}

}  // namespace seisaku::auditor
