#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/ledger/checkpoint_keeper.h"
#include "services/ledger/committer.h"
#include "services/ledger/folding.h"
#include "services/ledger/image.h"
#include "services/ledger/ledger.h"
#include "services/ledger/log_store.h"
#include "services/ledger/schema.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/errors.h"
#include "services/postgres/database.h"
#include "services/postgres/notifications.h"

namespace seisaku::ledger {
namespace {

using postgres::Transaction;

constexpr int64_t kMaxReadBytes = 4 << 20;
constexpr int64_t kMaxCopyFraming = 1 << 20;

int64_t BytesOf(const Command& command) {
  int64_t bytes = 0;
  for (const auto& step : command.steps) bytes += static_cast<int64_t>(step->ByteSizeLong());
  return bytes;
}

absl::Status CheckSize(const Command& command, int64_t bytes) {
  if (command.steps.size() > kMaxCommandEvents) {
    return errors::CommandTooLarge("changes", kMaxCommandEvents, static_cast<int64_t>(command.steps.size()));
  }
  // A peer copies whole commands, each with its entries' framing and a checkpoint.
  int64_t limit = command.caller.role == Role::kPeer ? kMaxCommandBytes + kMaxCopyFraming : kMaxCommandBytes;
  if (bytes > limit) return errors::CommandTooLarge("bytes", limit, bytes);
  return absl::OkStatus();
}

class PostgresLedger final : public Ledger {
 public:
  PostgresLedger(Options options, std::unique_ptr<postgres::Database> database, StateMachine& state)
      : options_(std::move(options)), database_(std::move(database)), image_(state) {}
  // What was appended last is kept too.
  ~PostgresLedger() override {
    if (committer_) committer_->End();  // it tells the listener, and the listener wakes it
    listener_.reset();
    committer_.reset();
    if (opened_) (void)KeepNewest();
  }

  // Folds the log, compares it with the kept checkpoint, and starts the threads.
  absl::Status Start(const Clock& clock);

  void Submit(Command command, absl::Time deadline, Done done) override;
  void Stop() override {
    committer_->Stop();
    image_.StopWaiting();
  }
  absl::StatusOr<Snapshot> Read(const ReadOptions& options) override { return image_.Read(options); }
  Position WaitForSize(Position size, absl::Time deadline) override {
    return image_.WaitForSize(size, deadline);
  }
  absl::StatusOr<std::vector<StoredEntry>> ReadEntries(Position begin, int limit, bool with_texts) override;
  absl::StatusOr<std::vector<std::optional<std::string>>> ReadTexts(
      const std::vector<TextKey>& keys) override;
  absl::StatusOr<Frontier> FrontierAt(Position size) override;
  std::unique_ptr<HashReader> Tree() override {
    return std::make_unique<TiledHashes>(image_.edge(), [this](int level, uint64_t index) {
      return database_->Read("read tile", [&](Transaction& t) { return ReadTile(t, level, index); });
    });
  }
  absl::Status AddCosignatures(Position size, const std::vector<Cosignature>& cosignatures) override;
  absl::StatusOr<Cosignatures> ReadCosignatures(Position least, Position most) override;
  absl::StatusOr<Digests> DigestState(Position size, absl::Time deadline) override {
    return image_.DigestState(size, deadline);
  }
  absl::StatusOr<std::string> SignCheckpoint(const Frontier& frontier) override;
  absl::Status Health() override {
    RETURN_IF_ERROR(committer_->Health());
    return keeper_ ? keeper_->Health() : absl::OkStatus();
  }

 private:
  absl::Status Fold();
  Checkpoint CheckpointOf(const Frontier& frontier) const {
    return {.origin = options_.origin, .size = frontier.size(), .root = frontier.Root()};
  }
  absl::Status KeepNewest();

