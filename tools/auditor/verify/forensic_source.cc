#include "tools/auditor/verify/forensic_source.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "services/base/status.h"
#include "services/ledger/log_store.h"
#include "services/postgres/database.h"
#include "tools/auditor/verify/database_source.h"
#include "tools/auditor/verify/stored_page.h"

namespace seisaku::auditor {
namespace {

using postgres::Int64FromBinary;
using postgres::Transaction;
using Columns = absl::Span<const std::string_view>;

constexpr absl::Duration kPatience = absl::Minutes(10);
// Of positions, that are read at once behind a row that could not be read.
constexpr int64_t kStep = 1024;
constexpr int64_t kLevels = 8;
// No log comes so far, but somebody's row may: so that a step behind it is a number too.
constexpr int64_t kLastPosition = std::numeric_limits<int64_t>::max() - 2 * kStep;

absl::StatusOr<std::unique_ptr<postgres::Database>> OpenDatabase(const std::string& dsn) {
  return postgres::Database::Create({.dsn = dsn,
                                     .writes = false,
                                     .answer_timeout = kPatience,
                                     .idle_in_transaction_timeout = kPatience,
                                     // A broken page is met where its rows are asked for, and nowhere else.
                                     .settings = {{"enable_seqscan", "off"}, {"enable_bitmapscan", "off"}}});
}

class DamagedLog final : public LogSource, public LogTiles {
 public:
  // `stored` is the log with its head; nullptr: it has none.
  DamagedLog(std::unique_ptr<postgres::Database> database, std::unique_ptr<LogSource> stored, LogKind kind,
             absl::Status without_head)
      : database_(std::move(database)),
        stored_(std::move(stored)),
        kind_(kind),
        origin_(stored_ == nullptr ? "" : stored_->origin()),
        place_(stored_ == nullptr ? "a database without log_head" : stored_->place()),
        without_head_(std::move(without_head)) {}

  LogKind kind() const override { return kind_; }
  const std::string& origin() const override { return origin_; }
  const std::string& place() const override { return place_; }
  LogTiles* tiles() override { return this; }
  bool has_edge() const override { return false; }

  absl::StatusOr<std::string> Read(int level, uint64_t index) override {
    std::string hashes;
    RETURN_IF_ERROR(Run([&](Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(hashes, ledger::ReadTile(transaction, level, index));
      return absl::OkStatus();
    }));
    return hashes;
  }

  std::vector<Evidence> ReadEvidences(LogVerifier& verifier) override {
    return stored_ == nullptr ? std::vector<Evidence>() : stored_->ReadEvidences(verifier);
  }

  void OnEntry(uint64_t position, const log::v1::Entry& entry, LogVerifier& verifier) override {
    if (salvages_) {
      CheckRequest(position, entry, request_, verifier);
    } else {
      stored_->OnEntry(position, entry, verifier);
    }
  }

  absl::Status Feed(LogVerifier& verifier, std::vector<Evidence>& evidences) override {
    absl::Status read = without_head_;
    if (stored_ == nullptr) {
      verifier.Report({0, "HEAD_DIFFERS", phrases::FRONTIER, std::string(read.message())});
    } else {
      read = stored_->Feed(verifier, evidences);
      if (read.ok() || absl::IsUnavailable(read)) return read;
    }
    return Salvage(verifier);
  }

  void Check(LogVerifier& verifier, Findings& findings) override {
    if (stored_ != nullptr) stored_->Check(verifier, findings);
  }

 private:
  absl::Status Run(absl::FunctionRef<absl::Status(Transaction&)> body) {
    return database_->Run("salvage", body, postgres::Mode::kReadOnly);
  }

