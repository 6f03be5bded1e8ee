// What was changed between two times, in which order, by whom and why.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"
#include "seisaku/type/v1/read.pb.h"
#include "tools/auditor/archive/archived_city.h"
#include "tools/auditor/changes/field_changes.h"
#include "tools/policyctl/commands/log_entry.h"

namespace seisaku::auditor {

// Words that came with an entry.
struct Words {
  std::string field;                // see policyctl::TextFields
  std::optional<std::string> text;  // nullopt: withdrawn
};

// What one entry did.
struct Change {
  Position position = 0;
  std::string event;     // "actual_corrected"
  std::string resource;  // what it is about
  std::vector<FieldChange> fields;
  std::map<std::string, std::string> titles;  // of the departments that the fields name
  std::optional<Words> reason;
  std::vector<Words> words;  // the reason apart
  // Of text_redacted: which text of which entry.
  std::optional<policyctl::WithdrawnText> withdrawn;
};

// What one command did.
struct ChangeSet {
  std::string log;  // "catalog", "progress"
  google::protobuf::Timestamp recorded_at;
  std::string actor;
  std::string request_id;
  std::vector<Change> changes;
};

// The commands of both logs after `from` and up to where the city was opened, in order of time; catalog's
// copies in progress's log are catalog's changes and not told again. `from` is a time, or a size of
// progress's log, as ArchivedCity::Open has it. Errors: the logs'; INVALID_ARGUMENT … where `from` lies
// behind the end; DATA_LOSS TEXT_DIFFERS (metadata `log`, `position`, `index`): a text is not what its
// entry commits to.
absl::StatusOr<std::vector<ChangeSet>> ChangesSince(ArchivedCity& city, const type::v1::AsOf& from);

// What Change::event may be.
std::vector<std::string> EventTypes();

// An empty message of the type that the content of this record has (see StateMachine::VisitRecords): nullptr
// for a resource of no known kind.
std::unique_ptr<google::protobuf::Message> NewRecord(std::string_view resource);

}  // namespace seisaku::auditor
