// CSV files as Excel in a Japanese office opens them.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "tools/policyctl/csv.h"
#include "tools/policyctl/messages.h"

namespace seisaku::policyctl {

enum class Encoding { kUtf8, kCp932 };

// The cell as it may stand in a file that Excel opens: where it would be taken for a formula (= + - @, tab or
// CR at its start) a ' stands in front. Numbers ("-5", "+1,220.5", "-3%") and a lone "-" are as they are: no
// formula is made of them.
std::string WithoutFormula(const std::string& cell);

// The records with every cell WithoutFormula.
Records WithoutFormulas(Records records);

// Puts what looks the same and is in CP932 in the place of what is not (〜 − NFD; services/base/text.h); how
// many cells changed, for whoever tells the reader.
size_t TakeCp932LookAlikes(Records& records);

// The records as CSV in `encoding`, without a byte order mark. FAILED_PRECONDITION OUTPUT_NOT_IN_CHARSET:
// cells that have characters which CP932 cannot hold; each is named in `language` as a field violation, by
// its row and column as a spreadsheet counts them, with the characters.
absl::StatusOr<std::string> EncodeCsv(const Records& records, Encoding encoding, Language language);

}  // namespace seisaku::policyctl
