// Where the services are and as whom to speak to them.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "services/rpc/security/credentials.h"
#include "tools/policyctl/messages.h"

namespace seisaku::policyctl {

// One table [profiles.NAME] of a profiles file (TOML):
//
//   default = "planner"
//   [profiles.planner]
//   catalog = "127.0.0.1:50051"                  # or catalog_address_file: a file that holds host:port
//   progress = "127.0.0.1:50052"                 # or progress_address_file
//   certificate = "planner.pem"                  # files are relative to the profiles file
//   key = "planner.key"
//   ca = "ca.pem"
//   authority = "catalog.example"                # optional: the name in the servers' certificates
//   plan = "strategy"                            # optional: the plan where no --plan is given
struct Profile {
  std::string name;
  std::string catalog;   // host:port
  std::string progress;  // host:port
  rpc::TlsFiles files;
  std::string authority;
  std::string plan;
};

// What the command line says about profiles; empty where it says nothing.
struct ProfileChoice {
  std::string file;
  std::string name;
  // Taken, if the file has it, where neither the command line nor $SEISAKU_PROFILE names one: "auditor" for
  // the commands that read the raw log.
  std::string preferred;
};

// The profiles file: `choice.file`, else $SEISAKU_PROFILES, else $XDG_CONFIG_HOME/seisaku/profiles.toml, else
// ~/.config/seisaku/profiles.toml. Whether it exists is not looked at.
std::string FindProfilesFile(const ProfileChoice& choice, const Environment& environment);

// The profile named by `choice.name`, else $SEISAKU_PROFILE, else `choice.preferred`, else the file's
// `default`. FAILED_PRECONDITION: PROFILES_MISSING (no such file; metadata `file`), PROFILES_INVALID (no
// TOML, or a key is missing; `file`, `why`), PROFILE_UNKNOWN (`file`, `profile`, `known`), ADDRESS_UNKNOWN
// (the address file cannot be read: the service was never started; `file`).
absl::StatusOr<Profile> LoadProfile(const ProfileChoice& choice, const Environment& environment);

}  // namespace seisaku::policyctl
