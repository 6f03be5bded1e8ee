// The copy of catalog: the entries that progress has taken over from catalog's log, and the state that they
// fold to.
#include "services/progress/domain/catalog_copy.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "google/protobuf/arena.h"
#include "seisaku/progress/v1/progress_service.pb.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/catalog/domain/event.h"
#include "services/ledger/tree/errors.h"
#include "services/progress/domain/errors.h"
#include "services/progress/domain/evolution.h"
#include "services/progress/domain/names.h"
#include "services/progress/domain/record_walk.h"
#include "services/progress/domain/verb.h"
#include "services/progress/domain/view.h"

namespace seisaku::progress {

// Reading.

absl::StatusOr<ledger::Checkpoint> CheckpointOfNote(std::string_view note) {
  // A checkpoint has no empty lines, so that the first one is where the signatures begin.
  size_t end = note.find("\n\n");
  if (end == std::string_view::npos) return errors::Malformed("checkpoint", "not a signed note");
  return ledger::ParseCheckpoint(note.substr(0, end + 1));
}

// Checks.

namespace {

absl::Status CheckWholeCommands(const v1::CatalogAdvanced& advance) {
  log::v1::Entry first;
  log::v1::Entry last;
  bool whole = first.ParseFromString(advance.entries(0)) &&
               last.ParseFromString(advance.entries(advance.entries_size() - 1)) &&
               first.command_index() == 0 && last.command_index() + 1 == last.command_size();
  return whole ? absl::OkStatus() : errors::InvalidField("entries", expected::WHOLE_COMMANDS);
}

// The tree of catalog's log after `advance`.
ledger::Frontier TreeAfter(const State& state, const v1::CatalogAdvanced& advance) {
  ledger::Frontier tree = state.catalog_frontier();
  for (const std::string& entry : advance.entries()) tree.Append(ledger::LeafHash(entry));
  return tree;
}

// OK where the known log, extended by the new entries, has the checkpoint's root.
absl::Status CheckRoot(const State& state, const v1::CatalogAdvanced& advance) {
  ASSIGN_OR_RETURN(ledger::Checkpoint claimed, CheckpointOfNote(advance.checkpoint()));
  const ledger::Frontier tree = TreeAfter(state, advance);
  const std::string& origin = state.catalog_origin();
  ledger::Checkpoint ours{origin.empty() ? claimed.origin : origin, tree.size(), tree.Root()};
  return ours == claimed ? absl::OkStatus() : errors::CatalogFork(ours, claimed);
}

// Decisions.

Decided<v1::CatalogAdvanced> Advance(const Deciding& in, const v1::CatalogAdvanced& advance) {
  Position known = in.state.catalog().size();
  Position end = advance.start() + static_cast<Position>(advance.entries_size());
  // Another replica was first.
  if (advance.start() <= known && end <= known) return std::nullopt;
  if (advance.start() != known) return errors::CatalogGap(known, advance.start());
  RETURN_IF_ERROR(CheckWholeCommands(advance));
  RETURN_IF_ERROR(CheckRoot(in.state, advance));
  return advance;
}

// Fold.

absl::Status FoldCopy(catalog::State& catalog, Position position, const std::string& bytes,
                      log::v1::Entry& copy, google::protobuf::Arena& arena) {
  if (!copy.ParseFromString(bytes)) return errors::LogCorrupt(position, "it cannot be parsed");
  ASSIGN_OR_RETURN(const google::protobuf::Message* event, catalog::ParseEvent(position, copy, arena));
  return catalog.Fold(position, *event);
}

absl::Status FoldCopies(catalog::State& catalog, const v1::CatalogAdvanced& advanced) {
  google::protobuf::Arena arena;
  log::v1::Entry copy;
  for (const std::string& bytes : advanced.entries()) {
    const Position position = catalog.size();
    if (absl::Status folded = FoldCopy(catalog, position, bytes, copy, arena); !folded.ok()) {
      return CannotBe(fmt::format("of catalog's entry {}: {}", position, std::string(folded.message())));
    }
    arena.Reset();
  }
  return absl::OkStatus();
}

absl::Status CatalogAdvanced(Evolution& state, const v1::CatalogAdvanced& advanced) {
  Position known = state.catalog().size();
  if (advanced.start() != known) return CannotBe(fmt::format("catalog is known up to {}", known));
  auto checkpoint = CheckpointOfNote(advanced.checkpoint());
  if (!checkpoint.ok()) return CannotBe("its checkpoint cannot be read");

  ledger::Frontier tree = TreeAfter(state.before(), advanced);
  const std::string& origin = state.before().catalog_origin();
  bool same_origin = origin.empty() || origin == checkpoint->origin;
  if (!same_origin || checkpoint->size != tree.size() || checkpoint->root != tree.Root()) {
    return CannotBe("its entries do not add up to its checkpoint");
  }
  if (absl::Status folded = FoldCopies(state.catalog(), advanced); !folded.ok()) {
    state.catalog().Truncate(known);
    return folded;
  }
  state.SetCatalogTree(checkpoint->origin, std::move(tree), checkpoint->root);
  return absl::OkStatus();
}

}  // namespace

// What is shown.

Position View::CarrierOf(Position catalog_position) const {
  const auto& marks = state_->catalog_marks().all();
  return std::partition_point(
             marks.begin(), marks.end(),
             [catalog_position](const auto& mark) { return mark.value.size <= catalog_position; })
      ->position;
}

// The digest. Its one resource gets a revision with every stretch that is copied.

bool VisitCatalogCopy(const State& state, Position size, StateMachine::Visit visit,
                      StateMachine::Pause pause) {
  auto visit_mark = [visit](StateMachine::Record record) {
    record.about_other_log = true;
    visit(record);
  };
  auto to_proto = [&state](const CatalogMark& mark) {
    v1::GetCatalogPositionResponse content;
    content.set_catalog_position(mark.size);
    content.set_catalog_checkpoint(
        ledger::Format(ledger::Checkpoint{state.catalog_origin(), mark.size, mark.root}));
    return content;
  };
  return VisitRevisions(std::string(kCatalogResource), state.catalog_marks(), size, visit_mark, to_proto,
                        pause);
}

// Verbs.

namespace {

std::string ResourceOf(const v1::CatalogAdvanced&) { return std::string(kCatalogResource); }

}  // namespace

absl::Span<const VerbRow> CatalogCopyVerbs() {
  // No change of a caller: the follower asks for it with the event's own message.
  static constexpr VerbRow kRows[] = {
      Row<Advance, CatalogAdvanced, ResourceOf>(v1::Change::CHANGE_NOT_SET, v1::Event::kCatalogAdvanced, "",
                                                Makers::kPeers),
  };
  return kRows;
}

}  // namespace seisaku::progress
