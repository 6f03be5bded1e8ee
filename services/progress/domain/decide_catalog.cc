// Decide: taking over entries of catalog.
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/progress/domain/checkpoint_note.h"
#include "services/progress/domain/decide.h"
#include "services/progress/domain/errors.h"
#include "services/progress/domain/names.h"

namespace seisaku::progress {
namespace {

absl::Status CheckWholeCommands(const v1::CatalogAdvanced& advance) {
  log::v1::Entry first;
  log::v1::Entry last;
  bool whole = first.ParseFromString(advance.entries(0)) &&
               last.ParseFromString(advance.entries(advance.entries_size() - 1)) &&
               first.command_index() == 0 && last.command_index() + 1 == last.command_size();
  return whole ? absl::OkStatus() : errors::InvalidField("entries", expected::WHOLE_COMMANDS);
}

// That catalog's log goes on from what is known as the checkpoint says.
absl::Status CheckRoot(const State& state, const v1::CatalogAdvanced& advance) {
  ASSIGN_OR_RETURN(ledger::Checkpoint claimed, CheckpointOfNote(advance.checkpoint()));
  ledger::Frontier frontier = state.catalog_frontier();
  for (const std::string& entry : advance.entries()) frontier.Append(ledger::LeafHash(entry));
  const std::string& origin = state.catalog_origin();
  ledger::Checkpoint ours{origin.empty() ? claimed.origin : origin, frontier.size(), frontier.Root()};
  return ours == claimed ? absl::OkStatus() : errors::CatalogFork(ours, claimed);
}

}  // namespace

absl::StatusOr<std::vector<NewEvent>> Decide(const State& state, const v1::CatalogAdvanced& advance,
                                             const Caller& caller) {
  if (caller.role != Role::kPeer) return errors::RoleRequired(caller.subject, "peer");
  Position known = state.catalog().size();
  Position end = advance.start() + static_cast<Position>(advance.entries_size());
  // Another replica was first.
  if (advance.start() <= known && end <= known) return std::vector<NewEvent>{};
  if (advance.start() != known) return errors::CatalogGap(known, advance.start());
  RETURN_IF_ERROR(CheckWholeCommands(advance));
  RETURN_IF_ERROR(CheckRoot(state, advance));

  v1::Event event;
  *event.mutable_catalog_advanced() = advance;
  std::vector<NewEvent> events(1);
  events[0].type = "seisaku.progress.v1.Event/catalog_advanced";
  events[0].resource = std::string(kCatalogResource);
  events[0].payload = event.SerializeAsString();
  return events;
}

}  // namespace seisaku::progress
