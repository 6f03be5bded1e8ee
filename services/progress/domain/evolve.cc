// State::Evolve: one entry's way into the state.
#include <utility>

#include "fmt/format.h"
#include "google/protobuf/arena.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/catalog/domain/log_event.h"
#include "services/catalog/domain/unknown_fields.h"
#include "services/catalog/domain/view.h"
#include "services/progress/domain/checkpoint_note.h"
#include "services/progress/domain/names.h"
#include "services/progress/domain/state.h"

namespace seisaku::progress {

// Checks first, changes last: an error leaves the state as it was.
class Evolution {
 public:
  Evolution(State& state, Position position, const log::v1::Entry& entry)
      : state_(state), position_(position), entry_(entry) {}

  absl::Status Run() {
    if (position_ != state_.size_) return Corrupt(fmt::format("the state has {} entries", state_.size_));
    if (catalog::IsLogEvent(entry_)) {
      absl::Status known = catalog::CheckLogEvent(entry_);
      if (!known.ok()) return Corrupt(std::string(known.message()));
    } else {
      RETURN_IF_ERROR(Parse());
      RETURN_IF_ERROR(Fold());
    }
    ++state_.size_;
    return absl::OkStatus();
  }

 private:
  absl::Status Corrupt(std::string_view why) const { return errors::LogCorrupt(position_, why); }

  absl::Status Parse() {
    if (!event_.ParseFromString(entry_.payload())) return Corrupt("its payload is not an Event");
    if (event_.event_case() == v1::Event::EVENT_NOT_SET || entry_.type() != EventType(event_)) {
      return Corrupt(fmt::format("this build does not know its type, {}", entry_.type()));
    }
    if (auto unknown = catalog::FindUnknownField(entry_)) return Corrupt("unknown in the entry: " + *unknown);
    if (auto unknown = catalog::FindUnknownField(event_, entry_.payload())) {
      return Corrupt("unknown in the event: " + *unknown);
    }
    return event_.has_reason() ? CheckText(event_.reason()) : absl::OkStatus();
  }

  absl::Status Fold() {
    switch (event_.event_case()) {
      case v1::Event::kCatalogAdvanced:
        return FoldCatalog(event_.catalog_advanced());
      case v1::Event::kActualRecorded:
        return FoldActual(event_.actual_recorded(), false);
      case v1::Event::kActualCorrected:
        return FoldActual(event_.actual_corrected(), true);
      case v1::Event::kActualRetracted:
        return FoldRetracted(event_.actual_retracted());
      case v1::Event::kNarrativeRecorded:
        return FoldNarrative(event_.narrative_recorded());
      case v1::Event::kAssessmentRecorded:
        return FoldAssessment(event_.assessment_recorded());
      case v1::Event::EVENT_NOT_SET:
        break;
    }
    return Corrupt("it says nothing");
  }

  absl::Status FoldCatalog(const v1::CatalogAdvanced& advanced) {
    Position known = state_.catalog_.size();
    if (advanced.start() != known) return Corrupt(fmt::format("catalog is known up to {}", known));
    auto checkpoint = CheckpointOfNote(advanced.checkpoint());
    if (!checkpoint.ok()) return Corrupt("its checkpoint cannot be read");

    ledger::Frontier frontier = state_.catalog_frontier();
    for (const std::string& bytes : advanced.entries()) frontier.Append(ledger::LeafHash(bytes));
    bool same_origin = state_.catalog_origin_.empty() || state_.catalog_origin_ == checkpoint->origin;
    if (!same_origin || checkpoint->size != frontier.size() || checkpoint->root != frontier.Root()) {
      return Corrupt("its entries do not add up to its checkpoint");
    }
    if (absl::Status folded = FoldCopies(advanced, known); !folded.ok()) {
      state_.catalog_.Truncate(known);
      return folded;
    }
    state_.catalog_origin_ = checkpoint->origin;
    state_.catalog_marks_.Set(position_, {frontier.size(), checkpoint->root});
    state_.catalog_tips_.push_back({position_, std::move(frontier)});
    return absl::OkStatus();
  }

  absl::Status FoldCopies(const v1::CatalogAdvanced& advanced, Position position) {
    log::v1::Entry copy;
    for (const std::string& bytes : advanced.entries()) {
      absl::Status folded = copy.ParseFromString(bytes) ? state_.catalog_.Evolve(position, copy)
                                                        : errors::LogCorrupt(position, "it cannot be parsed");
      if (!folded.ok())
        return Corrupt(fmt::format("of catalog's entry {}: {}", position, std::string(folded.message())));
      ++position;
    }
    return absl::OkStatus();
  }

