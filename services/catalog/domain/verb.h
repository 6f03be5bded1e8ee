// A verb stands once. Its aggregate's file (plan.cc, node.cc, …) has the functions that decide and fold it,
// and ends with one row for each verb. Decide, State::Fold and EventResource are derived from the rows:
// nothing else in this folder lists the verbs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
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

// What a decide function returns: the event's message; nullopt where everything would stay as it is; or why
// the change is refused. An error that names no field is given the row's subject.
template <typename EventMessage>
using Decided = absl::StatusOr<std::optional<EventMessage>>;

// One verb, as its aggregate's file writes it down. Row makes it.
struct VerbRow {
  v1::Change::ChangeCase change;
  v1::Event::EventCase event;
  // The field of a request that says which resource is meant ("node.name"). The event's message has a field
  // of the same last name, which holds the resource's name.
  std::string_view subject;

  // The messages that the functions below expect.
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
struct MessagesOf;
template <typename C, typename E>
struct MessagesOf<Decided<E> (*)(const Deciding&, const C&)> {
  using Change = C;
  using Event = E;
};

template <auto kDecide>
absl::StatusOr<bool> DecideInto(const Deciding& in, const google::protobuf::Message& change, v1::Event& event,
                                const google::protobuf::FieldDescriptor* field) {
  using Messages = MessagesOf<decltype(kDecide)>;
  auto decided = kDecide(in, static_cast<const typename Messages::Change&>(change));
  if (!decided.ok()) return decided.status();
  if (!decided->has_value()) return false;
  // Moves: no message is on an arena.
  static_cast<typename Messages::Event&>(*event.GetReflection()->MutableMessage(&event, field)) =
      **std::move(decided);
  return true;
}

template <auto kFold, typename EventMessage>
absl::Status FoldFrom(Evolution& state, const google::protobuf::Message& event) {
  return kFold(state, static_cast<const EventMessage&>(event));
}

// The row of a verb that is decided by `kDecide`, a Decided<E>(const Deciding&, const C&), and folded by
// `kFold`, an absl::Status(Evolution&, const E&). CheckVerbs compares C and E with the messages of `change`
// and `event`.
template <auto kDecide, auto kFold>
constexpr VerbRow Row(v1::Change::ChangeCase change, v1::Event::EventCase event, std::string_view subject) {
  using Change = typename MessagesOf<decltype(kDecide)>::Change;
  using Event = typename MessagesOf<decltype(kDecide)>::Event;
  return {change,
          event,
          subject,
          &Change::descriptor,
          &Event::descriptor,
          &DecideInto<kDecide>,
          &FoldFrom<kFold, Event>};
}

// The rows of each aggregate.
absl::Span<const VerbRow> PlanVerbs();
absl::Span<const VerbRow> NodeVerbs();
absl::Span<const VerbRow> KpiVerbs();
absl::Span<const VerbRow> TargetVerbs();
absl::Span<const VerbRow> DepartmentVerbs();

// All of them.
std::vector<VerbRow> AllVerbs();

// What is wrong with `rows`. INTERNAL names a change or an event that has no row or several, a row whose
// functions take other messages than its change and its event are, or one whose subject its event does not
// have.
absl::Status CheckVerbs(absl::Span<const VerbRow> rows);

// A row with what the descriptors say of it. Thread-safe.
class Verb {
 public:
  // `row` is one of those that CheckVerbs found right.
  explicit Verb(const VerbRow& row);

  std::string_view subject() const { return row_.subject; }

  // `change` and `event` are of this verb; see VerbRow.
  absl::StatusOr<bool> Decide(const Deciding& in, const v1::Change& change, v1::Event& event) const;
  absl::Status Fold(Evolution& state, const v1::Event& event) const;

  // The name of the resource that the event changes; lives as long as the event.
  const std::string& Resource(const v1::Event& event) const;

 private:
  VerbRow row_;
  const google::protobuf::FieldDescriptor* change_field_;
  const google::protobuf::FieldDescriptor* event_field_;
  const google::protobuf::FieldDescriptor* resource_field_;
};

// The verb of a change or an event; nullptr where none is set. Thread-safe. The first call aborts the process
// where CheckVerbs finds something wrong.
const Verb* FindVerb(v1::Change::ChangeCase change);
const Verb* FindVerb(v1::Event::EventCase event);

}  // namespace seisaku::catalog
