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

// Places in a response that wait for a text. They are filled after the state's lock was released, because that reads
// PostgreSQL.
class TextSlots {
 public:
  // Receives a text; nullopt: it was withdrawn.
  using Slot = std::function<void(std::optional<std::string>)>;

  // What `slot` writes to must not move before Fill.
  void Add(Position position, uint32_t text, Slot slot);
  // The reason of a difference, where the declaration has one.
  void AddDifferenceReason(const AssessmentAt& assessment, v1::OfficialAssessment* proto);

  // Calls every slot with its text. UNAVAILABLE STORAGE_UNAVAILABLE.
  absl::Status Fill(ledger::LogReader& ledger, const rpc::CallContext& call) const;

 private:
  std::vector<ledger::LogReader::TextKey> keys_;
  std::vector<Slot> slots_;
};

// The indexes of the `changes` whose texts are the same as before, for Command::unchanged. The state cannot tell,
// because it holds no texts. Reads PostgreSQL where there are candidates. UNAVAILABLE STORAGE_UNAVAILABLE.
absl::StatusOr<std::vector<size_t>> SaidAgain(ledger::LogReader& ledger, const State& state,
                                              const rpc::Steps& changes, const rpc::CallContext& call);

}  // namespace seisaku::progress
