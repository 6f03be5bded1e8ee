// Values as PostgreSQL's protocol carries them: the parameters of a statement, arrays, and the columns of a COPY.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"

namespace seisaku::postgres {

// The bytes of a bytea, sent in binary format. Also carries any other value in its type's binary format (see
// BinaryArray and Int64Array): the SQL then casts the parameter, as in `unnest($2::bytea[])`.
struct Binary {
  std::string_view bytes;
};

// One parameter of a statement. It refers to text and bytes, which outlive the call that takes it. nullopt is
// NULL. Text is UTF-8 without NUL. Times are int64 microseconds since the epoch, converted in SQL.
class Parameter {
 public:
  Parameter(int64_t value) : value_(value) {}         // NOLINT(google-explicit-constructor)
  Parameter(int value) : value_(int64_t{value}) {}    // NOLINT(google-explicit-constructor)
  Parameter(std::string_view text) : value_(text) {}  // NOLINT(google-explicit-constructor)
  Parameter(const std::string& text)
      : value_(std::string_view(text)) {}                          // NOLINT(google-explicit-constructor)
  Parameter(const char* text) : value_(std::string_view(text)) {}  // NOLINT(google-explicit-constructor)
  Parameter(Binary bytes) : value_(bytes) {}                       // NOLINT(google-explicit-constructor)
  Parameter(std::nullopt_t) : value_(std::nullopt) {}              // NOLINT(google-explicit-constructor)

  const std::variant<int64_t, std::string_view, Binary, std::nullopt_t>& value() const { return value_; }

 private:
  std::variant<int64_t, std::string_view, Binary, std::nullopt_t> value_;
};

using Parameters = absl::Span<const Parameter>;

// An array literal of PostgreSQL, for a parameter of type text[] or uuid[].
std::string TextArray(absl::Span<const std::string_view> elements);

// Arrays in PostgreSQL's binary format, passed as Binary{array} for a parameter of type bytea[] or bigint[]. One
// statement so inserts many rows: `INSERT … SELECT … FROM unnest($1::bigint[], …)`.
std::string BinaryArray(absl::Span<const std::string_view> elements);
std::string BinaryArray(absl::Span<const std::string> elements);
std::string Int64Array(absl::Span<const int64_t> elements);

// Called with the columns of one row in PostgreSQL's binary format, which are valid during the call; NULL is
// empty. False: no more rows are wanted.
using OnCopiedRow = absl::FunctionRef<bool(absl::Span<const std::string_view> columns)>;
// The value of a column of type bigint; 0 where it is none. A column of type bytea is its bytes.
int64_t Int64FromBinary(std::string_view column);

}  // namespace seisaku::postgres
