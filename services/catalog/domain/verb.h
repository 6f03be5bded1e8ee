// A verb stands once: its aggregate's file (plan.cc, node.cc, …) has the functions that decide and fold it,
// and ends with one row for each verb. Decide, Fold, and an event's resource are derived from the rows.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "seisaku/catalog/v1/changes.pb.h"
#include "seisaku/catalog/v1/events.pb.h"
#include "services/catalog/domain/view.h"

namespace seisaku::catalog {

class Evolution;

// What a decide function is given beside its change.
struct Deciding {
  const View& view;  // the newest one
  bool has_reason;   // the change says why
  int year;          // the present fiscal year
};

// What a decide function returns: the event's message; nullopt, where everything would stay as it is; or why
// the change is refused. An error that names no field is given the row's subject.
template <typename EventMessage>
using Decided = absl::StatusOr<std::optional<EventMessage>>;

// One verb, as its aggregate's file writes it down. Made by Row.
struct VerbRow {
  v1::Change::ChangeCase change;
  v1::Event::EventCase event;
  // The field of a request that says which resource is meant ("node.name"). Its last part is also the field
  // of the event's message that holds the resource's name.
  std::string_view subject;

  // The messages that the two functions below expect.
  const google::protobuf::Descriptor* (*change_message)();
  const google::protobuf::Descriptor* (*event_message)();

  // Puts what the change comes to into `field` of `event`. False: nothing would change, `event` is as it was.
  absl::StatusOr<bool> (*decide)(const Deciding& in, const google::protobuf::Message& change,
                                 v1::Event& event, const google::protobuf::FieldDescriptor* field);
  // An error says what cannot be; nothing was changed then.
  absl::Status (*fold)(Evolution& state, const google::protobuf::Message& event);
};

// The messages of a decide function.
template <typename Function>
struct DecideMessages;
template <typename ChangeMessage, typename EventMessage>
struct DecideMessages<absl::StatusOr<std::optional<EventMessage>> (*)(const Deciding&,
                                                                      const ChangeMessage&)> {
  using Change = ChangeMessage;
  using Event = EventMessage;
};

// The row of a verb that is decided by `kDecide`, a Decided<E>(const Deciding&, const C&), and folded by
// `kFold`, an absl::Status(Evolution&, const E&). That C and E are the messages of `change` and `event` is
// checked at the start.
template <auto kDecide, auto kFold>
constexpr VerbRow Row(v1::Change::ChangeCase change, v1::Event::EventCase event, std::string_view subject) {
  using C = typename DecideMessages<decltype(kDecide)>::Change;
  using E = typename DecideMessages<decltype(kDecide)>::Event;
  return {change,
          event,
          subject,
          &C::descriptor,
          &E::descriptor,
          [](const Deciding& in, const google::protobuf::Message& message, v1::Event& made,
             const google::protobuf::FieldDescriptor* field) -> absl::StatusOr<bool> {
            Decided<E> decided = kDecide(in, static_cast<const C&>(message));
            if (!decided.ok()) return decided.status();
            if (!*decided) return false;
            // A move: neither message is on an arena.
            static_cast<E&>(*made.GetReflection()->MutableMessage(&made, field)) = **std::move(decided);
            return true;
          },
          [](Evolution& state, const google::protobuf::Message& message) -> absl::Status {
            return kFold(state, static_cast<const E&>(message));
          }};
}

// The rows of each aggregate.
absl::Span<const VerbRow> PlanVerbs();
absl::Span<const VerbRow> NodeVerbs();
absl::Span<const VerbRow> KpiVerbs();
absl::Span<const VerbRow> TargetVerbs();
absl::Span<const VerbRow> DepartmentVerbs();

// All of them.
std::vector<VerbRow> AllVerbs();

// What is wrong with `rows`: INTERNAL names a row whose functions take other messages than its change and
// event are, or whose subject is no field of its event.
absl::Status CheckVerbs(absl::Span<const VerbRow> rows);

// A row with what the descriptors say of it.
class Verb {
 public:
  // `row` is one that CheckVerbs found right.
  explicit Verb(const VerbRow& row);

  std::string_view subject() const { return row_.subject; }

  // `change` and `event` are of this verb; see VerbRow.
  absl::StatusOr<bool> Decide(const Deciding& in, const v1::Change& change, v1::Event& event) const;
  absl::Status Fold(Evolution& state, const v1::Event& event) const;

  // The name of the resource that the event changes, in the event.
  const std::string& Resource(const v1::Event& event) const;

 private:
  VerbRow row_;
  const google::protobuf::FieldDescriptor* change_field_;
  const google::protobuf::FieldDescriptor* event_field_;
  const google::protobuf::FieldDescriptor* resource_field_;
};

// The verb of a change or an event; nullptr where none is set. Thread-safe.
const Verb* FindVerb(v1::Change::ChangeCase change);
const Verb* FindVerb(v1::Event::EventCase event);

}  // namespace seisaku::catalog
