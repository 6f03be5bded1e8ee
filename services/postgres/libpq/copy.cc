#include "services/postgres/libpq/copy.h"

#include <memory>
#include <pqxx/except>
#include <string_view>
#include <vector>

#include "services/postgres/libpq/error.h"

namespace seisaku::postgres {
namespace {

// The first row follows a header: this signature, 32 bits of flags, and the length of an empty extension.
constexpr std::string_view kSignature("PGCOPY\n\xff\r\n\0", 11);
constexpr size_t kHeaderBytes = kSignature.size() + 4 + 4;
constexpr size_t kProgressBytes = 1 << 20;

struct Free {
  void operator()(PGresult* result) const { PQclear(result); }
  void operator()(char* buffer) const { PQfreemem(buffer); }
};

// Takes big-endian numbers and values off the front of a row.
class RowReader {
 public:
  explicit RowReader(std::string_view rest) : rest_(rest) {
    if (rest_.starts_with(kSignature)) Take(kHeaderBytes);
  }
  int16_t Int16() { return static_cast<int16_t>(Number(2)); }
  std::string_view Value() {
    const auto length = static_cast<int32_t>(Number(4));
    return Take(length < 0 ? 0 : static_cast<size_t>(length));
  }

 private:
  std::string_view Take(size_t size) {
    if (size > rest_.size()) throw pqxx::failure("COPY: a row is cut short");
    std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  uint32_t Number(size_t bytes) {
    uint32_t number = 0;
    for (unsigned char byte : Take(bytes)) number = number << 8 | byte;
    return number;
  }

  std::string_view rest_;
};

// The rows of a COPY that has begun. libpq gives one row at a time.
void ReadRows(PGconn* connection, OnCopiedRow each, absl::FunctionRef<void()> on_progress) {
  std::vector<std::string_view> columns;
  bool wanted = true;
  size_t since_progress = 0;
  char* data = nullptr;
  int size = 0;
  while ((size = PQgetCopyData(connection, &data, /*async=*/0)) > 0) {
    std::unique_ptr<char, Free> owned(data);
    since_progress += static_cast<size_t>(size);
    if (since_progress > kProgressBytes) {
      on_progress();
      since_progress = 0;
    }
    if (!wanted) continue;
    RowReader row(std::string_view(data, static_cast<size_t>(size)));
    const int count = row.Int16();
    if (count < 0) continue;  // the end of the rows
    columns.clear();
    for (int i = 0; i < count; ++i) columns.push_back(row.Value());
    wanted = each(columns);
  }
  if (size < -1) ThrowError(connection, nullptr, "COPY");
}

}  // namespace

void ReadCopy(PGconn* connection, const std::string& sql, OnCopiedRow each,
              absl::FunctionRef<void()> on_progress) {
  if (PQsendQuery(connection, sql.c_str()) == 0) ThrowError(connection, nullptr, "COPY");
  std::unique_ptr<PGresult, Free> failed;
  while (std::unique_ptr<PGresult, Free> result{PQgetResult(connection)}) {
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_COPY_OUT) {
      ReadRows(connection, each, on_progress);
    } else if (status != PGRES_COMMAND_OK && failed == nullptr) {
      failed = std::move(result);
    }
  }
  if (failed != nullptr) ThrowError(connection, failed.get(), "COPY");
}

}  // namespace seisaku::postgres
