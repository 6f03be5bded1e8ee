#include "tools/seisaku-admin/refill.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "services/base/files.h"
#include "services/base/status.h"
#include "services/ledger/tree/key.h"
#include "tools/bundle/bundle.h"
#include "tools/bundle/errors.h"
#include "tools/seisaku-admin/appending.h"
#include "tools/seisaku-admin/log_database.h"
#include "tools/seisaku-admin/log_scan.h"

namespace seisaku::admin {
namespace {

using ledger::Head;
using postgres::Transaction;

constexpr Position kPage = 5000;
constexpr int64_t kPageBytes = 4 << 20;

// Where entries come from, and what they have to add up to.
struct Source {
  ledger::Checkpoint checkpoint;
  std::function<absl::Status(EachStored)> for_each;
};

absl::StatusOr<Source> OpenBundle(const std::string& folder, const ledger::VerifierKey& key) {
  ASSIGN_OR_RETURN(bundle::Reader opened, bundle::Reader::Open(folder, key));
  auto reader = std::make_shared<const bundle::Reader>(std::move(opened));
  return Source{reader->checkpoint(), [reader](EachStored each) { return reader->ForEach(each); }};
}

absl::StatusOr<Source> OpenOther(const Refilling& refilling, const ledger::VerifierKey& key) {
  ASSIGN_OR_RETURN(const std::string note,
                   ReadRegularFile(refilling.checkpoint_file, ledger::kMaxNoteBytes, Links::kFollow));
  ASSIGN_OR_RETURN(ledger::Checkpoint checkpoint, ledger::OpenCheckpoint(note, key.name(), key));
  ASSIGN_OR_RETURN(auto opened, OpenLogDatabase(refilling.from));
  const std::shared_ptr<postgres::Database> database = std::move(opened);
  const Position size = checkpoint.size;
  return Source{std::move(checkpoint), [database, size](EachStored each) {
                  return database->Run(
                      "read what was saved",
                      [&](Transaction& transaction) { return ForEachStored(transaction, size, each); },
                      postgres::Mode::kReadOnly);
                }};
}

absl::StatusOr<Source> Open(const Refilling& refilling, const ledger::VerifierKey& key) {
  if (!refilling.bundle.empty() && refilling.from.empty()) return OpenBundle(refilling.bundle, key);
  if (refilling.bundle.empty() && !refilling.from.empty() && !refilling.checkpoint_file.empty()) {
    return OpenOther(refilling, key);
  }
  return absl::InvalidArgumentError("give either --bundle, or --from and --checkpoint-file");
}

// The source's entries as they go by: first those that the database must have, then those that it lacks.
class Pass {
 public:
  Pass(Transaction& transaction, Head head, bool write)
      : transaction_(transaction), head_(std::move(head)), write_(write), scan_(head_.origin) {}

  absl::Status Take(log::v1::StoredEntry& stored) {
    const Position position = scan_.edge().size();
    if (position == head_.size) RETURN_IF_ERROR(BeginAppending());
    ASSIGN_OR_RETURN(const log::v1::Entry entry, scan_.Take(stored));
    if (position < head_.size) return Compare(stored);
    if (!write_) return absl::OkStatus();
    std::vector<ledger::WriteBatch::Text> texts = TextsAt(position, stored);
    RETURN_IF_ERROR(appending_->Take(entry, std::move(*stored.mutable_entry()), std::move(texts)));
    if (const auto& text = scan_.withdrawn_by_last()) appending_->Withdraw(text->first, text->second);
    return absl::OkStatus();
  }

  // Only what adds up to the checkpoint is sealed, and so committed.
  absl::Status Finish(const ledger::Checkpoint& checkpoint, const ledger::SigningKey& key) {
    if (scan_.edge().size() == head_.size) RETURN_IF_ERROR(BeginAppending());
    RETURN_IF_ERROR(scan_.Finish());
    if (scan_.head() != checkpoint) {
      return errors::BundleInvalid(checkpoint.size, "the entries do not add up to the checkpoint");
    }
    RETURN_IF_ERROR(scan_.CheckKey(key.verifier()));
    return write_ ? appending_->Seal(key) : absl::OkStatus();
  }

 private:
  absl::Status Compare(const log::v1::StoredEntry& stored) {
    if (page_at_ == page_.size()) {
      ASSIGN_OR_RETURN(page_, ledger::ReadBytes(transaction_, stored.position(),
                                                std::min(head_.size, stored.position() + kPage), kPageBytes));
      page_at_ = 0;
    }
    if (page_[page_at_++] == stored.entry()) return absl::OkStatus();
    return absl::DataLossError(fmt::format(
        "the database is no beginning of what fills it: entry {} is another one", stored.position()));
  }

  absl::Status BeginAppending() {
    RETURN_IF_ERROR(scan_.CheckHead(head_));
    appending_.emplace(transaction_, head_, scan_.edge());
    return absl::OkStatus();
  }

  Transaction& transaction_;
  const Head head_;  // of what was there
  const bool write_;
  std::vector<std::string> page_;
  size_t page_at_ = 0;
  LogScan scan_;
  std::optional<Appending> appending_;
};

}  // namespace

absl::StatusOr<Refilled> Refill(const Refilling& refilling) {
  ASSIGN_OR_RETURN(const ledger::SigningKey key,
                   ledger::ReadSigningKey(refilling.key_file, ledger::KeyType::kLog));
  ASSIGN_OR_RETURN(const Source source, Open(refilling, key.verifier()));
  const ledger::Checkpoint& checkpoint = source.checkpoint;
  ASSIGN_OR_RETURN(const auto database, OpenLogDatabase(refilling.dsn));
  Refilled refilled = {.had = 0, .size = checkpoint.size};
  RETURN_IF_ERROR(WithHead(
      *database, checkpoint.origin, refilling.write ? Commit::kYes : Commit::kNo,
      [&](Transaction& transaction, const ledger::LockedHead& locked) -> absl::Status {
        refilled.had = locked.head.size;
        if (refilled.had > checkpoint.size) {
          return absl::FailedPreconditionError(fmt::format(
              "the database has {} entries, the checkpoint only {}", refilled.had, checkpoint.size));
        }
        Pass pass(transaction, locked.head, refilling.write);
        RETURN_IF_ERROR(source.for_each([&](log::v1::StoredEntry& stored) { return pass.Take(stored); }));
        return pass.Finish(checkpoint, key);
      }));
  return refilled;
}

}  // namespace seisaku::admin
