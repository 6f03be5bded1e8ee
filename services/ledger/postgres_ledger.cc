#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/base/steady.h"
#include "services/ledger/committer.h"
#include "services/ledger/image.h"
#include "services/ledger/ledger.h"
#include "services/ledger/log_store.h"
#include "services/ledger/schema.h"
#include "services/ledger/signing.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/errors.h"
#include "services/postgres/database.h"
#include "services/postgres/libpq/notifications.h"

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
      : options_(std::move(options)),
        keys_(options_.key.value(), options_.previous_key),
        database_(std::move(database)),
        image_(state) {}
  // Keeps a last checkpoint.
  ~PostgresLedger() override {
    if (committer_) committer_->Join();  // first: it calls the listener, and the listener calls it
    listener_.reset();
    committer_.reset();
    if (opened_) (void)KeepNewest();
  }

  // Folds and verifies the log, and starts the threads.
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
  absl::StatusOr<log::v1::Entry> ReadEntry(Position position) override;
  absl::StatusOr<std::vector<std::optional<std::string>>> ReadTexts(
      const std::vector<TextKey>& keys) override;
  absl::StatusOr<Frontier> FrontierAt(Position size) override;
  std::unique_ptr<HashReader> Tree() override {
    return std::make_unique<TiledHashes>(HashesOf(image_.edge()));
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
  absl::Status Current() override { return committer_->Current(options_.stale_after); }
  Figures figures() override;

 private:
  // Folds the log and compares it with the kept checkpoint and the head.
  absl::Status Recover();
  // Folds the log up to `head` and verifies that the holder of the key committed it: the head is sealed, or it is
  // from before there were seals and the kept checkpoint vouches for it.
  absl::Status VerifyHead(const Head& head, ReadPage read);
  // Seals a head that the current key has not sealed.
  absl::Status SealHead();
  // OK where the tree with this edge extends `frontier`; else DATA_LOSS LOG_CORRUPT.
  absl::Status CheckExtended(const Frontier& frontier, const TileBuilder& edge);
  TiledHashes HashesOf(TileBuilder edge) {
    return {std::move(edge), [this](int level, uint64_t index) {
              return database_->Read("read tile", [&](Transaction& t) { return ReadTile(t, level, index); });
            }};
  }
  Checkpoint CheckpointOf(const Frontier& frontier) const {
    return {.origin = options_.origin, .size = frontier.size(), .root = frontier.Root()};
  }
  absl::Status KeepNewest();

  const Options options_;
  const SigningKeys keys_;
  std::unique_ptr<postgres::Database> database_;
  Image image_;
  std::unique_ptr<CheckpointKeeper> keeper_;
  bool opened_ = false;
  SteadyTime keep_due_;  // used by the listener's thread
  std::unique_ptr<Committer> committer_;
  std::unique_ptr<postgres::Listener> listener_;
};

absl::Status PostgresLedger::Start(const Clock& clock) {
  if (!options_.checkpoint_file.empty()) {
    ASSIGN_OR_RETURN(keeper_, CheckpointKeeper::Open(options_.checkpoint_file, keys_));
  }
  RETURN_IF_ERROR(postgres::CheckSchema(*database_, Schema()));
  RETURN_IF_ERROR(postgres::CheckDurability(*database_));
  RETURN_IF_ERROR(database_->Run(
      "create head", [&](Transaction& transaction) { return CreateHead(transaction, options_.origin); }));
  RETURN_IF_ERROR(Recover());
  RETURN_IF_ERROR(CheckProtection(*database_));  // last: errors of the log itself are reported first
  if (keeper_) RETURN_IF_ERROR(keeper_->KeepSealed(image_.published()));
  RETURN_IF_ERROR(KeepNewest());
  opened_ = true;
  committer_ = std::make_unique<Committer>(
      Committer::Options{keys_, options_.producer, options_.clock_tolerance, options_.max_queued_commands,
                         [this](Position size) { listener_->Notify(absl::StrCat(size)); }},
      *database_, image_, clock);
  auto listener = postgres::Listener::Start(
      {.dsn = options_.dsn, .channel = kChannel, .interval = options_.poll_interval},
      [this](const std::string& payload) {
        Position size = Committer::kUnknownSize;
        committer_->Wake(absl::SimpleAtoi(payload, &size) ? size : Committer::kUnknownSize);
        // Keeps a checkpoint of new entries soon, even where nobody asks for one.
        if (SteadyNow() < keep_due_) return;
        keep_due_ = SteadyAfter(options_.poll_interval);
        (void)KeepNewest();  // Health() reports an error
      });
  if (!listener.ok()) return listener.status();
  listener_ = *std::move(listener);
  return absl::OkStatus();
}