  const Options options_;
  std::unique_ptr<postgres::Database> database_;
  Image image_;
  std::unique_ptr<CheckpointKeeper> keeper_;
  bool opened_ = false;
  absl::Time keep_due_ = absl::InfinitePast();  // of the listener's thread
  std::unique_ptr<Committer> committer_;
  std::unique_ptr<postgres::Listener> listener_;
};

absl::Status PostgresLedger::Start(const Clock& clock) {
  if (!options_.checkpoint_file.empty()) {
    ASSIGN_OR_RETURN(keeper_, CheckpointKeeper::Open(options_.checkpoint_file, options_.key.value()));
  }
  RETURN_IF_ERROR(postgres::CheckSchema(*database_, Schema()));
  RETURN_IF_ERROR(postgres::CheckDurability(*database_));
  RETURN_IF_ERROR(database_->Run(
      "create head", [&](Transaction& transaction) { return CreateHead(transaction, options_.origin); }));
  RETURN_IF_ERROR(Fold());
  RETURN_IF_ERROR(KeepNewest());
  opened_ = true;
  committer_ = std::make_unique<Committer>(
      Committer::Options{options_.clock_tolerance, options_.max_queued_commands,
                         [this](Position size) { listener_->Notify(absl::StrCat(size)); }},
      *database_, image_, clock);
  auto listener = postgres::Listener::Start(
      {.dsn = options_.dsn, .channel = kChannel, .interval = options_.poll_interval},
      [this](const std::string& payload) {
        Position size = Committer::kUnknownSize;
        committer_->Wake(absl::SimpleAtoi(payload, &size) ? size : Committer::kUnknownSize);
        // Where nobody asks for checkpoints, one is kept nevertheless, soon after what it speaks of.
        if (absl::Now() < keep_due_) return;
        keep_due_ = absl::Now() + options_.poll_interval;
        (void)KeepNewest();  // Health() says what went wrong
      });
  if (!listener.ok()) return listener.status();
  listener_ = *std::move(listener);
  return absl::OkStatus();
}

absl::Status PostgresLedger::Fold() {
  const auto read = [this](Position begin, Position end) {
    return database_->Read(
        "fold", [&](Transaction& transaction) { return ReadBytes(transaction, begin, end, kFoldPageBytes); });
  };
  ASSIGN_OR_RETURN(const Head head, database_->Read("open", ReadHead));
  if (head.origin != options_.origin) return errors::OriginMismatch(options_.origin, head.origin);
  // What was kept is compared with the entries themselves: whoever changed some may have left the tiles.
  if (const auto kept = keeper_ ? keeper_->kept() : std::nullopt; kept.has_value()) {
    RETURN_IF_ERROR(FoldTo(image_, std::min(kept->size, head.size), read));
    const Checkpoint found = CheckpointOf(image_.folded());
    if (found.size < kept->size) {
      return errors::LogRolledBack(options_.origin, kept->size, kept->root, found.size, found.root);
    }
    if (found != *kept) return errors::LogFork(options_.origin, kept->size, kept->root, found.root);
  }
  return FoldTo(image_, head, read);
}

absl::Status PostgresLedger::KeepNewest() {
  return keeper_ ? keeper_->Keep(CheckpointOf(image_.edge().frontier())) : absl::OkStatus();
}

void PostgresLedger::Submit(Command command, absl::Time deadline, Done done) {
  const int64_t bytes = BytesOf(command);
  absl::Status fits = CheckSize(command, bytes);
  auto pending = std::make_shared<Pending>(std::move(command), bytes, deadline, std::move(done));
  if (fits.ok()) fits = committer_->Enqueue(pending);
  if (!fits.ok()) pending->Tell(fits);
}

absl::StatusOr<std::vector<StoredEntry>> PostgresLedger::ReadEntries(Position begin, int limit,
                                                                     bool with_texts) {
  using Stored = std::vector<StoredEntry>;
  Position end = std::min(image_.published(), begin + static_cast<Position>(std::max(limit, 0)));
  if (begin >= end) return Stored{};
  return database_->Read("read entries", [&](Transaction& transaction) -> absl::StatusOr<Stored> {
    ASSIGN_OR_RETURN(auto bytes, ReadBytes(transaction, begin, end, kMaxReadBytes));
    Stored stored;
    stored.reserve(bytes.size());
    for (std::string& leaf : bytes) {
      stored.push_back({.position = begin + stored.size(), .bytes = std::move(leaf), .texts = {}});
    }
    if (!with_texts) return stored;
    ASSIGN_OR_RETURN(auto texts, ledger::ReadTexts(transaction, begin, begin + stored.size()));
    for (Addition::Text& text : texts) {
      auto& of_entry = stored[text.position - begin].texts;
      if (of_entry.size() <= text.index) of_entry.resize(text.index + 1);
      of_entry[text.index] = std::move(text.stored);
    }
    return stored;
  });
}

absl::StatusOr<std::vector<std::optional<std::string>>> PostgresLedger::ReadTexts(
    const std::vector<TextKey>& keys) {
  if (keys.empty()) return std::vector<std::optional<std::string>>{};
  return database_->Read("read texts",
                         [&](Transaction& transaction) { return ReadTextsAt(transaction, keys); });
}

absl::StatusOr<Frontier> PostgresLedger::FrontierAt(Position size) {
  const TileBuilder edge = image_.edge();
  if (size == edge.size()) return edge.frontier();
  if (size > edge.size()) return errors::PositionBeyondEnd(size, edge.size());
  return ledger::FrontierAt(size, *Tree());
}

absl::Status PostgresLedger::AddCosignatures(Position size, const std::vector<Cosignature>& cosignatures) {
  return database_->Run("add cosignatures", [&](Transaction& transaction) {
    return ledger::AddCosignatures(transaction, size, cosignatures);
  });
}

absl::StatusOr<Cosignatures> PostgresLedger::ReadCosignatures(Position least, Position most) {
  return database_->Read("read cosignatures", [&](Transaction& transaction) {
    return ledger::ReadCosignatures(transaction, least, most);
  });
}

absl::StatusOr<std::string> PostgresLedger::SignCheckpoint(const Frontier& frontier) {
  if (!options_.key.has_value()) {
    return absl::InternalError("this ledger was opened without a key to sign checkpoints with");
  }
  const Checkpoint wanted = CheckpointOf(frontier);
  if (keeper_) RETURN_IF_ERROR(keeper_->Keep(wanted));
  return ledger::SignCheckpoint(wanted, *options_.key);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Ledger>> Ledger::Open(Options options, StateMachine& state,
                                                     const Clock& clock) {
  // Every statement here finds its rows by index, and says so once: what a table's early statistics suggest
  // would stay in a prepared statement for ever. Compiling such statements (jit) takes longer than they do.
  auto database = postgres::Database::Create({.dsn = options.dsn,
                                              .settings = {{"jit", "off"},
                                                           {"plan_cache_mode", "force_generic_plan"},
                                                           {"enable_seqscan", "off"},
                                                           {"enable_hashjoin", "off"},
                                                           {"enable_mergejoin", "off"}}});
  if (!database.ok()) return database.status();
  auto ledger = std::make_unique<PostgresLedger>(std::move(options), *std::move(database), state);
  RETURN_IF_ERROR(ledger->Start(clock));
  return ledger;
}

}  // namespace seisaku::ledger
