// Free texts, which lie beside the log and not in the state.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "seisaku/progress/v1/changes.pb.h"
#include "services/ledger/ledger.h"
#include "services/progress/domain/state.h"
#include "services/progress/domain/view.h"
#include "services/rpc/command.h"

namespace seisaku::progress {

// Places in a response that wait for a text. Filled after the state was let go of, because it reads
// PostgreSQL.
class TextSlots {
 public:
  // Is told a text; nullopt: it was withdrawn.
  using Slot = std::function<void(std::optional<std::string>)>;

  // What `slot` writes to stays where it is until Fill.
  void Add(Position position, uint32_t text, Slot slot);
  // The reason of a difference, where the declaration has one.
  void AddDifferenceReason(const AssessmentAt& assessment, v1::OfficialAssessment* proto);

  // Tells every slot its text. UNAVAILABLE STORAGE_UNAVAILABLE.
  absl::Status Fill(ledger::LogReader& ledger, const rpc::CallContext& call) const;

 private:
  std::vector<ledger::LogReader::TextKey> keys_;
  std::vector<Slot> slots_;
};

// Which of `changes` would only say again, word for word, what is there: for Command::unchanged. The state
// cannot see that, because it holds no texts. Reads PostgreSQL where there are such candidates. UNAVAILABLE
// STORAGE_UNAVAILABLE.
absl::StatusOr<std::vector<size_t>> SaidAgain(ledger::LogReader& ledger, const State& state,
                                              const rpc::Steps& changes, const rpc::CallContext& call);

}  // namespace seisaku::progress
