#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/base/visible.h"
#include "tools/policyctl/commands/commands.h"
#include "tools/policyctl/commands/log_entry.h"
#include "tools/policyctl/contract_words.h"
#include "tools/policyctl/display.h"
#include "tools/policyctl/naming.h"
#include "tools/policyctl/option_checks.h"

namespace seisaku::policyctl {
namespace {

constexpr uint32_t kPageSize = 500;

struct LogOptions {
  std::string log = "progress";
  uint64_t from = 0;
  uint32_t limit = 100;
  uint64_t position = 0;
  uint32_t index = 0;
  std::string reason;
  std::string request_id;
  bool validate_only = false;
};

// Raw entries need the role auditor, which whoever works as planner has as another certificate.
absl::StatusOr<Client*> ConnectAsAuditor(Session& session) {
  session.PreferProfile("auditor");
  return session.Connect();
}

absl::StatusOr<log::v1::ReadEntriesResponse> Read(Session& session, const LogOptions& options,
                                                  bool with_texts) {
  ASSIGN_OR_RETURN(Client * client, ConnectAsAuditor(session));
  log::v1::ReadEntriesResponse all;
  while (static_cast<uint32_t>(all.entries_size()) < options.limit) {
    log::v1::ReadEntriesRequest request;
    request.set_start(options.from + all.entries_size());
    request.set_page_size(std::min(kPageSize, options.limit - all.entries_size()));
    request.set_include_texts(with_texts);
    ASSIGN_OR_RETURN(const log::v1::ReadEntriesResponse page,
                     client->Call(client->log(options.log), &Log::ReadEntries, std::move(request)));
    all.MergeFrom(page);
    if (page.entries().empty() || options.from + all.entries_size() >= all.position()) break;
    session.ShowProgress(session.Say(text::kEntriesRead, all.entries_size()));
  }
  return all;
}

ReadEntry ReaderOf(Client& client, const LogOptions& options) {
  return [&client, log = options.log](uint64_t position) -> absl::StatusOr<log::v1::StoredEntry> {
    log::v1::ReadEntriesRequest request;
    request.set_start(position);
    request.set_page_size(1);
    ASSIGN_OR_RETURN(log::v1::ReadEntriesResponse response,
                     client.Call(client.log(log), &Log::ReadEntries, std::move(request)));
    if (response.entries().empty()) return errors::PositionBeyondEnd(position, response.position());
    return std::move(*response.mutable_entries(0));
  };
}

// The event, and which text it withdrew.
std::string EventText(const Session& session, const log::v1::Entry& entry,
                      const std::optional<WithdrawnText>& withdrawn) {
  const std::string event = InWords(session.language(), EventName(entry));
  if (!withdrawn) return event;
  return session.Say(text::kWithdrawnOf, event, withdrawn->position, withdrawn->index,
                     InWords(session.language(), withdrawn->field));
}

Table EmptyListTable(const Session& session) {
  const auto title = [&session](const Text& text) { return std::string(session.In(text)); };
  using Align = Column::Align;
  return Table({{title(text::kPosition), Align::kRight},
                {title(text::kRecorded), Align::kLeft, false, 4},
                {title(text::kEvent)},
                {title(text::kResource), Align::kLeft, true},
                {title(text::kActor), Align::kLeft, true, 3},
                {title(text::kSource), Align::kLeft, true, 1},
                {title(text::kReason), Align::kLeft, true, 2}});
}

// The entries as rows, as people read them; without the reasons where the texts were not read.
absl::StatusOr<Table> ListTable(Session& session, const LogOptions& options,
                                const log::v1::ReadEntriesResponse& response, bool with_texts) {
  ASSIGN_OR_RETURN(Client * client, ConnectAsAuditor(session));
  const bool for_people = session.output().options().format == Format::kTable;
  Table table = EmptyListTable(session);
  for (const log::v1::StoredEntry& stored : response.entries()) {
    ASSIGN_OR_RETURN(const log::v1::Entry entry, DecodeEntry(stored));
    std::optional<WithdrawnText> withdrawn;
    if (for_people) {
      ASSIGN_OR_RETURN(withdrawn, FindWithdrawn(entry, stored.position(), ReaderOf(*client, options)));
    }
    std::string reason;
    if (with_texts) {
      ASSIGN_OR_RETURN(reason, ReasonText(session.language(), stored));
    }
    table.AddRow({std::to_string(stored.position()), TimeText(entry.recorded_at()),
                  EventText(session, entry, withdrawn), entry.resource(), entry.actor(),
                  SourceText(entry.source()), reason});
  }
  std::vector<bool> kept(table.columns().size(), true);
  kept.back() = with_texts;
  return table.With(kept);
}

absl::Status List(Session& session, const LogOptions& options) {
  bool with_texts = session.output().options().format != Format::kJson;
  absl::StatusOr<log::v1::ReadEntriesResponse> response = Read(session, options, with_texts);
  // One text that is not what its entry commits to hides no entry.
  if (ReasonOf(response.status()) == "TEXT_DIFFERS") {
    with_texts = false;
    response = Read(session, options, with_texts);
  }
  RETURN_IF_ERROR(response.status());
  ASSIGN_OR_RETURN(const Table table, ListTable(session, options, *response, with_texts));
  return session.output().Print(
      *response,
      [&](const TableLayout& layout) {
        return RenderFitting(session.language(), table, layout) + "\n" +
               session.Say(text::kPositionLine, response->position()) + "\n";
      },
      [&] { return table.Records(); });
}

absl::Status Show(Session& session, const LogOptions& options) {
  ASSIGN_OR_RETURN(Client * client, ConnectAsAuditor(session));
  log::v1::ReadEntriesRequest request;
  request.set_start(options.position);
  request.set_page_size(1);
  request.set_include_texts(true);
  ASSIGN_OR_RETURN(const log::v1::ReadEntriesResponse response,
                   client->Call(client->log(options.log), &Log::ReadEntries, std::move(request)));
  if (response.entries().empty()) return errors::PositionBeyondEnd(options.position, response.position());
  const absl::StatusOr<std::string> shown = EntryJson(response.entries(0), ReaderOf(*client, options));
  if (!shown.ok()) return WithMetadata(shown.status(), {{"log", options.log}});
  const std::string& json = *shown;
  ASSIGN_OR_RETURN(const log::v1::Entry entry, DecodeEntry(response.entries(0)));
  return session.output().Print([&] { return json; }, [&](const TableLayout&) { return VisibleJson(json); },
                                [&] {
                                  return Records{{"position", "type", "resource", "actor", "json"},
                                                 {std::to_string(options.position), entry.type(),
                                                  entry.resource(), entry.actor(), json}};
                                });
}

absl::Status Redact(Session& session, const LogOptions& options) {
  session.PreferProfile("operator");
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  log::v1::RedactTextRequest request;
  request.set_position(options.position);
  request.set_index(options.index);
  request.set_reason(options.reason);
  request.set_request_id(options.request_id);
  request.set_validate_only(options.validate_only);
  ASSIGN_OR_RETURN(const log::v1::RedactTextResponse response,
                   client->Call(client->log(options.log), &Log::RedactText, std::move(request)));
  const type::v1::Receipt& receipt = response.receipt();
  const bool withdrawn = receipt.entries() > 0;
  return session.output().Print(
      response,
      [&](const TableLayout&) {
        if (options.validate_only) return std::string(session.In(text::kWouldBeDone)) + "\n";
        if (!withdrawn) return std::string(session.In(text::kWithdrawnBefore)) + "\n";
        return session.Say(text::kWithdrawnAt, receipt.position()) + "\n";
      },
      [&] {
        return Records{{"position", "index", "result"},
                       {std::to_string(options.position), std::to_string(options.index),
                        withdrawn ? "withdrawn" : "unchanged"}};
      });
}

void AddRedact(CommandLine& line, CLI::App& log, const std::shared_ptr<LogOptions>& options) {
  CLI::App& redact =
      line.Add(log,
               {.name = "redact",
                .help = text::kLogRedactHelp,
                .example = "policyctl log redact 185 --log catalog --reason '個人名が含まれていたため'"},
               [options](Session& session) { return Redact(session, *options); });
  redact.add_option("POSITION", options->position, line.In(text::kPositionArgument))
      ->check(IsAtLeast(0))
      ->required();
  redact.add_option("--log", options->log, line.In(text::kLogOption))
      ->check(IsOneOf({"catalog", "progress"}));
  redact.add_option("--index", options->index, line.In(text::kTextIndexOption))
      ->type_name("N")
      ->check(IsAtLeast(0));
  redact.add_option("--reason", options->reason, line.In(text::kReasonOption))->required();
  redact.add_option("--request-id", options->request_id, line.In(text::kRequestIdOption))->type_name("UUID");
  redact.add_flag("--validate-only", options->validate_only, line.In(text::kValidateOnlyOption));
}

}  // namespace

void AddLogCommands(CommandLine& line) {
  CLI::App& log = line.Group(
      {.name = "log", .help = text::kLogHelp, .example = "policyctl log list --log catalog --limit 20"});
  auto options = std::make_shared<LogOptions>();

  CLI::App& list = line.Add(
      log,
      {.name = "list", .help = text::kLogListHelp, .example = "policyctl log list --log catalog --from 100"},
      [options](Session& session) { return List(session, *options); });
  list.add_option("--log", options->log, line.In(text::kLogOption))->check(IsOneOf({"catalog", "progress"}));
  list.add_option("--from", options->from, line.In(text::kFromOption))
      ->type_name("POSITION")
      ->check(IsAtLeast(0));
  list.add_option("--limit", options->limit, line.In(text::kLimitOption))
      ->type_name("N")
      ->check(IsAtLeast(1));

  CLI::App& show = line.Add(
      log, {.name = "show", .help = text::kLogShowHelp, .example = "policyctl log show 12 --log catalog"},
      [options](Session& session) { return Show(session, *options); });
  show.add_option("POSITION", options->position, line.In(text::kPositionArgument))
      ->check(IsAtLeast(0))
      ->required();
  show.add_option("--log", options->log, line.In(text::kLogOption))->check(IsOneOf({"catalog", "progress"}));

  if (!line.readers_only()) AddRedact(line, log, options);
}

}  // namespace seisaku::policyctl
