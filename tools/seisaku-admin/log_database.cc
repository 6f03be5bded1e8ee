#include "tools/seisaku-admin/log_database.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "services/base/status.h"
#include "services/ledger/schema.h"
#include "services/ledger/tree/errors.h"

namespace seisaku::admin {
namespace {

using ledger::WriteBatch;
using postgres::Transaction;

constexpr Position kPage = 5000;
constexpr int64_t kPageBytes = 4 << 20;

void SetTexts(std::vector<WriteBatch::Text>::iterator begin, std::vector<WriteBatch::Text>::iterator end,
              log::v1::StoredEntry& stored) {
  for (auto text = begin; text != end; ++text) {
    while (stored.texts_size() <= static_cast<int>(text->index)) stored.add_texts();
    log::v1::StoredText& to = *stored.mutable_texts(static_cast<int>(text->index));
    to.set_salt(std::move(text->stored.salt));
    to.set_text(std::move(text->stored.text));
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<postgres::Database>> OpenLogDatabase(const std::string& dsn) {
  ASSIGN_OR_RETURN(auto database, postgres::Database::Create({.dsn = dsn,
                                                              .answer_timeout = absl::Minutes(5),
                                                              .idle_in_transaction_timeout = absl::Minutes(5),
                                                              .settings = {}}));
  RETURN_IF_ERROR(postgres::CheckSchema(*database, ledger::Schema()));
  RETURN_IF_ERROR(postgres::CheckDurability(*database));
  return database;
}

absl::Status WithHead(postgres::Database& database, const std::string& origin, Commit commit,
                      absl::FunctionRef<absl::Status(Transaction&, ledger::LockedHead)> body) {
  bool looked = false;
  const absl::Status done = database.Run("seisaku-admin", [&](Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(ledger::CreateHead(transaction, origin));
    ASSIGN_OR_RETURN(ledger::LockedHead locked, ledger::LockHead(transaction, {}));
    if (locked.head.origin != origin) return errors::OriginMismatch(origin, locked.head.origin);
    RETURN_IF_ERROR(body(transaction, std::move(locked)));
    if (commit == Commit::kYes) return absl::OkStatus();
    looked = true;
    return absl::AbortedError("only looked");  // rolls back
  });
  return looked ? absl::OkStatus() : done;
}

absl::Status ForEachStored(Transaction& transaction, Position size, EachStored each) {
  for (Position at = 0; at < size;) {
    ASSIGN_OR_RETURN(std::vector<std::string> page,
                     ledger::ReadBytes(transaction, at, std::min(size, at + kPage), kPageBytes));
    ASSIGN_OR_RETURN(std::vector<WriteBatch::Text> texts,
                     ledger::ReadTexts(transaction, at, at + page.size()));
    auto next_text = texts.begin();
    for (std::string& bytes : page) {
      const auto end =
          std::find_if(next_text, texts.end(), [at](const auto& text) { return text.position != at; });
      log::v1::StoredEntry stored;
      stored.set_position(at);
      stored.set_entry(std::move(bytes));
      SetTexts(next_text, end, stored);
      RETURN_IF_ERROR(each(stored));
      next_text = end;
      ++at;
    }
  }
  return absl::OkStatus();
}

std::vector<WriteBatch::Text> TextsAt(Position position, log::v1::StoredEntry& stored) {
  std::vector<WriteBatch::Text> texts;
  for (int index = 0; index < stored.texts_size(); ++index) {
    log::v1::StoredText& text = *stored.mutable_texts(index);
    if (text.salt().empty()) continue;  // withdrawn
    texts.push_back({position,
                     static_cast<uint32_t>(index),
                     {std::move(*text.mutable_salt()), std::move(*text.mutable_text())}});
  }
  return texts;
}

}  // namespace seisaku::admin