  absl::Status FoldActual(const v1::Actual& proto, bool replaces) {
    RETURN_IF_ERROR(Locate(proto.kpi(), proto.reporting_year()));
    auto record = FromProto("actual", proto);
    if (!record.ok()) return Corrupt(std::string(record.status().message()));
    if (HasFigure(proto.reporting_year(), proto.component()) != replaces) {
      return Corrupt(replaces ? "there is no figure to correct" : "there is a figure already");
    }
    SetActual(proto.reporting_year(), proto.component(), *std::move(record));
    return absl::OkStatus();
  }

  absl::Status FoldRetracted(const v1::ActualRetracted& proto) {
    RETURN_IF_ERROR(Locate(proto.kpi(), proto.reporting_year()));
    if (!HasFigure(proto.reporting_year(), proto.component()))
      return Corrupt("there is no figure to take back");
    ActualRecord record;
    record.retracted = true;
    SetActual(proto.reporting_year(), proto.component(), std::move(record));
    return absl::OkStatus();
  }

  absl::Status FoldNarrative(const v1::NarrativeRecorded& proto) {
    RETURN_IF_ERROR(Locate(proto.kpi(), proto.reporting_year()));
    if (!v1::NarrativeKind_IsValid(proto.kind()) || proto.kind() == 0)
      return Corrupt("a kind of words that this build does not know");
    if (proto.has_text()) RETURN_IF_ERROR(CheckText(proto.text()));
    Slot().narratives[{proto.reporting_year(), proto.kind()}].Set(position_, FromProto(proto));
    return absl::OkStatus();
  }

  absl::Status FoldAssessment(const v1::AssessmentRecorded& proto) {
    RETURN_IF_ERROR(Locate(proto.kpi(), proto.reporting_year()));
    if (!type::v1::Judgement_IsValid(proto.judgement()) || proto.judgement() == 0)
      return Corrupt("an unknown judgement");
    for (int cause : proto.causes()) {
      if (!type::v1::Cause_IsValid(cause)) return Corrupt("an unknown cause");
    }
    if (proto.has_difference_reason()) RETURN_IF_ERROR(CheckText(proto.difference_reason()));
    Slot().assessments[proto.reporting_year()].Set(position_, FromProto(proto));
    return absl::OkStatus();
  }

  // Finds the KPI, which catalog must have had by then.
  absl::Status Locate(std::string_view name, int reporting_year) {
    if (absl::Status year = catalog::CheckYear("reporting_year", reporting_year); !year.ok()) {
      return Corrupt(std::string(year.message()));
    }
    auto kpi = catalog::View(state_.catalog_, state_.catalog_.size()).FindKpi(name);
    if (!kpi) return Corrupt(fmt::format("{} is unknown", name));
    kpi_ = *kpi;
    return absl::OkStatus();
  }

  absl::Status CheckText(const log::v1::TextRef& text) const {
    if (text.index() < static_cast<uint32_t>(entry_.texts_size())) return absl::OkStatus();
    return Corrupt("it names a text that it does not commit to");
  }

  bool HasFigure(int reporting_year, const std::string& component) const {
    const KpiSlot* slot = state_.Find(kpi_);
    if (slot == nullptr) return false;
    auto cell = slot->actuals.find({reporting_year, component});
    return cell != slot->actuals.end() && !cell->second.all().back().value.retracted;
  }

  void SetActual(int reporting_year, const std::string& component, ActualRecord record) {
    Slot().actuals[{reporting_year, component}].Set(position_, std::move(record));
  }

  KpiSlot& Slot() {
    // The last "/" makes the map's order that of the resource names below the KPIs.
    state_.touched_.push_back({position_, kpi_.slot});
    auto found = state_.by_kpi_.find(kpi_.slot);
    if (found == state_.by_kpi_.end()) {
      auto slot = state_.kpis_.try_emplace(catalog::KpiName(kpi_.plan(), kpi_.id()) + "/").first;
      slot->second.name = NameOf(kpi_);
      found = state_.by_kpi_.emplace(kpi_.slot, slot).first;
    }
    return found->second->second;
  }

  State& state_;
  Position position_;
  const log::v1::Entry& entry_;
  // The event lives as long as this does: an arena spares a dozen allocations for each entry of a log.
  alignas(8) char first_block_[2048];
  google::protobuf::Arena arena_{first_block_, sizeof first_block_};
  v1::Event& event_ = *google::protobuf::Arena::CreateMessage<v1::Event>(&arena_);
  catalog::KpiAt kpi_{};
};

absl::Status State::Evolve(Position position, const log::v1::Entry& entry) {
  return Evolution(*this, position, entry).Run();
}

}  // namespace seisaku::progress
