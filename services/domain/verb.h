// What a service does with a change or an event, found through rows: one for each verb. An aggregate's file
// (plan.cc, actual.cc, …) has the functions that decide and fold its verbs, and ends with their rows. Nothing
// else in a service's domain lists the verbs. A service's verb.h says what its functions are given.
#pragma once

#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "seisaku/type/v1/source.pb.h"
#include "services/base/state_machine.h"

namespace seisaku {

// Why an event cannot have been committed; the message is `why`. Whoever knows the entry's position makes
// LOG_CORRUPT of it.
absl::Status CannotBe(std::string_view why);

// An event's message, and the free texts that are stored beside it: TextRef.index counts them.
template <typename EventMessage>
struct WithTexts {
  // NOLINTNEXTLINE(google-explicit-constructor)
  WithTexts(EventMessage event, std::vector<std::string> texts_beside = {})
      : message(std::move(event)), texts(std::move(texts_beside)) {}

  EventMessage message;
  std::vector<std::string> texts;
};

// What a decide function returns: the event's message; nullopt where everything would stay as it is; or why
// the change is refused. An error that names no field is given the row's subject.
template <typename EventMessage>
using Decided = absl::StatusOr<std::optional<WithTexts<EventMessage>>>;

// What a row says in the same way in every service.
struct VerbFields {
  // The numbers of the fields of the service's Change and Event. A verb whose change is 0 is no field of
  // Change: its own message is what is decided.
  int change;
  int event;
  // The field of a change that says which resource is meant ("node.name"). The event's message has a field of
  // the same last name, with the same resource's name. Empty where the change is 0.
  std::string_view subject;

  // The messages that the row's functions expect.
  const google::protobuf::Descriptor* (*change_message)();
  const google::protobuf::Descriptor* (*event_message)();
};

// One verb, as its aggregate's file writes it down. Row makes it. A service may add to it.
template <typename DecidingOf, typename EvolutionOf>
struct VerbRowOf : VerbFields {
  using Deciding = DecidingOf;
  using Evolution = EvolutionOf;

  // Puts what the change comes to into `field` of `event`, and the texts beside it into `texts`. False:
  // nothing would change, and nothing was put anywhere.
  absl::StatusOr<bool> (*decide)(const Deciding& in, const google::protobuf::Message& change,
                                 google::protobuf::Message& event,
                                 const google::protobuf::FieldDescriptor* field,
                                 std::vector<std::string>& texts);
  // CannotBe, and nothing was changed; else OK.
  absl::Status (*fold)(Evolution& state, const google::protobuf::Message& event);
};

// What a decide and a fold function are given.
template <typename Function>
struct DecideTypes;
template <typename D, typename C, typename E>
struct DecideTypes<Decided<E> (*)(const D&, const C&)> {
  using Deciding = D;
  using Change = C;
  using Event = E;
};
template <typename Function>
struct FoldTypes;
template <typename S, typename E>
struct FoldTypes<absl::Status (*)(S&, const E&)> {
  using Evolution = S;
};

template <auto kDecide>
absl::StatusOr<bool> DecideInto(const typename DecideTypes<decltype(kDecide)>::Deciding& in,
                                const google::protobuf::Message& change, google::protobuf::Message& event,
                                const google::protobuf::FieldDescriptor* field,
                                std::vector<std::string>& texts) {
  using Types = DecideTypes<decltype(kDecide)>;
  auto decided = kDecide(in, static_cast<const typename Types::Change&>(change));
  if (!decided.ok()) return decided.status();
  if (!decided->has_value()) return false;
  // Moves: no message is on an arena.
  static_cast<typename Types::Event&>(*event.GetReflection()->MutableMessage(&event, field)) =
      std::move((*decided)->message);
  texts = std::move((*decided)->texts);
  return true;
}

template <auto kFold, typename EventMessage>
absl::Status FoldFrom(typename FoldTypes<decltype(kFold)>::Evolution& state,
                      const google::protobuf::Message& event) {
  return kFold(state, static_cast<const EventMessage&>(event));
}

// The row of a verb that is decided by `kDecide`, a Decided<E>(const Deciding&, const C&), and folded by
// `kFold`, an absl::Status(Evolution&, const E&). CheckVerbFields compares C and E with the messages of
// `change` and `event`.
template <auto kDecide, auto kFold>
constexpr auto Row(int change, int event, std::string_view subject) {
  using Types = DecideTypes<decltype(kDecide)>;
  using Evolution = typename FoldTypes<decltype(kFold)>::Evolution;
  return VerbRowOf<typename Types::Deciding, Evolution>{
      {change, event, subject, &Types::Change::descriptor, &Types::Event::descriptor},
      &DecideInto<kDecide>,
      &FoldFrom<kFold, typename Types::Event>};
}

// What is wrong with the rows of a service whose Change and Event are `change` and `event`. INTERNAL names a
// change or an event that has no row or several, a row whose functions take other messages than its change
// and its event are, or one whose subject its event does not have.
absl::Status CheckVerbFields(const google::protobuf::Descriptor& change,
                             const google::protobuf::Descriptor& event, const std::vector<VerbFields>& rows);

// What the descriptors say of a row that CheckVerbFields found right. Thread-safe.
class VerbDescriptors {
 public:
  VerbDescriptors(const google::protobuf::Descriptor& change, const google::protobuf::Descriptor& event,
                  const VerbFields& row);

