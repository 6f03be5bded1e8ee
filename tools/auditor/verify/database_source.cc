#include "tools/auditor/verify/database_source.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "services/base/status.h"
#include "services/ledger/log_store.h"
#include "services/ledger/schema.h"
#include "services/ledger/tree/note.h"
#include "services/postgres/database.h"
#include "tools/auditor/verify/stored_head.h"
#include "tools/auditor/verify/stored_page.h"

namespace seisaku::auditor {
namespace {

using postgres::Int64FromBinary;
using postgres::Transaction;

using Columns = absl::Span<const std::string_view>;

constexpr absl::Duration kPatience = absl::Minutes(10);
// How many entries say whose log it is: enough that a few that were changed do not.
constexpr int kTelling = 64;
// What is not protected is named up to so many.
constexpr size_t kMostUnprotected = 8;

class StoredLog final : public LogSource, public LogTiles {
 public:
  StoredLog(std::unique_ptr<postgres::Database> database, LogKind kind, std::string origin,
            const bundle::Trust& trust)
      : database_(std::move(database)),
        kind_(kind),
        origin_(std::move(origin)),
        place_("log_head of " + origin_),
        trust_(trust) {}

  LogKind kind() const override { return kind_; }
  const std::string& origin() const override { return origin_; }
  const std::string& place() const override { return place_; }
  LogTiles* tiles() override { return this; }
  bool has_edge() const override { return false; }

  absl::StatusOr<std::string> Read(int level, uint64_t index) override {
    return ledger::ReadTile(*transaction_, level, index);
  }

  // A database keeps no checkpoint that the log has signed, and its cosignatures are looked at when the roots
  // are known.
  std::vector<Evidence> ReadEvidences(LogVerifier& verifier) override {
    for (const Row& row : cosignatures_) verifier.Want(row.size);
    return {};
  }

  // What stands beside the entries.
  absl::Status ReadBeside() {
    return database_->Run("read cosignatures", [&](Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(unprotected_, ledger::FindUnprotected(transaction, ledger::Session::kOfAuditor));
      return transaction.CopyOut(
          "SELECT size, cosigner, line FROM cosignature ORDER BY size, cosigner", [&](Columns columns) {
            cosignatures_.push_back({static_cast<uint64_t>(Int64FromBinary(columns[0])),
                                     std::string(columns[1]), std::string(columns[2])});
            return true;
          });
    });
  }

  void OnEntry(uint64_t position, const log::v1::Entry& entry, LogVerifier& verifier) override {
    CheckRequest(position, entry, request_, verifier);
  }

  absl::Status Feed(LogVerifier& verifier, std::vector<Evidence>&) override {
    return database_->Run(
        "verify",
        [&](Transaction& transaction) -> absl::Status {
          transaction_ = &transaction;
          ASSIGN_OR_RETURN(stored_, ReadStoredHead(transaction));
          StoredPages pages(transaction);
          RETURN_IF_ERROR(pages.ForEach(verifier, request_));
          RETURN_IF_ERROR(FindStrayTiles(verifier));
          transaction_ = nullptr;
          return absl::OkStatus();
        },
        postgres::Mode::kReadOnly);
  }

  void Check(LogVerifier& verifier, Findings& findings) override {
    const LogFacts facts = verifier.facts();
    const ledger::Head& head = stored_.head;
    const auto differs = [&](bundle::Phrase expected, bundle::Phrase found) {
      verifier.Report(
          {std::min(facts.size, head.size), "HEAD_DIFFERS", std::move(expected), std::move(found)});
    };
    if (head.origin != origin_) differs(origin_, head.origin);
    if (head.size != facts.size) {
      differs({phrases::SIZE_IN_HEAD, {{"size", head.size}}}, {phrases::ENTRIES, {{"size", facts.size}}});
    } else if (!facts.has_gap && head.frontier != facts.frontier.ToBytes()) {
      differs(phrases::FRONTIER, phrases::ANOTHER_IN_HEAD);
    }
    const int64_t recorded_at = facts.size == 0 ? 0 : facts.recorded_at;
    if (head.recorded_at_micros != recorded_at) {
      differs({phrases::TIME_OF_LAST, {{"micros", recorded_at}}},
              {phrases::IN_HEAD, {{"value", head.recorded_at_micros}}});
    }
    CheckSeal(stored_, origin_, trust_, verifier, findings);
    for (const Row& row : cosignatures_) CheckCosignature(row, verifier, findings);
    AddUnprotected(findings);
  }

 private:
  struct Row {
    uint64_t size;
    std::string cosigner;
    std::string line;
  };

  absl::Status FindStrayTiles(LogVerifier& verifier) {
    const uint64_t size = verifier.size();
    return transaction_->CopyOut("SELECT level, index FROM tile ORDER BY level, index", [&](Columns columns) {
      const int64_t level = Int64FromBinary(columns[0]), index = Int64FromBinary(columns[1]);
      const bool possible = level >= 0 && level < 7 && index >= 0;
      if (!possible || static_cast<uint64_t>(index) >= size >> (ledger::kTileHeight * (level + 1))) {
        verifier.Report({size,
                         "TILE_STRAY",
                         phrases::NO_EDGE_TILE,
                         {phrases::TILE, {{"index", index}, {"level", level}}}});
      }
      return true;
    });
  }

