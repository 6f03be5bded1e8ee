#include "services/ledger/signing.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "fmt/format.h"
#include "services/base/files.h"
#include "services/base/status.h"
#include "services/ledger/tree/errors.h"

namespace seisaku::ledger {
namespace {

// The first line has a space, so it is no origin, and the note no checkpoint.
constexpr std::string_view kSealedTitle = "seisaku sealed log";

std::string SealedText(std::string_view origin, uint64_t size) {
  return fmt::format("{}\n{}\n{}\n", kSealedTitle, origin, size);
}

absl::Status Unusable(const std::string& file, std::string_view why) {
  return errors::CheckpointFileUnusable(file, why);
}

}  // namespace

SigningKeys::SigningKeys(SigningKey current, std::optional<SigningKey> previous) {
  signers_.push_back(std::move(current));
  if (previous.has_value() && previous->verifier().ToString() != this->current().verifier().ToString())
    signers_.push_back(*std::move(previous));
  for (const SigningKey& key : signers_) verifiers_.push_back(key.verifier());
}

absl::Span<const VerifierKey> SigningKeys::SealVerifiers(Position size,
                                                         absl::Span<const NamedKey> named) const {
  const bool is_named_last =
      !named.empty() && named.back().position + 1 == size && named.back().key.name() == origin();
  return is_named_last ? verifiers() : verifiers().first(1);
}

absl::Status SigningKeys::CheckCurrent(absl::Span<const NamedKey> named) const {
  // A log that continues another one has entries that name keys of the other origin.
  std::string wanted = verifiers_.back().ToString();
  for (const auto& [position, key] : named) {
    if (key.name() == origin()) wanted = key.ToString();
  }
  const std::string given = current().verifier().ToString();
  return wanted == given ? absl::OkStatus() : errors::LogKeyNotCurrent(origin(), wanted, given);
}

absl::StatusOr<std::unique_ptr<CheckpointKeeper>> CheckpointKeeper::Open(std::string file, SigningKeys keys) {
  std::unique_ptr<CheckpointKeeper> keeper(new CheckpointKeeper(std::move(file), std::move(keys)));
  RETURN_IF_ERROR(keeper->Lock());
  RETURN_IF_ERROR(keeper->ReadCheckpoint());
  RETURN_IF_ERROR(keeper->ReadSealed());
  return keeper;
}

CheckpointKeeper::~CheckpointKeeper() {
  if (lock_ >= 0) close(lock_);
}

// Each write replaces the file, so the lock is on another file beside it.
absl::Status CheckpointKeeper::Lock() {
  const std::string beside = file_ + ".lock";
  lock_ = open(beside.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock_ < 0) return Unusable(file_, std::strerror(errno));
  if (flock(lock_, LOCK_EX | LOCK_NB) == 0) return absl::OkStatus();
  return Unusable(
      file_, errno == EWOULDBLOCK ? "another process keeps its checkpoints there" : std::strerror(errno));
}

absl::StatusOr<std::optional<Note>> CheckpointKeeper::Read(const std::string& file) const {
  std::error_code error;
  if (!std::filesystem::exists(file, error) && !error) return std::nullopt;
  const absl::StatusOr<std::string> note = ReadFile(file);
  if (!note.ok()) return Unusable(file, std::string(note.status().message()));
  absl::StatusOr<Note> opened = OpenNote(*note, keys_.verifiers());
  if (!opened.ok()) return Unusable(file, std::string(opened.status().message()));
  return *std::move(opened);
}

absl::Status CheckpointKeeper::ReadCheckpoint() {
  ASSIGN_OR_RETURN(const std::optional<Note> note, Read(file_));
  if (!note.has_value()) return absl::OkStatus();
  absl::StatusOr<Checkpoint> read = ParseCheckpoint(note->text);
  if (read.ok() && read->origin != keys_.origin())
    read = errors::OriginMismatch(keys_.origin(), read->origin);
  if (!read.ok()) return Unusable(file_, std::string(read.status().message()));
  MutexLock lock(mutex_);
  kept_ = {*std::move(read), HasAllSignatures(*note)};
  struct stat of_file {};
  if (stat(file_.c_str(), &of_file) == 0) kept_at_ = absl::TimeFromTimespec(of_file.st_mtim);
  return absl::OkStatus();
}

absl::Status CheckpointKeeper::ReadSealed() {
  const std::string file = SealedFile();
  ASSIGN_OR_RETURN(const std::optional<Note> note, Read(file));
  if (!note.has_value()) return absl::OkStatus();
  const std::vector<std::string> lines = absl::StrSplit(note->text, '\n');
  uint64_t size = 0;
  if (lines.size() != 4 || !absl::SimpleAtoi(lines[2], &size) ||
      note->text != SealedText(keys_.origin(), size)) {
    return Unusable(file, "it does not say since when this log is sealed");
  }
  MutexLock lock(mutex_);
  sealed_ = {size, HasAllSignatures(*note)};
  return absl::OkStatus();
}

std::optional<Checkpoint> CheckpointKeeper::kept() {
  MutexLock lock(mutex_);
  return kept_ ? std::make_optional(kept_->content) : std::nullopt;
}

absl::Time CheckpointKeeper::kept_at() {
  MutexLock lock(mutex_);
  return kept_at_;
}

std::optional<uint64_t> CheckpointKeeper::sealed_size() {
  MutexLock lock(mutex_);
  return sealed_ ? std::make_optional(sealed_->content) : std::nullopt;
}

absl::Status CheckpointKeeper::Health() {
  MutexLock lock(mutex_);
  return health_;
}

absl::Status CheckpointKeeper::Keep(const Checkpoint& newest) {
  MutexLock lock(mutex_);
  if (kept_.has_value()) {
    const Checkpoint& kept = kept_->content;
    if (newest.size == kept.size && newest.root != kept.root) {
      return errors::LogFork(keys_.origin(), kept.size, kept.root, newest.root);
    }
    if (newest.size < kept.size || (newest.size == kept.size && kept_->by_all)) return absl::OkStatus();
  }
  health_ = Write(file_, Format(newest));
  if (health_.ok()) {
    kept_ = {newest, true};
    kept_at_ = absl::Now();
  }
  return health_;
}

absl::Status CheckpointKeeper::KeepSealed(uint64_t size) {
  MutexLock lock(mutex_);
  if (sealed_.has_value() && sealed_->by_all) return absl::OkStatus();
  const uint64_t since = sealed_ ? sealed_->content : size;
  RETURN_IF_ERROR(Write(SealedFile(), SealedText(keys_.origin(), since)));
  sealed_ = {since, true};
  return absl::OkStatus();
}

absl::Status CheckpointKeeper::Write(const std::string& file, const std::string& text) const {
  ASSIGN_OR_RETURN(std::string note, SignNote(text, keys_.signers()));
  const absl::Status written = WriteDurably(file, note);
  return written.ok() ? written : Unusable(file, std::string(written.message()));
}

}  // namespace seisaku::ledger