  // Goes on behind what was read, in ever smaller steps where a row cannot be read, until it is alone.
  absl::Status Salvage(LogVerifier& verifier) {
    salvages_ = true;
    const int64_t last = LastPosition();
    int64_t step = kStep;
    for (int64_t next = BehindTaken(verifier); next <= last;) {
      const absl::Status read = Run([&](Transaction& transaction) {
        StoredPages pages(transaction, next, next + step);
        return pages.ForEach(verifier, request_);
      });
      if (absl::IsUnavailable(read)) return read;
      if (read.ok()) {
        next = NextPosition(next + step).value_or(next + step);
        step = std::min(2 * step, kStep);
        continue;
      }
      next = std::max(next, BehindTaken(verifier));
      if (step == 1) {
        verifier.Report({static_cast<uint64_t>(next),
                         "ENTRY_UNREADABLE",
                         {phrases::POSITION, {{"position", next}}},
                         std::string(read.message())});
        ++next;
      }
      step = std::max<int64_t>(step / 2, 1);
    }
    return absl::OkStatus();
  }

  // As the index has it, or where that cannot be read, the head; -1: neither says. Not beyond kLastPosition.
  int64_t LastPosition() {
    for (const char* sql : {"SELECT max(position) FROM entry", "SELECT size - 1 FROM log_head"}) {
      if (const auto last = ReadNumber(sql)) return std::min(*last, kLastPosition);
    }
    return -1;
  }

  // The first position from `position` on at which the index has an entry: there may be rows at any, and
  // between them nothing. nullopt: there is none, or the index cannot be read.
  std::optional<int64_t> NextPosition(int64_t position) {
    return ReadNumber(fmt::format("SELECT min(position) FROM entry WHERE position >= {}", position));
  }

  std::optional<int64_t> ReadNumber(const std::string& sql) {
    std::optional<int64_t> number;
    // What cannot be read says nothing.
    (void)Run([&](Transaction& transaction) {
      return transaction.CopyOut(sql, [&](Columns columns) {
        if (!columns[0].empty()) number = Int64FromBinary(columns[0]);
        return true;
      });
    });
    return number;
  }

  static int64_t BehindTaken(const LogVerifier& verifier) {
    return static_cast<int64_t>(std::min<uint64_t>(verifier.size(), kLastPosition + 1));
  }

  const std::unique_ptr<postgres::Database> database_;
  const std::unique_ptr<LogSource> stored_;
  const LogKind kind_;
  const std::string origin_;
  const std::string place_;
  const absl::Status without_head_;
  bool salvages_ = false;
  RequestBeside request_;
};

class ForensicLog final : public LogSource, public LogTiles {
 public:
  ForensicLog(LogKind kind, std::string folder, bundle::ForensicReader reader)
      : kind_(kind), place_(std::move(folder)), reader_(std::move(reader)) {}

  LogKind kind() const override { return kind_; }
  const std::string& origin() const override { return reader_.manifest().origin(); }
  const std::string& place() const override { return place_; }
  LogTiles* tiles() override { return reader_.has_tiles() ? this : nullptr; }
  bool has_edge() const override { return false; }
  absl::StatusOr<std::string> Read(int level, uint64_t index) override {
    return reader_.ReadTile(level, index);
  }

  std::vector<Evidence> ReadEvidences(LogVerifier&) override { return {}; }
  absl::Status Feed(LogVerifier& verifier, std::vector<Evidence>&) override {
    const absl::Status read = reader_.ForEach([&](log::v1::StoredEntry& stored) {
      verifier.Take(stored);
      return absl::OkStatus();
    });
    if (!read.ok()) {
      verifier.Report({verifier.size(), "FILE_DAMAGED", phrases::WHOLE_FILES, std::string(read.message())});
    }
    return absl::OkStatus();
  }

