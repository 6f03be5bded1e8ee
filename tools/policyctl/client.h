// Calls to catalog and progress, as plain functions from a request to a StatusOr of its response.
//
//   using Catalog = catalog::v1::CatalogService::StubInterface;
//   ASSIGN_OR_RETURN(catalog::v1::GetPlanResponse response, client.Call(&Catalog::GetPlan, request));
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/statusor.h"
#include "grpcpp/client_context.h"
#include "seisaku/catalog/v1/catalog_service.grpc.pb.h"
#include "seisaku/log/v1/log_service.grpc.pb.h"
#include "seisaku/progress/v1/progress_service.grpc.pb.h"
#include "services/base/ids.h"
#include "services/base/status.h"
#include "services/rpc/status.h"
#include "tools/policyctl/profile.h"
#include "tools/policyctl/retry.h"
#include "tools/policyctl/sent_changes.h"

namespace seisaku::policyctl {

using Catalog = catalog::v1::CatalogService::StubInterface;
using Progress = progress::v1::ProgressService::StubInterface;
using Log = log::v1::LogService::StubInterface;

// The stubs of both services; each holds its channel.
struct Stubs {
  std::unique_ptr<Catalog> catalog;
  std::unique_ptr<Progress> progress;
  std::unique_ptr<Log> catalog_log;
  std::unique_ptr<Log> progress_log;
};

// Thread-compatible.
class Client {
 public:
  struct Options {
    absl::Duration timeout = absl::Seconds(30);  // of one call, all its attempts and waits included
    RetryPolicy retry;
    Waiting waiting;
    // Told of each change that is sent and answered, if set; outlives the client.
    SentChanges* changes = nullptr;
    // Finds out why nobody answers, if set: what it returns takes the place of a bare UNAVAILABLE, unless OK.
    std::function<absl::Status()> diagnose;
    // Told before each wait, if set.
    std::function<void(const absl::Status& error, absl::Duration delay)> on_retry;
  };

  // Connects when the first call is made. Errors: of the certificate files (CERTIFICATE_UNREADABLE), of
  // the certificate's dates (CERTIFICATE_EXPIRED, CERTIFICATE_NOT_YET_VALID).
  static absl::StatusOr<std::unique_ptr<Client>> Open(const Profile& profile, Options options);

  Client(Stubs stubs, Options options);

  // Makes the call. A request with a request_id that is empty gets a fresh one; an attempt that failed
  // without a final answer is made again with the same request. Errors are the server's, with its details.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                std::type_identity_t<Request> request) {
    return Call(StubOf<Stub>(), method, std::move(request));
  }

  // The same on a given stub: for a log, client.Call(client.log("progress"), &Log::ReadEntries, …).
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(Stub& stub,
                                grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                std::type_identity_t<Request> request) {
    if constexpr (requires { request.set_request_id(std::string()); }) {
      if (request.request_id().empty()) request.set_request_id(NewUuid());
    }
    if constexpr (requires { request.request_id(); }) NoteSent(ServiceOf(stub), request);
    Response response;
    absl::Status status = WithRetries([&](grpc::ClientContext& context) {
      response.Clear();
      return rpc::FromGrpcStatus((stub.*method)(&context, request, &response));
    });
    if constexpr (requires { request.request_id(); }) NoteAnswered(ServiceOf(stub), request, status);
    if (!status.ok()) {
      if constexpr (requires { request.request_id(); }) return OutcomeOf(status, request.request_id());
      return status;
    }
    return response;
  }

  // The same, once and for at most `timeout`: for what the answer can do without.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> CallOnce(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                                 Response*),
                                    absl::Duration timeout, const std::type_identity_t<Request>& request) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(options_.waiting.now() + timeout));
    Response response;
    absl::Status status = rpc::FromGrpcStatus((StubOf<Stub>().*method)(&context, request, &response));
    if (!status.ok()) return status;
    return response;
  }

  // All pages of a list as one response without next_page_token. Each page has the timeout.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> CallForAllPages(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                                        Response*),
                                           std::type_identity_t<Request> request) {
    request.set_page_size(kPageSize);
    Response all;
    do {
      ASSIGN_OR_RETURN(Response page, Call(method, request));
      request.set_page_token(page.next_page_token());
      page.clear_next_page_token();
      all.MergeFrom(page);
    } while (!request.page_token().empty());
    return all;
  }

  // The log of "catalog" or of "progress".
  Log& log(std::string_view service) {
    return service == "catalog" ? *stubs_.catalog_log : *stubs_.progress_log;
  }

 private:
  static constexpr int kPageSize = 500;

  template <typename Stub>
  std::string_view ServiceOf(const Stub& stub) const {
    if constexpr (std::is_same_v<Stub, Log>)
      return &stub == stubs_.catalog_log.get() ? "catalog" : "progress";
    return std::is_same_v<Stub, Catalog> ? "catalog" : "progress";
  }

  template <typename Request>
  static bool WritesNothing(const Request& request) {
    if constexpr (requires { request.validate_only(); }) return request.validate_only();
    return false;
  }
  template <typename Request>
  void NoteSent(std::string_view service, const Request& request) {
    if (options_.changes == nullptr || WritesNothing(request)) return;
    options_.changes->Sent(service, request.request_id());
  }
  template <typename Request>
  void NoteAnswered(std::string_view service, const Request& request, const absl::Status& status) {
    if (options_.changes == nullptr || WritesNothing(request)) return;
    options_.changes->Answered(service, status);
  }

  template <typename Stub>
  Stub& StubOf() {
    static_assert(std::is_same_v<Stub, Catalog> || std::is_same_v<Stub, Progress>);
    if constexpr (std::is_same_v<Stub, Catalog>) {
      return *stubs_.catalog;
    } else {
      return *stubs_.progress;
    }
  }

  // The error of a change: where nobody answered in time, one that names the request id.
  static absl::Status OutcomeOf(const absl::Status& error, const std::string& request_id);
  // The error, or why nobody answered.
  absl::Status Diagnosed(absl::Status error) const;
  // Makes attempts until one is final. Where the time runs out during one, the error of the one before it is
  // returned: it says more.
  absl::Status WithRetries(const std::function<absl::Status(grpc::ClientContext&)>& attempt);

  Stubs stubs_;
  Options options_;
};

}  // namespace seisaku::policyctl
