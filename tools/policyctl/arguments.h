// What is written on the command line, as the contracts' messages.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "seisaku/type/v1/judgement.pb.h"
#include "seisaku/type/v1/read.pb.h"
#include "seisaku/type/v1/value.pb.h"
#include "tools/policyctl/documents/figure_text.h"

namespace seisaku::policyctl {

// "120": a position. "2023-06-01", "R5.6.1": the end of that day in Asia/Tokyo. RFC 3339: that time. Unset
// for "". INVALID_ARGUMENT INVALID_AS_OF, INVALID_DATE.
absl::StatusOr<std::optional<type::v1::AsOf>> ParseAsOf(std::string_view text);

// The figure that `text` is, by the grammar of printed figures; a number without a unit is of `unit`.
// INVALID_ARGUMENT REQUIRED_FIELD (empty), and documents::ReadFigureText's.
absl::StatusOr<documents::FigureText> ParseFigure(std::string_view text, std::string_view unit);

// "令和3年度", "令和3年", "2021年". INVALID_ARGUMENT INVALID_YEAR.
absl::StatusOr<type::v1::ObservedPeriod> ParseObserved(std::string_view text);

// A judgement by its English or Japanese name: on-track, mostly-on-track, delayed, not-evaluable; 順調に進捗,
// 順調, …. INVALID_ARGUMENT INVALID_FIELD.
absl::StatusOr<type::v1::Judgement> ParseJudgement(std::string_view text);
// covid19, source-abolished, figure-pending, other; コロナ, 出典の廃止, 算出待ち, その他.
absl::StatusOr<type::v1::Cause> ParseCause(std::string_view text);

// Sets `as_of` of a read request from the text of --as-of. Errors: ParseAsOf's.
template <typename Request>
absl::Status SetAsOf(std::string_view text, Request& request) {
  absl::StatusOr<std::optional<type::v1::AsOf>> as_of = ParseAsOf(text);
  if (!as_of.ok()) return as_of.status();
  if (*as_of) *request.mutable_as_of() = **std::move(as_of);
  return absl::OkStatus();
}

}  // namespace seisaku::policyctl