 private:
  const LogKind kind_;
  const std::string place_;
  const bundle::ForensicReader reader_;
};

// The rows of a query that makes JSON of them.
absl::Status SaveTable(postgres::Database& database, const char* table, const char* sql, const char* code,
                       bundle::ForensicWriter& writer) {
  absl::Status written;
  const absl::Status read = database.Run(
      "save rows",
      [&](Transaction& transaction) {
        return transaction.CopyOut(sql, [&](Columns columns) {
          written.Update(writer.AddRow(table, columns[0]));
          return written.ok();
        });
      },
      postgres::Mode::kReadOnly);
  if (!read.ok())
    writer.AddDamage(writer.end(), code, fmt::format("table {}", table), std::string(read.message()));
  return written;
}

absl::Status SaveTiles(postgres::Database& database, bundle::ForensicWriter& writer) {
  absl::Status written;
  const absl::Status read = database.Run(
      "save tiles",
      [&](Transaction& transaction) {
        return transaction.CopyOut(
            "SELECT level, index, hashes FROM tile ORDER BY level, index", [&](Columns columns) {
              const int64_t level = Int64FromBinary(columns[0]);
              const int64_t index = Int64FromBinary(columns[1]);
              if (level < 0 || level >= kLevels || index < 0) return true;
              written.Update(
                  writer.AddTile(static_cast<int>(level), static_cast<uint64_t>(index), columns[2]));
              return written.ok();
            });
      },
      postgres::Mode::kReadOnly);
  if (!read.ok()) writer.AddDamage(writer.end(), "TILE_MISSING", "table tile", std::string(read.message()));
  return written;
}

}  // namespace

absl::StatusOr<std::unique_ptr<LogSource>> OpenDamagedLog(const std::string& dsn,
                                                          const bundle::Trust& trust) {
  auto stored = OpenStoredLog(dsn, trust);
  if (ReasonOf(stored.status()) == "DATABASE_UNUSABLE" && absl::IsUnavailable(stored.status())) {
    return stored.status();
  }
  ASSIGN_OR_RETURN(auto database, OpenDatabase(dsn));
  if (stored.ok()) {
    const LogKind kind = (*stored)->kind();
    return std::make_unique<DamagedLog>(std::move(database), *std::move(stored), kind, absl::OkStatus());
  }
  const absl::StatusOr<LogKind> kind = KindOf(*database);
  if (!kind.ok()) return stored.status();  // there are no entries that could be read
  return std::make_unique<DamagedLog>(std::move(database), nullptr, *kind, stored.status());
}

absl::Status SaveRows(const std::string& dsn, bundle::ForensicWriter& writer) {
  ASSIGN_OR_RETURN(const auto database, OpenDatabase(dsn));
  RETURN_IF_ERROR(SaveTiles(*database, writer));
  RETURN_IF_ERROR(SaveTable(
      *database, "tile", "SELECT row_to_json(t)::text FROM tile t WHERE level < 0 OR level > 7 OR index < 0",
      "TILE_STRAY", writer));
  RETURN_IF_ERROR(SaveTable(*database, "log_head", "SELECT row_to_json(t)::text FROM log_head t",
                            "HEAD_DIFFERS", writer));
  RETURN_IF_ERROR(SaveTable(*database, "cosignature",
                            "SELECT row_to_json(t)::text FROM cosignature t ORDER BY size, cosigner",
                            "COSIGNATURE_INVALID", writer));
  // Those that stand beside an entry are in its file.
  return SaveTable(
      *database, "entry_text",
      "SELECT row_to_json(t)::text FROM entry_text t "
      "WHERE index < 0 OR index >= 65536 OR length(salt) <> 16 "
      "OR NOT EXISTS (SELECT FROM entry e WHERE e.position = t.position) ORDER BY position, index",
      "TEXT_MISSING", writer);
}

absl::StatusOr<std::unique_ptr<LogSource>> OpenForensicLog(LogKind kind, const std::string& folder) {
  ASSIGN_OR_RETURN(bundle::ForensicReader reader, bundle::ForensicReader::Open(folder));
  return std::make_unique<ForensicLog>(kind, folder, std::move(reader));
}

}  // namespace seisaku::auditor
