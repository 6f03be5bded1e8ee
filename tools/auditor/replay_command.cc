#include <memory>
#include <string>

#include "google/protobuf/struct.pb.h"
#include "services/base/status.h"
#include "tools/auditor/archive_options.h"
#include "tools/auditor/changes/changes.h"
#include "tools/auditor/changes/show.h"
#include "tools/auditor/commands.h"
#include "tools/auditor/digest.h"
#include "tools/policyctl/commands/commands.h"
#include "tools/policyctl/option_checks.h"

namespace seisaku::auditor {
namespace {

using policyctl::Session;
using policyctl::Text;

constexpr Text kHelp = {"Show what was known at a time, from exported logs alone",
                        "書き出したログだけから、ある時点で分かっていたことを示す"};
constexpr Text kToOption = {
    "When: a date (its end in Tokyo), an RFC 3339 time, or a size of progress's log",
    "時点：日付（その日の終わり、日本時間）、RFC 3339 の時刻、または progress のログの件数"};
constexpr Text kStepOption = {"Go through all commands up to then, with what each changed",
                              "その時点までの操作を1つずつ、変更の内容とともに示す"};
constexpr Text kState = {"{}: {} of {} entries\n  state digest:   {}\n  content digest: {}\n",
                         "{}: {} / {} 件\n  状態のダイジェスト: {}\n  内容のダイジェスト: {}\n"};

struct Options {
  ArchiveOptions archive;
  std::string to;
  bool step = false;
};

// Every record of both states, in protojson.
void AddRecords(const StateMachine& state, Position size, google::protobuf::Struct& json) {
  auto& records = *(*json.mutable_fields())["records"].mutable_list_value();
  state.VisitRecords(size, [&](const StateMachine::Record& record) {
    auto& fields = *records.add_values()->mutable_struct_value()->mutable_fields();
    fields["resource"].set_string_value(std::string(record.resource));
    fields["revision"].set_number_value(record.revision);
    fields["position"].set_string_value(std::to_string(record.position));
    const auto content = NewRecord(record.resource);
    if (content != nullptr && content->ParseFromString(std::string(record.content))) {
      *fields["content"].mutable_struct_value() = AsStruct(*content);
    }
  });
}

google::protobuf::Struct Json(const Digested& log, const StateMachine& state) {
  google::protobuf::Struct json;
  auto& fields = *json.mutable_fields();
  fields["origin"].set_string_value(log.origin);
  fields["size"].set_string_value(std::to_string(log.size));
  fields["stateDigest"].set_string_value(ledger::ToHex(log.digests.state));
  fields["contentDigest"].set_string_value(ledger::ToHex(log.digests.content));
  AddRecords(state, log.size, json);
  return json;
}

absl::Status ShowState(Session& session, ArchivedCity& city) {
  ASSIGN_OR_RETURN(const Digested catalog, DigestOf(city.catalog()));
  ASSIGN_OR_RETURN(const Digested progress, DigestOf(city.progress()));
  const auto words = [&](const Digested& log) {
    return session.Say(kState, log.origin, log.size, log.of, ledger::ToHex(log.digests.state),
                       ledger::ToHex(log.digests.content));
  };
  return session.output().Print(
      [&] {
        google::protobuf::Struct json;
        *(*json.mutable_fields())["catalog"].mutable_struct_value() = Json(catalog, city.catalog_state());
        *(*json.mutable_fields())["progress"].mutable_struct_value() = Json(progress, city.progress_state());
        return policyctl::ToJson(json);
      },
      [&](const policyctl::TableLayout&) { return words(catalog) + words(progress); },
      [&] {
        policyctl::Records records = {{"origin", "size", "state digest", "content digest"}};
        for (const Digested* log : {&catalog, &progress}) {
          records.push_back({log->origin, std::to_string(log->size), ledger::ToHex(log->digests.state),
                             ledger::ToHex(log->digests.content)});
        }
        return records;
      });
}

absl::Status Run(Session& session, const Options& options) {
  ASSIGN_OR_RETURN(const auto city, OpenArchive(session, options.archive, options.to));
  if (!options.step) return ShowState(session, *city);
  ASSIGN_OR_RETURN(const std::vector<ChangeSet> changes, ChangesSince(*city, {}));
  return ShowChanges(session, changes);
}

}  // namespace

void AddReplayCommand(policyctl::CommandLine& line) {
  auto options = std::make_shared<Options>();
  CLI::App& replay = line.Add(line.root(),
                              {.name = "replay",
                               .help = kHelp,
                               .example = "auditor replay BUNDLE --to R5.6.1 sheet --fiscal-year R4\n"
                                          "auditor replay BUNDLE --to 2023-06-01 -o json\n"
                                          "auditor replay BUNDLE --step"},
                              [options](Session& session) { return Run(session, *options); });
  AddArchiveOptions(line, replay, options->archive);
  replay.add_option("--to", options->to, line.In(kToOption))->check(policyctl::IsAsOf());
  replay.add_flag("--step", options->step, line.In(kStepOption));
  replay.require_subcommand(0, 1);

  auto opened = std::make_shared<std::unique_ptr<ArchivedCity>>();
  const auto prepare = [options, opened](Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(*opened, OpenArchive(session, options->archive, options->to));
    session.ConnectBy([opened](policyctl::Client::Options client) {
      return std::make_unique<policyctl::Client>((*opened)->Connect(), std::move(client));
    });
    return absl::OkStatus();
  };
  line.AddReadersBelow(replay, "auditor replay BUNDLE", prepare);
  policyctl::AddPlanCommands(line);
  policyctl::AddTreeCommand(line);
  policyctl::AddKpiCommands(line);
  policyctl::AddSheetCommand(line);
  policyctl::AddSummaryCommand(line);
  policyctl::AddExplainCommand(line);
  policyctl::AddActualCommands(line);
  policyctl::AddNarrativeCommands(line);
  policyctl::AddDepartmentCommands(line);
  policyctl::AddLogCommands(line);
}

}  // namespace seisaku::auditor
