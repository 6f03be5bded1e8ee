#include "services/postgres/copy.h"

#include <libpq-fe.h>

#include <memory>
#include <pqxx/except>
#include <string_view>
#include <vector>

#include "services/postgres/pipeline.h"

namespace seisaku::postgres {
namespace {

// What the first row has before it: this, 32 bits of flags, and the length of an extension that is empty.
constexpr std::string_view kSignature("PGCOPY\n\xff\r\n\0", 11);
constexpr size_t kHeaderBytes = kSignature.size() + 4 + 4;
constexpr size_t kBytesBetweenSigns = 1 << 20;

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
void ReadRows(PGconn* connection, EachCopied each, absl::FunctionRef<void()> arriving) {
  std::vector<std::string_view> columns;
  bool wanted = true;
  size_t since_sign = 0;
  char* data = nullptr;
  int size = 0;
  while ((size = PQgetCopyData(connection, &data, /*async=*/0)) > 0) {
    std::unique_ptr<char, Free> owned(data);
    since_sign += static_cast<size_t>(size);
    if (since_sign > kBytesBetweenSigns) {
      arriving();
      since_sign = 0;
    }
    if (!wanted) continue;
    RowReader row(std::string_view(data, static_cast<size_t>(size)));
    const int count = row.Int16();
    if (count < 0) continue;  // the end of the rows
    columns.clear();
    for (int i = 0; i < count; ++i) columns.push_back(row.Value());
    wanted = each(columns);
  }
  if (size < -1) ThrowFailure(connection, nullptr, "COPY");
}

}  // namespace

int64_t Int64FromBinary(std::string_view column) {
  if (column.size() != sizeof(int64_t)) return 0;
  uint64_t number = 0;
  for (unsigned char byte : column) number = number << 8 | byte;
  return static_cast<int64_t>(number);
}

void ReadCopied(pqxx::connectionpolicy::handle connection, const std::string& sql, EachCopied each,
                absl::FunctionRef<void()> arriving) {
  if (PQsendQuery(connection, sql.c_str()) == 0) ThrowFailure(connection, nullptr, "COPY");
  std::unique_ptr<PGresult, Free> failed;
  while (std::unique_ptr<PGresult, Free> result{PQgetResult(connection)}) {
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_COPY_OUT) {
      ReadRows(connection, each, arriving);
    } else if (status != PGRES_COMMAND_OK && failed == nullptr) {
      failed = std::move(result);
    }
  }
  if (failed != nullptr) ThrowFailure(connection, failed.get(), "COPY");
}

}  // namespace seisaku::postgres
