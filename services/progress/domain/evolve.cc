// State::Fold: one event's way into the state.
#include <utility>

#include "fmt/format.h"
#include "google/protobuf/arena.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/catalog/domain/event.h"
#include "services/catalog/domain/log_event.h"
#include "services/catalog/domain/view.h"
#include "services/progress/domain/checkpoint_note.h"
#include "services/progress/domain/state.h"

namespace seisaku::progress {

// Checks first, changes last: an error leaves the state as it was.
class Evolution {
 public:
  Evolution(State& state, Position position, const google::protobuf::Message& event)
      : state_(state), position_(position), event_(event) {}

  absl::Status Run() {
    if (position_ != state_.size_) return Corrupt(fmt::format("the state has {} entries", state_.size_));
    if (const auto* own = google::protobuf::DynamicCastToGenerated<v1::Event>(&event_)) {
      RETURN_IF_ERROR(Fold(*own));
    } else if (!catalog::IsLogEvent(event_)) {
      return Corrupt("its event is another log's");
    }
    ++state_.size_;
    return absl::OkStatus();
  }

 private:
  absl::Status Corrupt(std::string_view why) const { return errors::LogCorrupt(position_, why); }

  absl::Status Fold(const v1::Event& event) {
    switch (event.event_case()) {
      case v1::Event::kCatalogAdvanced:
        return FoldCatalog(event.catalog_advanced());
      case v1::Event::kActualRecorded:
        return FoldActual(event.actual_recorded(), false);
      case v1::Event::kActualCorrected:
        return FoldActual(event.actual_corrected(), true);
      case v1::Event::kActualRetracted:
        return FoldRetracted(event.actual_retracted());
      case v1::Event::kNarrativeRecorded:
        return FoldNarrative(event.narrative_recorded());
      case v1::Event::kAssessmentRecorded:
        return FoldAssessment(event.assessment_recorded());
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
    google::protobuf::Arena arena;
    log::v1::Entry copy;
    for (const std::string& bytes : advanced.entries()) {
      absl::Status folded = copy.ParseFromString(bytes) ? FoldCopy(position, copy, arena)
                                                        : errors::LogCorrupt(position, "it cannot be parsed");
      if (!folded.ok())
        return Corrupt(fmt::format("of catalog's entry {}: {}", position, std::string(folded.message())));
      ++position;
      arena.Reset();
    }
    return absl::OkStatus();
  }

  absl::Status FoldCopy(Position position, const log::v1::Entry& copy, google::protobuf::Arena& arena) {
    ASSIGN_OR_RETURN(const google::protobuf::Message* event, catalog::ParseEvent(position, copy, arena));
    return state_.catalog_.Fold(position, *event);
  }

  absl::Status FoldActual(const v1::Actual& proto, bool replaces) {
    RETURN_IF_ERROR(Locate(proto.kpi(), proto.reporting_year()));
    auto record = FromProto("actual", proto);
    if (!record.ok()) return Corrupt(std::string(record.status().message()));
    Figure* figure = FindFigure(proto.reporting_year(), proto.component());
    if (IsThere(figure) != replaces) {
      return Corrupt(replaces ? "there is no figure to correct" : "there is a figure already");
    }
    KpiSlot& slot = Touch();
    if (figure == nullptr) figure = &slot.actuals[{proto.reporting_year(), proto.component()}];
    figure->Set(position_, *std::move(record));
    return absl::OkStatus();
  }

  absl::Status FoldRetracted(const v1::ActualRetracted& proto) {
    RETURN_IF_ERROR(Locate(proto.kpi(), proto.reporting_year()));
    Figure* figure = FindFigure(proto.reporting_year(), proto.component());
    if (!IsThere(figure)) return Corrupt("there is no figure to take back");
    ActualRecord record;
    record.retracted = true;
    Touch();
    figure->Set(position_, std::move(record));
    return absl::OkStatus();
  }

  absl::Status FoldNarrative(const v1::NarrativeRecorded& proto) {
    RETURN_IF_ERROR(Locate(proto.kpi(), proto.reporting_year()));
    if (!v1::NarrativeKind_IsValid(proto.kind()) || proto.kind() == 0)
      return Corrupt("a kind of words that this build does not know");
    Touch().narratives[{proto.reporting_year(), proto.kind()}].Set(position_, FromProto(proto));
    return absl::OkStatus();
  }

  absl::Status FoldAssessment(const v1::AssessmentRecorded& proto) {
    RETURN_IF_ERROR(Locate(proto.kpi(), proto.reporting_year()));
    if (!type::v1::Judgement_IsValid(proto.judgement()) || proto.judgement() == 0)
      return Corrupt("an unknown judgement");
    for (int cause : proto.causes()) {
      if (!type::v1::Cause_IsValid(cause)) return Corrupt("an unknown cause");
    }
    Touch().assessments[proto.reporting_year()].Set(position_, FromProto(proto));
    return absl::OkStatus();
  }

  // Finds the KPI, which catalog must have had by then, and its slot.
  absl::Status Locate(std::string_view name, int reporting_year) {
    if (absl::Status year = catalog::CheckYear("reporting_year", reporting_year); !year.ok()) {
      return Corrupt(std::string(year.message()));
    }
    auto kpi = catalog::View(state_.catalog_, state_.catalog_.size()).FindKpi(name);
    if (!kpi) return Corrupt(fmt::format("{} is unknown", name));
    kpi_ = *kpi;
    auto found = state_.by_kpi_.find(kpi_.slot);
    slot_ = found == state_.by_kpi_.end() ? nullptr : &found->second->second;
    return absl::OkStatus();
  }

  using Figure = Revisions<ActualRecord>;

  // nullptr where none was ever recorded.
  Figure* FindFigure(int reporting_year, const std::string& component) const {
    if (slot_ == nullptr) return nullptr;
    auto cell = slot_->actuals.find({reporting_year, component});
    return cell == slot_->actuals.end() ? nullptr : &cell->second;
  }
  static bool IsThere(const Figure* figure) {
    return figure != nullptr && !figure->all().back().value.retracted;
  }

  // The KPI's slot, to be changed from now on.
  KpiSlot& Touch() {
    state_.touched_.push_back({position_, kpi_.slot});
    if (slot_ == nullptr) {
      // The last "/" makes the map's order that of the resource names below the KPIs.
      auto slot = state_.kpis_.try_emplace(catalog::KpiName(kpi_.plan(), kpi_.id()) + "/").first;
      slot->second.name = NameOf(kpi_);
      slot_ = &slot->second;
      state_.by_kpi_.emplace(kpi_.slot, slot);
    }
    return *slot_;
  }

  State& state_;
  Position position_;
  const google::protobuf::Message& event_;
  catalog::KpiAt kpi_{};
  KpiSlot* slot_ = nullptr;  // of kpi_; nullptr where nothing was ever recorded of it
};

absl::Status State::Fold(Position position, const google::protobuf::Message& event) {
  return Evolution(*this, position, event).Run();
}

}  // namespace seisaku::progress
