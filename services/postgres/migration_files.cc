#include <algorithm>
#include <filesystem>

#include "fmt/format.h"
#include "services/base/files.h"
#include "services/base/status.h"
#include "services/postgres/migrations.h"

namespace seisaku::postgres {
namespace {

namespace fs = std::filesystem;

absl::Status Mismatch(std::string_view message) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "SCHEMA_MISMATCH", message);
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

}  // namespace seisaku::postgres
