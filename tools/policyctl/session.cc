#include "tools/policyctl/session.h"

#include <unistd.h>

#include <iostream>

#include "services/base/visible.h"

namespace seisaku::policyctl {

Session::Session(GlobalOptions options, Environment environment)
    : options_(std::move(options)),
      environment_(std::move(environment)),
      output_(options_.output, std::cout) {}

absl::StatusOr<const Profile*> Session::profile() {
  if (profile_ == nullptr) {
    ASSIGN_OR_RETURN(Profile profile, LoadProfile(options_.profile, environment_));
    profile_ = std::make_unique<Profile>(std::move(profile));
  }
  return profile_.get();
}

absl::StatusOr<Client*> Session::Connect() {
  if (client_ == nullptr) {
    ASSIGN_OR_RETURN(const Profile* profile, this->profile());
    Client::Options options;
    options.timeout = options_.timeout;
    options.changes = options_.changes;
    options.on_retry = [this](const absl::Status&, absl::Duration) { ShowProgress(In(text::kTryingAgain)); };
    ASSIGN_OR_RETURN(client_, open_ ? open_(std::move(options)) : Client::Open(*profile, std::move(options)));
  }
  return client_.get();
}

absl::StatusOr<Client*> Session::ConnectForRemarks() {
  constexpr absl::Duration kPatience = absl::Seconds(3);
  if (open_) return Connect();
  if (client_for_remarks_ == nullptr) {
    ProfileChoice choice = options_.profile;
    choice.preferred = "auditor";
    ASSIGN_OR_RETURN(const Profile profile, LoadProfile(choice, environment_));
    Client::Options options;
    options.timeout = kPatience;
    options.retry.max_attempts = 1;
    ASSIGN_OR_RETURN(client_for_remarks_, Client::Open(profile, std::move(options)));
  }
  return client_for_remarks_.get();
}

void Session::ConnectBy(Open open) {
  profile_ = std::make_unique<Profile>();
  open_ = std::move(open);
}

void Session::Note(std::string_view line) const {
  ShowProgress("");
  std::cerr << VisibleLine(line) << '\n';
}

void Session::ShowProgress(std::string_view line) const {
  if (isatty(STDERR_FILENO) == 0) return;
  std::cerr << "\r\033[K" << VisibleLine(line) << std::flush;
}

}  // namespace seisaku::policyctl
