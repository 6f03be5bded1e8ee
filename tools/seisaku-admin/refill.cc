#include "tools/seisaku-admin/refill.h"

#include <memory>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "seisaku/log/v1/log_service.pb.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/ledger/tree/errors.h"
#include "services/ledger/tree/key_files.h"
#include "tools/bundle/bundle.h"
#include "tools/seisaku-admin/appending.h"
#include "tools/seisaku-admin/log_database.h"

namespace seisaku::admin {
namespace {

using ledger::Addition;
using ledger::Head;

std::vector<Addition::Text> TextsOf(log::v1::StoredEntry& stored) {
  std::vector<Addition::Text> texts;
  for (int index = 0; index < stored.texts_size(); ++index) {
    log::v1::StoredText& text = *stored.mutable_texts(index);
    if (text.salt().empty()) continue;  // withdrawn
    texts.push_back({stored.position(),
                     static_cast<uint32_t>(index),
                     {std::move(*text.mutable_salt()), std::move(*text.mutable_text())}});
  }
  return texts;
}

// The bundle's entries as they go by: first those that the database must have, then those that it lacks.
class Pass {
 public:
  Pass(postgres::Database& database, Head head, bool write)
      : database_(database), head_(std::move(head)), had_(head_.size), write_(write) {}

  absl::Status Take(log::v1::StoredEntry& stored) {
    ASSIGN_OR_RETURN(const log::v1::Entry entry, check_.Take(stored));
    if (stored.position() < had_) return Compare(stored);
    if (appending_ == nullptr) RETURN_IF_ERROR(BeginAppending());
    if (!write_) return absl::OkStatus();
    appending_->Take(entry, std::move(*stored.mutable_entry()), TextsOf(stored));
    if (const auto& text = check_.withdrawn_by_last()) appending_->Withdraw(text->first, text->second);
    return appending_->is_ready() ? Append() : absl::OkStatus();
  }

  absl::Status Finish() {
    if (appending_ == nullptr) RETURN_IF_ERROR(BeginAppending());
    return appending_->is_empty() ? absl::OkStatus() : Append();
  }

 private:
  absl::Status Compare(const log::v1::StoredEntry& stored) {
    if (page_at_ == page_.size()) {
      ASSIGN_OR_RETURN(page_, ReadPage(database_, edge_.size(), had_));
      page_at_ = 0;
    }
    const std::string& there = page_[page_at_++];
    std::vector<ledger::Tile> stored_already;
    edge_.Append(ledger::LeafHash(there), &stored_already);
    if (there == stored.entry()) return absl::OkStatus();
    return absl::DataLossError(fmt::format(
        "the database is no beginning of the bundle: entry {} is another one", stored.position()));
  }

  absl::Status BeginAppending() {
    if (edge_.frontier().ToBytes() != head_.frontier) {
      return errors::LogCorrupt(had_, "the head's frontier is not that of the entries");
    }
    appending_ = std::make_unique<Appending>(edge_);
    return absl::OkStatus();
  }

  absl::Status Append() {
    return database_.Run("refill", [this](postgres::Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(ledger::Ahead ahead, ledger::LockHead(transaction, {}));
      if (ahead.head.size != head_.size) return errors::LogCorrupt(head_.size, "somebody else has appended");
      return appending_->Add(transaction, head_);
    });
  }

  postgres::Database& database_;
  Head head_;
  const Position had_;
  const bool write_;
  std::vector<std::string> page_;
  size_t page_at_ = 0;
  bundle::EntryCheck check_;
  ledger::TileBuilder edge_;
  std::unique_ptr<Appending> appending_;
};

}  // namespace

absl::StatusOr<Refilled> Refill(const Refilling& refilling) {
  ASSIGN_OR_RETURN(const ledger::VerifierKey key, ledger::ReadVerifierKey(refilling.vkey_file));
  ASSIGN_OR_RETURN(const bundle::Reader bundle, bundle::Reader::Open(refilling.bundle, key));
  RETURN_IF_ERROR(bundle.Verify());
  ASSIGN_OR_RETURN(const auto database, OpenLogDatabase(refilling.dsn));
  ASSIGN_OR_RETURN(const Head head, ReadHead(*database));
  const ledger::Checkpoint& checkpoint = bundle.checkpoint();
  if (head.origin != checkpoint.origin) return errors::OriginMismatch(checkpoint.origin, head.origin);
  if (head.size > checkpoint.size) {
    return absl::FailedPreconditionError(
        fmt::format("the database has {} entries, the bundle only {}", head.size, checkpoint.size));
  }
  Pass pass(*database, head, refilling.write);
  RETURN_IF_ERROR(bundle.ForEach([&](log::v1::StoredEntry& stored) { return pass.Take(stored); }));
  RETURN_IF_ERROR(pass.Finish());
  return Refilled{head.size, checkpoint.size};
}

}  // namespace seisaku::admin
