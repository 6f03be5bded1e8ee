#include "tools/policyctl/client.h"

#include "services/base/errors.h"
#include "services/rpc/transport/channel.h"
#include "tools/policyctl/certificate_check.h"

namespace seisaku::policyctl {

absl::StatusOr<std::unique_ptr<Client>> Client::Open(const Profile& profile, Options options) {
  RETURN_IF_ERROR(CheckValidity(profile.files, options.waiting.now()));
  options.diagnose = [files = profile.files] { return CheckIssuer(files); };
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
  return errors::OutcomeUnknown(request_id);
}

absl::Status Client::Diagnosed(absl::Status error) const {
  if (!absl::IsUnavailable(error) || GetErrorInfo(error) || !options_.diagnose) return error;
  absl::Status cause = options_.diagnose();
  return cause.ok() ? error : cause;
}

absl::Status Client::WithRetries(const std::function<absl::Status(grpc::ClientContext&)>& attempt) {
  const absl::Time deadline = options_.waiting.now() + options_.timeout;
  absl::Status before;
  for (int attempts = 1;; ++attempts) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(deadline));
    absl::Status status = attempt(context);
    if (status.ok()) return status;
    if (absl::IsDeadlineExceeded(status) && !GetErrorInfo(status) && !before.ok()) {
      return Diagnosed(std::move(before));
    }
    const std::optional<absl::Duration> delay =
        DelayBeforeRetry(options_.retry, status, attempts, deadline - options_.waiting.now());
    if (!delay) return Diagnosed(std::move(status));
    if (options_.on_retry) options_.on_retry(status, *delay);
    options_.waiting.sleep(*delay);
    before = std::move(status);
  }
}

}  // namespace seisaku::policyctl