absl::Status PostgresLedger::Recover() {
  const auto read = [this](Position begin, Position end) {
    return database_->Read(
        "fold", [&](Transaction& transaction) { return ReadBytes(transaction, begin, end, kFoldPageBytes); });
  };
  ASSIGN_OR_RETURN(const Head head, database_->Read("open", ReadHead));
  if (head.origin != options_.origin) return errors::OriginMismatch(options_.origin, head.origin);
  // Compare the kept checkpoint with the entries, not with the tiles: somebody may have changed only entries.
  if (const auto kept = keeper_ ? keeper_->kept() : std::nullopt; kept.has_value()) {
    RETURN_IF_ERROR(FoldTo(image_, std::min(kept->size, head.size), read));
    const Checkpoint found = CheckpointOf(image_.folded());
    if (found.size < kept->size) {
      return errors::LogRolledBack(options_.origin, kept->size, kept->root, found.size, found.root);
    }
    if (found != *kept) return errors::LogFork(options_.origin, kept->size, kept->root, found.root);
  }
  RETURN_IF_ERROR(FoldTo(image_, head.size, read));
  RETURN_IF_ERROR(VerifyHead(head, read));
  const bool is_current = CheckSeal(head, {&keys_.current().verifier(), 1}).ok();
  return is_current ? absl::OkStatus() : SealHead();
}

absl::Status PostgresLedger::VerifyHead(const Head& head, ReadPage read) {
  if (!head.seal.empty()) return FoldTo(image_, head, keys_, read);
  if (keeper_ && keeper_->sealed_size().has_value()) {
    return errors::LogCorrupt(
        head.size, absl::StrCat("the head has no seal, and was sealed at size ", *keeper_->sealed_size()));
  }
  const auto kept = keeper_ ? keeper_->kept() : std::nullopt;
  const Position vouched_for = kept ? kept->size : 0;
  if (head.size != vouched_for) return errors::LogUnsealed(options_.origin, vouched_for, head.size);
  RETURN_IF_ERROR(CheckTree(image_, head));
  return keys_.CheckCurrent(image_.named_keys());
}

absl::Status PostgresLedger::SealHead() {
  return database_->Run("seal", [this](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const LockedHead locked, LockHead(transaction, {}));
    RETURN_IF_ERROR(VerifyHead(locked.head, [&transaction](Position begin, Position end) {
      return ReadBytes(transaction, begin, end, kFoldPageBytes);
    }));
    return WriteSeal(transaction, locked.head, keys_.current());
  });
}

Figures PostgresLedger::figures() {
  postgres::Database::Figures storage = database_->figures();
  Figures figures = {.queued_commands = committer_->queued(),
                     .batch_commands = committer_->batch_commands(),
                     .batch_seconds = committer_->batch_seconds(),
                     .max_connections = storage.max_connections,
                     .open_connections = storage.open_connections,
                     .used_connections = storage.used_connections,
                     .storage_errors = std::move(storage.errors)};
  if (const auto kept = keeper_ ? keeper_->kept() : std::nullopt) {
    figures.checkpoint_size = kept->size;
    figures.checkpoint_at = keeper_->kept_at();
  }
  return figures;
}

absl::Status PostgresLedger::KeepNewest() {
  return keeper_ ? keeper_->Keep(CheckpointOf(image_.edge().frontier())) : absl::OkStatus();
}

