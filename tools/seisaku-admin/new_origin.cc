#include "tools/seisaku-admin/new_origin.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "seisaku/log/v1/log_event.pb.h"
#include "seisaku/log/v1/log_service.pb.h"
#include "services/base/files.h"
#include "services/base/ids.h"
#include "services/base/status.h"
#include "services/base/timestamp.h"
#include "services/base/words.h"
#include "services/ledger/new_entry.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/key_files.h"
#include "tools/bundle/entry_check.h"
#include "tools/seisaku-admin/appending.h"
#include "tools/seisaku-admin/log_database.h"

namespace seisaku::admin {
namespace {

using ledger::Addition;
using ledger::Head;
using postgres::Transaction;

// The actor of the first entry: no service authenticated anybody.
constexpr char kActor[] = "seisaku-admin";
constexpr char kProducer[] = "seisaku-admin/" SEISAKU_VERSION;

absl::StatusOr<ledger::Checkpoint> ReadCheckpoint(const NewOrigin& wanted, const std::string& origin,
                                                  std::string* note) {
  ASSIGN_OR_RETURN(const ledger::VerifierKey key, ledger::ReadVerifierKey(wanted.vkey_file));
  ASSIGN_OR_RETURN(*note, ReadFile(wanted.checkpoint));
  return ledger::OpenCheckpoint(*note, origin, key);
}

// What was saved, entry by entry with its texts, from the first on.
class Saved {
 public:
  Saved(postgres::Database& database, Position size) : database_(database), size_(size) {}

  using Each =
      absl::FunctionRef<absl::Status(const log::v1::Entry&, std::string&, std::vector<Addition::Text>)>;
  absl::StatusOr<ledger::Frontier> ForEach(Each each) {
    bundle::EntryCheck check;
    for (Position at = 0; at < size_;) {
      ASSIGN_OR_RETURN(std::vector<std::string> page, ReadPage(database_, at, size_));
      ASSIGN_OR_RETURN(std::vector<Addition::Text> texts, ReadTexts(at, at + page.size()));
      auto next_text = texts.begin();
      for (std::string& bytes : page) {
        auto end =
            std::find_if(next_text, texts.end(), [at](const auto& text) { return text.position != at; });
        ASSIGN_OR_RETURN(const log::v1::Entry entry, check.Take(ToProto(at, bytes, {next_text, end})));
        RETURN_IF_ERROR(each(entry, bytes, {next_text, end}));
        next_text = end;
        ++at;
      }
    }
    RETURN_IF_ERROR(check.Finish());
    return check.frontier();
  }

 private:
  absl::StatusOr<std::vector<Addition::Text>> ReadTexts(Position begin, Position end) {
    return database_.Read(
        "read texts", [&](Transaction& transaction) { return ledger::ReadTexts(transaction, begin, end); });
  }

  static log::v1::StoredEntry ToProto(Position position, const std::string& bytes,
                                      const std::vector<Addition::Text>& texts) {
    log::v1::StoredEntry stored;
    stored.set_position(position);
    stored.set_entry(bytes);
    for (const Addition::Text& text : texts) {
      while (stored.texts_size() <= static_cast<int>(text.index)) stored.add_texts();
      stored.mutable_texts(static_cast<int>(text.index))->set_salt(text.stored.salt);
      stored.mutable_texts(static_cast<int>(text.index))->set_text(text.stored.text);
    }
    return stored;
  }

