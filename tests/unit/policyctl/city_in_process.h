// Catalog and progress with a few KPIs, in this process: for tests of what policyctl asks them.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "grpcpp/grpcpp.h"
#include "services/base/errors.h"
#include "services/base/timestamp.h"
#include "services/rpc/status.h"
#include "tools/policyctl/client.h"

namespace seisaku::policyctl {

// A plan "plans/p" and its KPIs "plans/p/kpis/kpi-1" …, which are there from a size of catalog's log on.
class CityInProcess {
 public:
  explicit CityInProcess(const std::vector<std::string>& titles)
      : catalog_(*this), progress_(*this), log_(*this) {
    for (const std::string& title : titles) {
      catalog::v1::Kpi& kpi = kpis_.emplace_back();
      kpi.set_name("plans/p/kpis/kpi-" + std::to_string(kpis_.size()));
      kpi.set_title(title);
    }
    grpc::ServerBuilder builder;
    builder.RegisterService(&catalog_);
    builder.RegisterService(&progress_);
    builder.RegisterService(&log_);
    server_ = builder.BuildAndStart();
  }

  std::unique_ptr<Client> Open(Client::Options options = {}) {
    const std::shared_ptr<grpc::Channel> channel = server_->InProcessChannel({});
    return std::make_unique<Client>(Stubs{.catalog = catalog::v1::CatalogService::NewStub(channel),
                                          .progress = progress::v1::ProgressService::NewStub(channel),
                                          .catalog_log = log::v1::LogService::NewStub(channel),
                                          .progress_log = log::v1::LogService::NewStub(channel)},
                                    std::move(options));
  }

  // The KPI of a title, to change it.
  catalog::v1::Kpi& kpi(const std::string& title) {
    return *std::find_if(kpis_.begin(), kpis_.end(), [&](const auto& kpi) { return kpi.title() == title; });
  }

  std::vector<log::v1::StoredEntry> entries;  // of either log
  uint64_t created_at = 1;                    // the size
  absl::Time created_on = absl::UnixEpoch();
  uint64_t size = 1;  // now

 private:
  bool IsThere(const type::v1::AsOf& as_of) const {
    if (as_of.has_size()) return as_of.size() >= created_at;
    if (as_of.has_time()) return absl::FromUnixSeconds(as_of.time().seconds()) >= created_on;
    return true;
  }
  const catalog::v1::Kpi* Find(const std::string& name, const type::v1::AsOf& as_of) const {
    const auto found = std::find_if(kpis_.begin(), kpis_.end(), [&](const catalog::v1::Kpi& kpi) {
      return kpi.name() == name || "plans/p/kpis/" + kpi.title() == name;
    });
    return found == kpis_.end() || !IsThere(as_of) ? nullptr : &*found;
  }
  static grpc::Status NotFound(const std::string& name) {
    return rpc::ToGrpcStatus(seisaku::errors::NotFound(name));
  }

  class Catalog final : public catalog::v1::CatalogService::Service {
   public:
    explicit Catalog(const CityInProcess& city) : city_(city) {}
    grpc::Status GetPlan(grpc::ServerContext*, const catalog::v1::GetPlanRequest* request,
                         catalog::v1::GetPlanResponse* response) override {
      if (request->name() != "plans/p" || !city_.IsThere(request->as_of())) return NotFound(request->name());
      response->mutable_plan()->set_name(request->name());
      response->set_position(city_.size);
      return grpc::Status::OK;
    }
    grpc::Status GetKpi(grpc::ServerContext*, const catalog::v1::GetKpiRequest* request,
                        catalog::v1::GetKpiResponse* response) override {
      const catalog::v1::Kpi* kpi = city_.Find(request->name(), request->as_of());
      if (kpi == nullptr) return NotFound(request->name());
      *response->mutable_kpi() = *kpi;
      response->set_position(city_.size);
      return grpc::Status::OK;
    }
    grpc::Status GetTree(grpc::ServerContext*, const catalog::v1::GetTreeRequest*,
                         catalog::v1::GetTreeResponse* response) override {
      response->add_items()->mutable_node()->set_title("しごとの創生");
      for (const catalog::v1::Kpi& kpi : city_.kpis_) {
        catalog::v1::TreeItem& item = *response->add_items();
        *item.mutable_kpi() = kpi;
        item.set_depth(1);
      }
      return grpc::Status::OK;
    }
    grpc::Status ListDepartments(grpc::ServerContext*, const catalog::v1::ListDepartmentsRequest*,
                                 catalog::v1::ListDepartmentsResponse*) override {
      return grpc::Status::OK;
    }
    grpc::Status ListKpis(grpc::ServerContext*, const catalog::v1::ListKpisRequest* request,
                          catalog::v1::ListKpisResponse* response) override {
      if (!city_.IsThere(request->as_of())) return NotFound(request->parent());
      for (const catalog::v1::Kpi& kpi : city_.kpis_) *response->add_kpis() = kpi;
      return grpc::Status::OK;
    }

   private:
    const CityInProcess& city_;
  };

  class Progress final : public progress::v1::ProgressService::Service {
   public:
    explicit Progress(const CityInProcess& city) : city_(city) {}
    grpc::Status ListActuals(grpc::ServerContext*, const progress::v1::ListActualsRequest* request,
                             progress::v1::ListActualsResponse*) override {
      return city_.Find(request->parent(), request->as_of()) == nullptr ? NotFound(request->parent())
                                                                        : grpc::Status::OK;
    }

    grpc::Status GetProgressSheet(grpc::ServerContext*, const progress::v1::GetProgressSheetRequest*,
                                  progress::v1::GetProgressSheetResponse* response) override {
      for (const catalog::v1::Kpi& kpi : city_.kpis_) *response->add_rows()->mutable_kpi() = kpi;
      return grpc::Status::OK;
    }
    grpc::Status GetSummary(grpc::ServerContext*, const progress::v1::GetSummaryRequest*,
                            progress::v1::GetSummaryResponse* response) override {
      response->add_nodes()->mutable_derived()->set_not_evaluable(static_cast<uint32_t>(city_.kpis_.size()));
      return grpc::Status::OK;
    }

   private:
    const CityInProcess& city_;
  };

  class Log final : public log::v1::LogService::Service {
   public:
    explicit Log(const CityInProcess& city) : city_(city) {}
    grpc::Status ReadEntries(grpc::ServerContext*, const log::v1::ReadEntriesRequest* request,
                             log::v1::ReadEntriesResponse* response) override {
      for (size_t i = request->start(); i < city_.entries.size(); ++i) {
        *response->add_entries() = city_.entries[i];
        response->mutable_entries()->rbegin()->set_position(i);
        if (!request->include_texts()) response->mutable_entries()->rbegin()->clear_texts();
      }
      response->set_position(city_.entries.size());
      return grpc::Status::OK;
    }

   private:
    const CityInProcess& city_;
  };

  std::vector<catalog::v1::Kpi> kpis_;
  Catalog catalog_;
  Progress progress_;
  Log log_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace seisaku::policyctl
