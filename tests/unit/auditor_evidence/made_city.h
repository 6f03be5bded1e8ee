// Two small logs made in memory, with what the city of files/ was too early for: a direction that nobody has
// confirmed, one that somebody did, figures with qualifiers, a year by words.
#pragma once

#include <string>
#include <string_view>

#include "seisaku/progress/v1/evidence.pb.h"

namespace seisaku::auditor {

// Evidence of one of its judgements, in the second format: "unconfirmed" (火災発生件数: 31 of 25),
// "confirmed" (浸水件数: less is better, 31 of 25), "taken-back" (刑法犯認知件数: confirmed, and that taken
// back), "qualified" (延べ利用者数: 60人以下 of 60人以上), "by-words" (放課後子供教室数: words). No entries
// for another name.
progress::v1::JudgementEvidence MadeEvidence(std::string_view name);

// The verifier keys of its logs, one a line.
std::string MadeKeys();

}  // namespace seisaku::auditor