  postgres::Database& database_;
  const Position size_;
};

// The entry that stands before all others, which were recorded from `first_micros` on.
ledger::NewEntry FirstEntry(log::v1::LogContinued continued, const std::string& reason, int64_t first_micros,
                            int64_t now_micros) {
  continued.mutable_reason()->set_index(0);
  SetMicros(now_micros, *continued.mutable_continued_at());
  log::v1::LogEvent payload;
  *payload.mutable_log_continued() = std::move(continued);
  ledger::Command command;
  command.caller.subject = kActor;
  command.request_id = NewUuid();
  command.request_digest = ledger::Sha256(payload.SerializeAsString());
  NewEvent event{.type = "seisaku.log.v1.LogEvent/log_continued",
                 .resource = {},
                 .payload = payload.SerializeAsString(),
                 .texts = {reason},
                 .source = {}};
  ledger::NewEntry made =
      ledger::MakeEntry(std::move(event), command, std::min(now_micros, first_micros - 1), 0, kProducer);
  made.entry.set_command_size(1);
  return made;
}

absl::Status Copy(Saved& saved, Transaction& transaction, Head head, ledger::NewEntry first) {
  Appending appending{ledger::TileBuilder()};
  appending.Take(first.entry, first.entry.SerializeAsString(), {{0, 0, std::move(first.texts[0])}});
  RETURN_IF_ERROR(appending.Add(transaction, head));
  auto copied =
      saved.ForEach([&](const log::v1::Entry& entry, std::string& bytes, std::vector<Addition::Text> texts) {
        for (Addition::Text& text : texts) ++text.position;
        appending.Take(entry, std::move(bytes), std::move(texts));
        return appending.is_ready() ? appending.Add(transaction, head) : absl::OkStatus();
      });
  if (!copied.ok()) return copied.status();
  return appending.is_empty() ? absl::OkStatus() : appending.Add(transaction, head);
}

}  // namespace

absl::StatusOr<Begun> BeginAnew(const NewOrigin& wanted) {
  if (wanted.reason.empty()) return absl::InvalidArgumentError("--reason is empty");
  RETURN_IF_ERROR(CheckWords("--reason", wanted.reason, kMaxReasonBytes, Lines::kAny));
  ASSIGN_OR_RETURN(const auto from, OpenLogDatabase(wanted.from));
  ASSIGN_OR_RETURN(const auto to, OpenLogDatabase(wanted.to));
  ASSIGN_OR_RETURN(const Head old_head, ReadHead(*from));
  std::string note;
  ASSIGN_OR_RETURN(const ledger::Checkpoint lost, ReadCheckpoint(wanted, old_head.origin, &note));
  if (lost.size <= old_head.size) {
    return absl::FailedPreconditionError(
        fmt::format("nothing was lost: {} entries were signed and {} are there", lost.size, old_head.size));
  }
  if (wanted.origin == old_head.origin || !ledger::IsKeyName(wanted.origin)) {
    return absl::InvalidArgumentError(fmt::format("{} cannot be the new origin", wanted.origin));
  }

  Saved saved(*from, old_head.size);
  int64_t first_micros = std::numeric_limits<int64_t>::max();
  ASSIGN_OR_RETURN(
      const ledger::Frontier frontier,
      saved.ForEach([&](const log::v1::Entry& entry, std::string&, const std::vector<Addition::Text>&) {
        first_micros = std::min(first_micros, ToMicros(entry.recorded_at()));
        return absl::OkStatus();
      }));
  if (frontier.ToBytes() != old_head.frontier) return absl::DataLossError("what was saved is no whole log");

  log::v1::LogContinued continued;
  continued.set_previous_origin(old_head.origin);
  continued.set_lost_checkpoint(note);
  continued.set_saved_size(frontier.size());
  continued.set_saved_root(ledger::ToBytes(frontier.Root()));
  const absl::Status done = to->Run("begin anew", [&](Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(ledger::CreateHead(transaction, wanted.origin));
    ASSIGN_OR_RETURN(const ledger::Ahead ahead, ledger::LockHead(transaction, {}));
    if (ahead.head.size != 0 || ahead.head.origin != wanted.origin) {
      return absl::FailedPreconditionError(
          fmt::format("the new database has {} entries of {} already", ahead.head.size, ahead.head.origin));
    }
    if (!wanted.write) return absl::AbortedError("only looked");  // rolls back
    return Copy(saved, transaction, ahead.head,
                FirstEntry(continued, wanted.reason, first_micros, ahead.now_micros));
  });
  if (!done.ok() && (wanted.write || !absl::IsAborted(done))) return done;
  return Begun{frontier.size(), lost.size - frontier.size()};
}

}  // namespace seisaku::admin