  // Entry.type: "seisaku.catalog.v1.Event/node_created".
  const std::string& type() const { return type_; }

  // What the row's subject is in an event of this verb; lives as long as the event. Only of a verb that has
  // a subject.
  const std::string& SubjectOf(const google::protobuf::Message& event) const;

  // Whether `event`, of this verb, names only texts that are among the first `count`. Its reason is not
  // looked at.
  bool NamesTextsBelow(const google::protobuf::Message& event, int count) const;

  // The message of this verb in an Event.
  const google::protobuf::Message& EventMessage(const google::protobuf::Message& event) const;

 protected:
  // The same in a Change; `change` itself where the verb is decided from its own message.
  const google::protobuf::Message& ChangeMessage(const google::protobuf::Message& change) const;
  const google::protobuf::FieldDescriptor* event_field() const { return event_field_; }

 private:
  const google::protobuf::FieldDescriptor* change_field_;  // nullptr: the change is the message itself
  const google::protobuf::FieldDescriptor* event_field_;
  const google::protobuf::FieldDescriptor* subject_field_;             // nullptr: no subject
  std::vector<const google::protobuf::FieldDescriptor*> text_fields_;  // the TextRefs of the event's message
  std::string type_;
};

// A row with what the descriptors say of it. Thread-safe.
template <typename VerbRow>
class VerbOf : public VerbDescriptors {
 public:
  VerbOf(const google::protobuf::Descriptor& change, const google::protobuf::Descriptor& event, VerbRow row)
      : VerbDescriptors(change, event, row), row_(row) {}

  const VerbRow& row() const { return row_; }

  // `change` and `event` are a Change and an Event of this verb; see VerbRowOf.
  absl::StatusOr<bool> Decide(const typename VerbRow::Deciding& in, const google::protobuf::Message& change,
                              google::protobuf::Message& event, std::vector<std::string>& texts) const {
    return row_.decide(in, ChangeMessage(change), event, event_field(), texts);
  }
  absl::Status Fold(typename VerbRow::Evolution& state, const google::protobuf::Message& event) const {
    return row_.fold(state, EventMessage(event));
  }

 private:
  VerbRow row_;
};

// Every verb of a service, found by the numbers of its fields. Thread-safe.
template <typename VerbRow>
class VerbTable {
 public:
  using Verb = VerbOf<VerbRow>;

  // Aborts the process where CheckVerbFields finds something wrong.
  VerbTable(const google::protobuf::Descriptor& change, const google::protobuf::Descriptor& event,
            const std::vector<VerbRow>& rows) {
    if (absl::Status right = CheckVerbFields(change, event, {rows.begin(), rows.end()}); !right.ok()) {
      std::cerr << right << "\n";
      std::abort();
    }
    verbs_.reserve(rows.size());
    for (const VerbRow& row : rows) {
      verbs_.emplace_back(change, event, row);
      if (row.change != 0) Put(by_change_, row.change);
      Put(by_event_, row.event);
    }
  }

  // nullptr where none is.
  const Verb* OfChange(size_t number) const { return At(by_change_, number); }
  const Verb* OfEvent(size_t number) const { return At(by_event_, number); }
  // The verb whose change is 0 and that is decided from such a message.
  const Verb* OfMessage(const google::protobuf::Descriptor* message) const {
    for (const Verb& verb : verbs_) {
      if (verb.row().change == 0 && verb.row().change_message() == message) return &verb;
    }
    return nullptr;
  }

 private:
  void Put(std::vector<const Verb*>& by_number, size_t number) {
    if (by_number.size() <= number) by_number.resize(number + 1);
    by_number[number] = &verbs_.back();
  }
  static const Verb* At(const std::vector<const Verb*>& by_number, size_t number) {
    return number < by_number.size() ? by_number[number] : nullptr;
  }

  std::vector<Verb> verbs_;
  std::vector<const Verb*> by_change_;
  std::vector<const Verb*> by_event_;
};

// The error of a decision. Where it names no field, it gets `subject`, or the etag beside it.
absl::Status NamingField(const absl::Status& refused, std::string_view subject);

// Decides `change` by `verb`: one event, whose reason and source are those given, or none. `resource_of` says
// which resource an Event changes. `source` may be nullptr.
template <typename Event, typename VerbRow, typename ResourceOf>
absl::StatusOr<std::vector<NewEvent>> DecideBy(const VerbOf<VerbRow>& verb,
                                               const typename VerbRow::Deciding& in,
                                               const google::protobuf::Message& change,
                                               const std::string& reason, const type::v1::SourceCell* source,
                                               ResourceOf resource_of) {
  Event event;
  NewEvent made;
  const absl::StatusOr<bool> changes = verb.Decide(in, change, event, made.texts);
  if (!changes.ok()) return NamingField(changes.status(), verb.row().subject);
  std::vector<NewEvent> events;
  if (!*changes) return events;
  if (!reason.empty()) {
    event.mutable_reason()->set_index(static_cast<uint32_t>(made.texts.size()));
    made.texts.push_back(reason);
  }
  made.type = verb.type();
  made.resource = resource_of(event);
  made.payload = event.SerializeAsString();
  if (source != nullptr) made.source = *source;
  events.push_back(std::move(made));
  return events;
}

}  // namespace seisaku