  // Who can write to the database, can write rows that nobody signed: those are not the log's fault. The note
  // that was cosigned is made anew of the root that the entries have.
  void CheckCosignature(const Row& row, LogVerifier& verifier, Findings& findings) {
    if (ledger::SignerOf(row.line) != row.cosigner) {
      verifier.Note(
          {"COSIGNATURE_ROW", {phrases::COSIGNATURE_JUNK, {{"size", row.size}, {"cosigner", row.cosigner}}}});
      return;
    }
    // Without a root nothing fits, and somebody who is trusted is told from others all the same.
    const ledger::Checkpoint checkpoint{origin_, row.size,
                                        verifier.RootAt(row.size).value_or(ledger::Hash())};
    Evidence evidence{.from = "cosignature of " + origin_, .checkpoint = checkpoint};
    ReadCosignatures(fmt::format("{}\n{}", ledger::Format(checkpoint), row.line), trust_, evidence);
    for (std::string& cosigner : evidence.unfit) findings.unfit.push_back({std::move(cosigner), row.size});
    evidence.unfit.clear();
    if (!evidence.cosignatures.empty()) findings.evidences.push_back(std::move(evidence));
  }

  void AddUnprotected(Findings& findings) const {
    std::string what;
    size_t count = 0;
    for (const ledger::Unprotected& one : unprotected_) {
      // A database from before there were seals has no constraint for them.
      if (one.code == "CONSTRAINT_MISSING" && !stored_.has_seals) continue;
      if (++count <= kMostUnprotected)
        what += fmt::format("{}{} ({})", what.empty() ? "" : "; ", one.what, one.code);
    }
    if (count > kMostUnprotected) what += "; …";
    if (count == 0) return;
    findings.doubts.push_back(
        {"UNPROTECTED", {phrases::DOUBT_UNPROTECTED, {{"count", count}, {"what", what}}}});
  }

  const std::unique_ptr<postgres::Database> database_;
  const LogKind kind_;
  const std::string origin_;
  const std::string place_;
  const bundle::Trust& trust_;
  Transaction* transaction_ = nullptr;
  StoredHead stored_;
  std::vector<ledger::Unprotected> unprotected_;
  RequestBeside request_;  // of the entry that is handed over
  std::vector<Row> cosignatures_;
};

absl::StatusOr<std::unique_ptr<LogSource>> Open(const std::string& dsn, const bundle::Trust& trust) {
  ASSIGN_OR_RETURN(
      auto database,
      postgres::Database::Create(
          {.dsn = dsn,
           .writes = false,
           .answer_timeout = kPatience,
           .idle_in_transaction_timeout = kPatience,
           .settings = {{"default_transaction_isolation", "repeatable read"}, {"bytea_output", "hex"}}}));
  StoredHead stored;
  RETURN_IF_ERROR(database->Run(
      "read head",
      [&](Transaction& transaction) -> absl::Status {
        ASSIGN_OR_RETURN(stored, ReadStoredHead(transaction));
        return absl::OkStatus();
      },
      postgres::Mode::kReadOnly));
  ASSIGN_OR_RETURN(const LogKind kind, KindOf(*database));
  auto log = std::make_unique<StoredLog>(std::move(database), kind, stored.head.origin, trust);
  RETURN_IF_ERROR(log->ReadBeside());
  return log;
}

}  // namespace

absl::StatusOr<LogKind> KindOf(postgres::Database& database) {
  absl::Status read;
  for (const char* order : {"ASC", "DESC"}) {
    int progress = 0;
    read = database.Run(
        "whose log",
        [&](Transaction& transaction) {
          return transaction.CopyOut(
              fmt::format("SELECT bytes FROM entry ORDER BY position {} LIMIT {}", order, kTelling),
              [&](Columns columns) {
                log::v1::Entry entry;
                if (!entry.ParseFromArray(columns[0].data(), static_cast<int>(columns[0].size())))
                  return true;
                const std::string_view type = entry.type();
                if (type.starts_with("seisaku.progress.v1.")) ++progress;
                if (type.starts_with("seisaku.catalog.v1.")) --progress;
                return true;
              });
        },
        postgres::Mode::kReadOnly);
    if (read.ok()) return progress > 0 ? LogKind::kProgress : LogKind::kCatalog;
  }
  return read;
}

absl::StatusOr<std::unique_ptr<LogSource>> OpenStoredLog(const std::string& dsn, const bundle::Trust& trust) {
  auto log = Open(dsn, trust);
  if (log.ok() || !ReasonOf(log.status()).starts_with("STORAGE_")) return log;
  const auto code =
      absl::IsUnavailable(log.status()) ? log.status().code() : absl::StatusCode::kInvalidArgument;
  const std::string why(log.status().message());
  return MakeError(code, "DATABASE_UNUSABLE", "the database cannot be read: " + why, {{"why", why}});
}

}  // namespace seisaku::auditor
