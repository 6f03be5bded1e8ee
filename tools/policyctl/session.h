// What a command works with: who calls, the services, the language, the output.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tools/policyctl/client.h"
#include "tools/policyctl/messages.h"
#include "tools/policyctl/output.h"
#include "tools/policyctl/profile.h"

namespace seisaku::policyctl {

// The options that every command has.
struct GlobalOptions {
  ProfileChoice profile;
  absl::Duration timeout = absl::Seconds(30);
  Language language = Language::kEnglish;
  OutputOptions output;
  SentChanges* changes = nullptr;  // told of what is sent, if set; outlives the session
};

// Lives while one command runs.
class Session {
 public:
  Session(GlobalOptions options, Environment environment);

  Language language() const { return options_.language; }
  bool japanese() const { return options_.language == Language::kJapanese; }
  std::string_view In(const Text& text) const { return policyctl::In(language(), text); }
  template <typename... Args>
  std::string Say(const Text& text, const Args&... args) const {
    return policyctl::Say(language(), text, args...);
  }

  const Output& output() const { return output_; }

  // For commands that read the raw log: the profile to take where none was named. Before Connect.
  void PreferProfile(std::string name) { options_.profile.preferred = std::move(name); }
  // The profile in use, read once. Errors: LoadProfile's.
  absl::StatusOr<const Profile*> profile();
  // The services of the profile, opened once; owned by the session. Errors: LoadProfile's, Client::Open's.
  absl::StatusOr<Client*> Connect();

  // The services for what an answer can do without, out of the raw logs: as auditor, where the profiles have
  // one and none was named, each call once and for a few seconds. Opened once; owned by the session. Errors:
  // Connect's.
  absl::StatusOr<Client*> ConnectForRemarks();

  // From now on no profile is read, and the services are what `open` opens. Before Connect.
  using Open = std::function<absl::StatusOr<std::unique_ptr<Client>>(Client::Options)>;
  void ConnectBy(Open open);
  // Whether that was done: the services answer from files, to whom everything may be shown.
  bool reads_files() const { return open_ != nullptr; }

  // A line to standard error, made visible: notes that are not part of the answer.
  void Note(std::string_view line) const;
  // The same only where standard error is a terminal: progress of long work. It stays on one line, which the
  // next one replaces; an empty one ends it.
  void ShowProgress(std::string_view line) const;

 private:
  GlobalOptions options_;
  Environment environment_;
  Output output_;
  std::unique_ptr<Profile> profile_;
  Open open_;
  std::unique_ptr<Client> client_;
  std::unique_ptr<Client> client_for_remarks_;
};

}  // namespace seisaku::policyctl
