#include "tools/policyctl/client.h"

#include "services/rpc/channel.h"

namespace seisaku::policyctl {

absl::StatusOr<std::unique_ptr<Client>> Client::Open(const Profile& profile, Options options) {
  ASSIGN_OR_RETURN(std::shared_ptr<grpc::Channel> catalog,
                   rpc::OpenChannel(profile.catalog, profile.files, profile.authority));
  ASSIGN_OR_RETURN(std::shared_ptr<grpc::Channel> progress,
                   rpc::OpenChannel(profile.progress, profile.files, profile.authority));
  Stubs stubs = {.catalog = catalog::v1::CatalogService::NewStub(catalog),
                 .progress = progress::v1::ProgressService::NewStub(progress),
                 .catalog_log = log::v1::LogService::NewStub(catalog),
                 .progress_log = log::v1::LogService::NewStub(progress)};
  return std::make_unique<Client>(std::move(stubs), std::move(options));
}

Client::Client(Stubs stubs, Options options) : stubs_(std::move(stubs)), options_(std::move(options)) {}

absl::Status Client::OutcomeOf(const absl::Status& error, const std::string& request_id) {
  if (!absl::IsDeadlineExceeded(error) || GetErrorInfo(error)) return error;
  return MakeError(absl::StatusCode::kDeadlineExceeded, "OUTCOME_UNKNOWN",
                   "the deadline passed before the outcome was known", {{"request_id", request_id}});
}

absl::Status Client::WithRetries(const std::function<absl::Status(grpc::ClientContext&)>& attempt) {
  const absl::Time deadline = options_.waiting.now() + options_.timeout;
  absl::Status before;
  for (int attempts = 1;; ++attempts) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(deadline));
    absl::Status status = attempt(context);
    if (status.ok()) return status;
    if (absl::IsDeadlineExceeded(status) && !GetErrorInfo(status) && !before.ok()) return before;
    const std::optional<absl::Duration> delay =
        DelayBeforeRetry(options_.retry, status, attempts, deadline - options_.waiting.now());
    if (!delay) return status;
    if (options_.on_retry) options_.on_retry(status, *delay);
    options_.waiting.sleep(*delay);
    before = std::move(status);
  }
}

}  // namespace seisaku::policyctl
