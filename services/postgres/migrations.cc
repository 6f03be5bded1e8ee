#include "services/postgres/migrations.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "absl/strings/escaping.h"
#include "fmt/format.h"
#include "services/base/files.h"
#include "services/base/status.h"

namespace seisaku::postgres {
namespace {

namespace fs = std::filesystem;

constexpr Statement kLock = {"migration-lock",
                             "SELECT pg_advisory_xact_lock(hashtext('seisaku schema_migration'))"};
constexpr Statement kTableExists = {"migration-table-exists",
                                    "SELECT to_regclass('public.schema_migration') IS NOT NULL"};
constexpr Statement kApplied = {"migration-applied",
                                "SELECT number, name, checksum FROM public.schema_migration ORDER BY number"};
constexpr Statement kRecord = {"migration-record",
                               "INSERT INTO public.schema_migration (number, name, checksum, applied_at) "
                               "VALUES ($1, $2, $3, clock_timestamp())"};
constexpr std::string_view kCreateTable =
    "CREATE TABLE public.schema_migration ("
    "  number int PRIMARY KEY,"
    "  name text NOT NULL,"
    "  checksum text NOT NULL,"  // SHA-256 of the SQL, hexadecimal
    "  applied_at timestamptz NOT NULL);"
    "GRANT SELECT ON public.schema_migration TO PUBLIC";

struct Applied {
  int number;
  std::string name;
  std::string checksum;
};

absl::Status Mismatch(std::string_view message, int number = 0) {
  Metadata metadata;
  if (number != 0) metadata.emplace_back("number", fmt::format("{}", number));
  return MakeError(absl::StatusCode::kFailedPrecondition, "SCHEMA_MISMATCH", message, std::move(metadata));
}

std::string Checksum(std::string_view sql) {
  std::array<unsigned char, 32> digest;
  EVP_Digest(sql.data(), sql.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  return absl::BytesToHexString({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

absl::Status CheckNumbers(absl::Span<const Migration> migrations) {
  for (size_t i = 0; i < migrations.size(); ++i) {
    int expected = static_cast<int>(i) + 1;
    if (migrations[i].number == expected) continue;
    return Mismatch(fmt::format("the migrations of this program have a gap: {} stands where {} belongs",
                                migrations[i].number, expected),
                    expected);
  }
  return absl::OkStatus();
}

// The database may lack the last migrations, and differ in nothing else.
absl::Status CheckApplied(const std::vector<Applied>& applied, absl::Span<const Migration> migrations) {
  for (size_t i = 0; i < applied.size(); ++i) {
    const Applied& found = applied[i];
    if (found.number != static_cast<int>(i) + 1) {
      return Mismatch(
          fmt::format("the database has a gap: migration {} is missing before {}", i + 1, found.number),
          static_cast<int>(i) + 1);
    }
    if (i >= migrations.size()) {
      return Mismatch(fmt::format("the database is newer than this program: it has migration {} ({}), "
                                  "and the newest known here is {}",
                                  found.number, found.name, migrations.size()),
                      found.number);
    }
    if (found.checksum != Checksum(migrations[i].sql)) {
      return Mismatch(fmt::format("migration {} ({}) was altered after it was applied to the database",
                                  found.number, migrations[i].name),
                      found.number);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> TableExists(Transaction& transaction) {
  ASSIGN_OR_RETURN(Rows rows, transaction.Execute(kTableExists));
  return rows.GetBool(0, 0);
}

absl::StatusOr<std::vector<Applied>> ReadApplied(Transaction& transaction) {
  std::vector<Applied> applied;
  RETURN_IF_ERROR(transaction.ForEachRow(kApplied, {}, [&](const Row& row) {
    applied.push_back(
        {static_cast<int>(row.GetInt64(0)), std::string(row.GetText(1)), std::string(row.GetText(2))});
    return absl::OkStatus();
  }));
  return applied;
}

std::string Identifier(std::string_view name) {
  std::string quoted = "\"";
  for (char c : name) {
    if (c == '"') quoted.push_back('"');
    quoted.push_back(c);
  }
  return quoted + "\"";
}

// Takes the lock, becomes the owner, creates the table where there is none, and reads what has been applied.
absl::StatusOr<std::vector<Applied>> LockAndRead(Transaction& transaction, std::string_view owner_role) {
  RETURN_IF_ERROR(transaction.Execute(kLock).status());
  if (!owner_role.empty()) {
    RETURN_IF_ERROR(transaction.ExecuteScript(fmt::format("SET LOCAL ROLE {}", Identifier(owner_role))));
  }
  ASSIGN_OR_RETURN(bool exists, TableExists(transaction));
  if (!exists) RETURN_IF_ERROR(transaction.ExecuteScript(kCreateTable));
  return ReadApplied(transaction);
}

// Applies the first migration that is missing; false when none is.
absl::StatusOr<bool> ApplyNext(Transaction& transaction, std::string_view owner_role,
                               absl::Span<const Migration> migrations) {
  ASSIGN_OR_RETURN(std::vector<Applied> applied, LockAndRead(transaction, owner_role));
  RETURN_IF_ERROR(CheckApplied(applied, migrations));
  if (applied.size() == migrations.size()) return false;
  const Migration& next = migrations[applied.size()];
  RETURN_IF_ERROR(transaction.ExecuteScript(next.sql));
  RETURN_IF_ERROR(transaction.Execute(kRecord, {next.number, next.name, Checksum(next.sql)}).status());
  return true;
}

constexpr size_t kDigits = 4;
constexpr std::string_view kSuffix = ".sql";

// "0001_log.sql" -> {1, "log"}.
absl::StatusOr<Migration> FromFileName(const std::string& file) {
  bool numbered =
      file.size() > kDigits + 1 + kSuffix.size() && file[kDigits] == '_' &&
      std::all_of(file.begin(), file.begin() + kDigits, [](char c) { return '0' <= c && c <= '9'; });
  if (!numbered) return Mismatch(fmt::format("{}: a migration is named NNNN_name.sql", file));
  return Migration{.number = std::stoi(file.substr(0, kDigits)),
                   .name = file.substr(kDigits + 1, file.size() - kDigits - 1 - kSuffix.size())};
}

absl::StatusOr<std::string> ReadWhole(const fs::path& path) {
  absl::StatusOr<std::string> text = ReadFile(path);
  return text.ok() ? text : Mismatch(std::string(text.status().message()));
}

}  // namespace

absl::StatusOr<std::vector<Migration>> LoadMigrations(const std::string& directory) {
  std::error_code error;
  fs::directory_iterator files(directory, error);
  if (error) return Mismatch(fmt::format("{}: {}", directory, error.message()));
  std::vector<Migration> migrations;
  for (const fs::directory_entry& file : files) {
    if (file.path().extension() != kSuffix) continue;
    ASSIGN_OR_RETURN(Migration migration, FromFileName(file.path().filename()));
    ASSIGN_OR_RETURN(migration.sql, ReadWhole(file.path()));
    migrations.push_back(std::move(migration));
  }
  std::sort(migrations.begin(), migrations.end(),
            [](const Migration& a, const Migration& b) { return a.number < b.number; });
  for (size_t i = 0; i < migrations.size(); ++i) {
    if (migrations[i].number == static_cast<int>(i) + 1) continue;
    return Mismatch(fmt::format("{}: migration {:04} stands where {:04} belongs", directory,
                                migrations[i].number, i + 1));
  }
  return migrations;
}

absl::StatusOr<int> Migrate(std::string_view dsn, std::string_view owner_role,
                            absl::Span<const Migration> migrations) {
  RETURN_IF_ERROR(CheckNumbers(migrations));
  // A migration may take as long as it needs.
  ASSIGN_OR_RETURN(auto database, Database::Create({.dsn = std::string(dsn),
                                                    .pool_size = 1,
                                                    .answer_timeout = absl::InfiniteDuration()}));
  for (int count = 0;; ++count) {
    // One transaction each, so that a failure keeps what came before it. The lock goes with the transaction;
    // a second program that migrates at the same time takes turns with this one and finds the work done.
    bool applied_one = false;
    RETURN_IF_ERROR(database->Run("migrate", [&](Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(applied_one, ApplyNext(transaction, owner_role, migrations));
      return absl::OkStatus();
    }));
    if (!applied_one) return count;
  }
}

absl::Status CheckSchema(Database& database, absl::Span<const Migration> migrations) {
  RETURN_IF_ERROR(CheckNumbers(migrations));
  std::vector<Applied> applied;
  RETURN_IF_ERROR(database.Run(
      "check schema",
      [&](Transaction& transaction) -> absl::Status {
        ASSIGN_OR_RETURN(bool exists, TableExists(transaction));
        if (!exists) return absl::OkStatus();
        ASSIGN_OR_RETURN(applied, ReadApplied(transaction));
        return absl::OkStatus();
      },
      Mode::kReadOnly));
  RETURN_IF_ERROR(CheckApplied(applied, migrations));
  if (applied.size() == migrations.size()) return absl::OkStatus();
  const Migration& missing = migrations[applied.size()];
  return Mismatch(fmt::format("the database is older than this program: it lacks migration {} ({})",
                              missing.number, missing.name),
                  missing.number);
}

}  // namespace seisaku::postgres
