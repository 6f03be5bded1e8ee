// What an entry changed, in words: the diff that ApplyProgress answers.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "seisaku/log/v1/entry.pb.h"
#include "seisaku/progress/v1/progress_service.pb.h"
#include "services/progress/domain/view.h"

namespace seisaku::progress {

// `entry` stands at `position`, below state.size(). Figures and judgements before and after are as people
// write them ("244,765人", "進捗の遅れ(コロナ)"). Words are not in the state: before and after of them stay
// empty, and `previous_text` is where the words stood before. LOG_CORRUPT: its payload is no event.
struct Described {
  v1::ChangeResult result;
  v1::Event event;
  std::optional<NarrativeAt> previous_text;
};
absl::StatusOr<Described> DescribeEntry(const State& state, Position position, const log::v1::Entry& entry);

// "244,765人 (暫定値)"; of one by words whether it is met: "整備した (達成)"; "" for a retracted one.
std::string Describe(const ActualRecord& actual);
// The printed text where there is one, else such as "進捗の遅れ(コロナ)".
std::string Describe(const AssessmentRecord& assessment);

}  // namespace seisaku::progress
