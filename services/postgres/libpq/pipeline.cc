#include "services/postgres/libpq/pipeline.h"

#include <memory>
#include <vector>

#include "fmt/format.h"
#include "services/postgres/libpq/error.h"

namespace seisaku::postgres {
namespace {

struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, Clear>;

// Parameters as libpq takes them. They point into this object and into the values they were made of.
class Values {
 public:
  explicit Values(Parameters parameters) {
    texts_.reserve(parameters.size());  // never moved
    for (const Parameter& parameter : parameters) Add(parameter);
  }

  int count() const { return static_cast<int>(values_.size()); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  void Add(const Parameter& parameter) {
    if (const auto* binary = std::get_if<Binary>(&parameter.value())) {
      return Add(binary->bytes.data(), static_cast<int>(binary->bytes.size()), 1);
    }
    if (const auto* number = std::get_if<int64_t>(&parameter.value())) {
      texts_.push_back(fmt::format_int(*number).str());
    } else if (const auto* text = std::get_if<std::string_view>(&parameter.value())) {
      texts_.emplace_back(*text);
    } else {
      return Add(nullptr, 0, 0);
    }
    Add(texts_.back().c_str(), 0, 0);
  }
  void Add(const char* value, int length, int format) {
    values_.push_back(value);
    lengths_.push_back(length);
    formats_.push_back(format);
  }

  std::vector<std::string> texts_;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
};

}  // namespace

Pipeline::Pipeline(PGconn* connection) : connection_(connection) {
  if (PQenterPipelineMode(connection_) == 0) ThrowError(connection_, nullptr, "pipeline");
}

Pipeline::~Pipeline() {
  while (in_flight_ > 0) {
    try {
      ReceiveSync();
    } catch (...) {  // nobody asked how it ended
    }
  }
  PQexitPipelineMode(connection_);
}

void Pipeline::Send(const std::string& name, Parameters parameters) {
  const Values values(parameters);
  if (PQsendQueryPrepared(connection_, name.c_str(), values.count(), values.values(), values.lengths(),
                          values.formats(), /*resultFormat=*/0) == 0) {
    ThrowError(connection_, nullptr, name);
  }
  ++in_flight_;
  if (PQpipelineSync(connection_) == 0) ThrowError(connection_, nullptr, name);
}

std::optional<std::string> Pipeline::Receive() {
  const Result result(PQgetResult(connection_));
  const ExecStatusType status = result == nullptr ? PGRES_FATAL_ERROR : PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    ThrowError(connection_, result.get(), "pipeline");
  }
  ReceiveSync();
  if (PQntuples(result.get()) == 0 || PQgetisnull(result.get(), 0, 0) != 0) return std::nullopt;
  return std::string(PQgetvalue(result.get(), 0, 0), static_cast<size_t>(PQgetlength(result.get(), 0, 0)));
}

// Receives the rest of a statement's answer, up to its Sync. The commit of a statement that is a transaction by
// itself may fail after its rows have come. A broken connection sends no Sync: libpq then ends the answer twice
// in a row, and may still call the connection OK.
void Pipeline::ReceiveSync() {
  --in_flight_;
  Result failed;
  int ends = 0;
  while (PQstatus(connection_) == CONNECTION_OK && ends < 2) {
    Result result(PQgetResult(connection_));
    ends = result == nullptr ? ends + 1 : 0;
    if (result == nullptr) continue;
    if (PQresultStatus(result.get()) != PGRES_PIPELINE_SYNC) {
      failed = std::move(result);
    } else if (failed == nullptr) {
      return;
    } else {
      break;
    }
  }
  ThrowError(connection_, failed.get(), "pipeline");
}

}  // namespace seisaku::postgres
