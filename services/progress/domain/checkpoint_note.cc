#include "services/progress/domain/checkpoint_note.h"

#include "services/ledger/tree/errors.h"

namespace seisaku::progress {

absl::StatusOr<ledger::Checkpoint> CheckpointOfNote(std::string_view note) {
  // A checkpoint has no empty lines, so that the first one is where the signatures begin.
  size_t end = note.find("\n\n");
  if (end == std::string_view::npos) return errors::Malformed("checkpoint", "not a signed note");
  return ledger::ParseCheckpoint(note.substr(0, end + 1));
}

}  // namespace seisaku::progress
