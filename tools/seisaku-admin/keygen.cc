#include "tools/seisaku-admin/keygen.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "fmt/format.h"
#include "services/base/status.h"
#include "services/ledger/tree/key.h"

namespace seisaku::admin {
namespace {

absl::Status Failed(std::string_view what, const std::string& file) {
  return absl::FailedPreconditionError(fmt::format("cannot {} {}: {}", what, file, std::strerror(errno)));
}

// Writes and fsyncs a file that does not exist yet.
absl::Status WriteNew(const std::string& file, std::string_view content, mode_t mode) {
  int descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (descriptor < 0) return Failed("create", file);
  const ssize_t written = write(descriptor, content.data(), content.size());
  const bool whole = written == static_cast<ssize_t>(content.size()) && fsync(descriptor) == 0;
  if (close(descriptor) != 0 || !whole) return Failed("write", file);
  return absl::OkStatus();
}

std::string Unfinished(const std::string& file) { return fmt::format("{}.{}", file, getpid()); }

// Puts a whole file where there is none: link, unlike rename, never replaces. False: there is one.
absl::StatusOr<bool> Place(const std::string& file, std::string_view content) {
  const std::string unfinished = Unfinished(file);
  absl::Status status = WriteNew(unfinished, content, 0600);
  bool placed = false;
  if (status.ok()) {
    placed = link(unfinished.c_str(), file.c_str()) == 0;
    if (!placed && errno != EEXIST) status = Failed("create", file);
  }
  unlink(unfinished.c_str());
  if (!status.ok()) return status;
  return placed;
}

absl::Status Replace(const std::string& file, std::string_view content) {
  const std::string unfinished = Unfinished(file);
  absl::Status status = WriteNew(unfinished, content, 0644);
  if (status.ok() && rename(unfinished.c_str(), file.c_str()) == 0) return absl::OkStatus();
  if (status.ok()) status = Failed("replace", file);
  unlink(unfinished.c_str());
  return status;
}

}  // namespace

absl::StatusOr<MadeKey> EnsureKey(const std::string& name, ledger::KeyType type, const std::string& file) {
  ASSIGN_OR_RETURN(ledger::SigningKey fresh, ledger::SigningKey::Generate(name, type));
  ASSIGN_OR_RETURN(bool created, Place(file, fresh.ToSecretString() + "\n"));
  ASSIGN_OR_RETURN(ledger::SigningKey key, ledger::ReadSigningKey(file, type));
  if (key.name() != name) {
    return absl::FailedPreconditionError(
        fmt::format("{} holds the key of {}, not of {}", file, key.name(), name));
  }
  MadeKey result{.verifier = key.verifier().ToString(), .created = created};
  RETURN_IF_ERROR(Replace(file + ".vkey", result.verifier + "\n"));
  return result;
}

}  // namespace seisaku::admin
