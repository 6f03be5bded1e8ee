#include "services/progress/rpc/explain.h"

#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/progress/rpc/texts.h"

namespace seisaku::progress {
namespace {

struct Found {
  log::v1::Entry entry;
  v1::Event event;  // of progress's own
};

// The entry at `position` of progress's log, with its event.
absl::StatusOr<Found> ReadOwn(ledger::LogReader& ledger, Position position) {
  Found found;
  ASSIGN_OR_RETURN(found.entry, ledger.ReadEntry(position));
  if (!found.event.ParseFromString(found.entry.payload())) {
    return errors::LogCorrupt(position, "the entry cannot be read");
  }
  return found;
}

// The copy of catalog's entry that `carrier` holds.
absl::StatusOr<log::v1::Entry> CopyIn(const Found& carrier, const Input& input) {
  const v1::CatalogAdvanced& advanced = carrier.event.catalog_advanced();
  log::v1::Entry entry;
  bool there = input.position >= advanced.start() &&
               input.position - advanced.start() < static_cast<Position>(advanced.entries_size()) &&
               entry.ParseFromString(advanced.entries(static_cast<int>(input.position - advanced.start())));
  if (!there) return errors::LogCorrupt(input.carrier, "it does not hold the entry of catalog");
  return entry;
}

}  // namespace

std::vector<Input> InputsOf(const View& view, const KpiEvaluation& judged) {
  std::vector<Input> inputs;
  auto of_catalog = [&](const char* what, Position position, std::string_view component = "") {
    inputs.push_back({what, std::string(component), true, position, view.CarrierOf(position)});
  };
  auto own = [&](const char* what, std::string_view component, Position position) {
    inputs.push_back({what, std::string(component), false, position, position});
  };
  for (const ComponentInput& component : judged.input.components) {
    if (component.target) of_catalog("target", judged.target->position, component.component);
  }
  for (const auto& actual : judged.actuals) {
    if (actual) own("actual", actual->component, actual->position);
  }
  if (judged.rule) of_catalog("rule", judged.rule->position);
  of_catalog("direction", view.catalog().DirectionSetAt(judged.kpi));
  if (judged.official) own("official", "", judged.official->position);
  return inputs;
}

absl::StatusOr<google::protobuf::RepeatedPtrField<v1::Provenance>> Explain(ledger::LogReader& ledger,
                                                                           const std::vector<Input>& inputs,
                                                                           const rpc::CallContext& call) {
  google::protobuf::RepeatedPtrField<v1::Provenance> provenance;
  if (!inputs.empty() && !call.may_wait) return rpc::WouldWait();
  TextSlots reasons;
  for (const Input& input : inputs) {
    ASSIGN_OR_RETURN(Found found, ReadOwn(ledger, input.carrier));
    v1::Provenance& one = *provenance.Add();
    if (!input.in_catalog && found.event.has_reason()) {
      reasons.Add(input.position, found.event.reason().index(), [&one](std::optional<std::string> text) {
        one.set_reason_withdrawn(!text);
        one.set_reason(std::move(text).value_or(""));
      });
    }
    log::v1::Entry entry = found.entry;
    if (input.in_catalog) {
      ASSIGN_OR_RETURN(entry, CopyIn(found, input));
    }
    one.set_input(input.what);
    one.set_component(input.component);
    one.set_log(input.in_catalog ? "catalog" : "progress");
    one.set_position(input.position);
    *one.mutable_recorded_at() = entry.recorded_at();
    one.set_actor(entry.actor());
    if (entry.has_source()) *one.mutable_source() = entry.source();
  }
  RETURN_IF_ERROR(reasons.Fill(ledger, call));
  return provenance;
}

}  // namespace seisaku::progress