void PostgresLedger::Submit(Command command, absl::Time deadline, Done done) {
  const int64_t bytes = BytesOf(command);
  absl::Status fits = CheckSize(command, bytes);
  auto pending = std::make_shared<Pending>(std::move(command), bytes, ToSteady(deadline), std::move(done));
  if (fits.ok()) fits = committer_->Enqueue(pending);
  if (!fits.ok()) pending->Complete(fits);
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
    for (WriteBatch::Text& text : texts) {
      auto& of_entry = stored[text.position - begin].texts;
      if (of_entry.size() <= text.index) of_entry.resize(text.index + 1);
      of_entry[text.index] = std::move(text.stored);
    }
    return stored;
  });
}

absl::StatusOr<log::v1::Entry> PostgresLedger::ReadEntry(Position position) {
  const TileBuilder edge = image_.edge();
  return database_->Read("read entry", [&](Transaction& transaction) -> absl::StatusOr<log::v1::Entry> {
    ASSIGN_OR_RETURN(const auto bytes, ReadBytes(transaction, position, position + 1));
    RETURN_IF_ERROR(MakeLeafCheck(edge, transaction).Check(position, bytes.front()));
    log::v1::Entry entry;
    if (!entry.ParseFromString(bytes.front())) {
      return errors::LogCorrupt(position, "the entry cannot be parsed");
    }
    return entry;
  });
}

absl::StatusOr<std::vector<std::optional<std::string>>> PostgresLedger::ReadTexts(
    const std::vector<TextKey>& keys) {
  if (keys.empty()) return std::vector<std::optional<std::string>>{};
  return database_->Read("read texts", [&, edge = image_.edge()](Transaction& transaction) {
    return ReadTextsAt(transaction, keys, edge);
  });
}

absl::StatusOr<Frontier> PostgresLedger::FrontierAt(Position size) {
  const TileBuilder edge = image_.edge();
  if (size == edge.size()) return edge.frontier();
  if (size > edge.size()) return errors::PositionBeyondEnd(size, edge.size());
  TiledHashes tree = HashesOf(edge);
  ASSIGN_OR_RETURN(Frontier frontier, ledger::FrontierAt(size, tree));
  RETURN_IF_ERROR(CheckExtended(frontier, edge));
  return frontier;
}

// Stored tiles and entries may have been changed since they were folded. The image's edge is what was sealed.
absl::Status PostgresLedger::CheckExtended(const Frontier& frontier, const TileBuilder& edge) {
  if (frontier.size() > edge.size()) return errors::PositionBeyondEnd(frontier.size(), edge.size());
  TiledHashes tree = HashesOf(edge);
  ASSIGN_OR_RETURN(const Proof proof, ConsistencyProof(frontier.size(), edge.size(), tree));
  if (VerifyConsistency(frontier.size(), frontier.Root(), edge.size(), edge.frontier().Root(), proof).ok()) {
    return absl::OkStatus();
  }
  return errors::LogCorrupt(frontier.size(), "stored entries or tiles are not those that were folded");
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
  RETURN_IF_ERROR(CheckExtended(frontier, image_.edge()));
  RETURN_IF_ERROR(Current());
  const Checkpoint wanted = CheckpointOf(frontier);
  if (keeper_) RETURN_IF_ERROR(keeper_->Keep(wanted));
  return ledger::SignCheckpoint(wanted, keys_.signers());
}

}  // namespace

absl::StatusOr<std::unique_ptr<Ledger>> Ledger::Open(Options options, StateMachine& state,
                                                     const Clock& clock) {
  if (!options.key.has_value()) return absl::InternalError("a log is not opened without its key");
  for (const auto& key : {options.key, options.previous_key}) {
    if (key && key->name() != options.origin) return errors::OriginMismatch(options.origin, key->name());
  }
  // Every statement finds its rows by index. A prepared statement would keep for ever a plan that suited the small
  // table of its first use, so other plans are off. Compiling these statements (jit) takes longer than running them.
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
