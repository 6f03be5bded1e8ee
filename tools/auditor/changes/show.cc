#include "tools/auditor/changes/show.h"

#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/time_util.h"
#include "services/base/visible.h"
#include "tools/policyctl/display.h"
#include "tools/policyctl/naming.h"

namespace seisaku::auditor {
namespace {

using policyctl::Language;
using policyctl::Text;

constexpr Text kWithdrawn = {"(withdrawn)", "（削除済み）"};
constexpr Text kUnset = {"(none)", "（なし）"};
constexpr Text kWithdrawnText = {"text {1} of entry {0} ({2}: {3}), recorded {4} by {5}",
                                 "ログ位置{0}の文{1}（{2}: {3}）、{4} {5} の記録"};
constexpr Text kLog = {"Log", "ログ"};
constexpr Text kChange = {"Change", "変更"};
constexpr Text kReason = {"Reason", "理由"};
constexpr Text kSummary = {"{} commands, {} changes\n", "操作 {} 件、変更 {} 件\n"};

std::string TextOf(Language language, const Words& words) {
  return words.text ? *words.text : std::string(policyctl::In(language, kWithdrawn));
}

std::vector<std::string> Titles(Language language) {
  std::vector<std::string> titles;
  for (const Text& text :
       {kLog, policyctl::text::kPosition, policyctl::text::kRecorded, policyctl::text::kActor,
        policyctl::text::kEvent, policyctl::text::kResource, kChange, kReason}) {
    titles.emplace_back(policyctl::In(language, text));
  }
  return titles;
}

std::vector<std::string> Cells(Language language, const ChangeSet& set, const Change& change) {
  return {set.log,
          std::to_string(change.position),
          policyctl::TimeText(set.recorded_at),
          set.actor,
          InWords(language, change.event),
          change.resource,
          Describe(language, change),
          change.reason ? TextOf(language, *change.reason) : ""};
}

template <typename Each>
void ForEachChange(const std::vector<ChangeSet>& sets, Each each) {
  for (const ChangeSet& set : sets) {
    for (const Change& change : set.changes) each(set, change);
  }
}

size_t CountChanges(const std::vector<ChangeSet>& sets) {
  size_t count = 0;
  ForEachChange(sets, [&](const ChangeSet&, const Change&) { ++count; });
  return count;
}

google::protobuf::Value TextOrNull(const std::optional<std::string>& text) {
  google::protobuf::Value value;
  text ? value.set_string_value(*text) : value.set_null_value(google::protobuf::NULL_VALUE);
  return value;
}

google::protobuf::Struct Json(const Change& change) {
  google::protobuf::Struct json;
  auto& fields = *json.mutable_fields();
  fields["position"].set_string_value(std::to_string(change.position));
  fields["event"].set_string_value(change.event);
  fields["resource"].set_string_value(change.resource);
  auto& changed = *fields["fields"].mutable_list_value();
  for (const FieldChange& field : change.fields) {
    auto& one = *changed.add_values()->mutable_struct_value()->mutable_fields();
    one["field"].set_string_value(field.field);
    one["before"].set_string_value(field.before);
    one["after"].set_string_value(field.after);
  }
  auto& words = *fields["words"].mutable_list_value();
  for (const Words& word : change.words) *words.add_values() = TextOrNull(word.text);
  if (change.reason) fields["reason"] = TextOrNull(change.reason->text);
  if (change.withdrawn) {
    *fields["withdrawn"].mutable_struct_value() = policyctl::WithdrawnStruct(*change.withdrawn);
  }
  return json;
}

// The reason that all changes of the command share, if there is one.
const Words* SharedReason(const ChangeSet& set) {
  const Words* shared = nullptr;
  for (const Change& change : set.changes) {
    if (!change.reason) continue;
    if (shared != nullptr && shared->text != change.reason->text) return nullptr;
    shared = &*change.reason;
  }
  return shared;
}

}  // namespace

google::protobuf::ListValue ChangesJson(const std::vector<ChangeSet>& sets) {
  google::protobuf::ListValue json;
  for (const ChangeSet& set : sets) {
    auto& fields = *json.add_values()->mutable_struct_value()->mutable_fields();
    fields["log"].set_string_value(set.log);
    fields["recordedAt"].set_string_value(google::protobuf::util::TimeUtil::ToString(set.recorded_at));
    fields["actor"].set_string_value(set.actor);
    fields["requestId"].set_string_value(set.request_id);
    const Words* reason = SharedReason(set);
    fields["reason"] = TextOrNull(reason == nullptr ? std::nullopt : reason->text);
    if (reason != nullptr && !reason->text) fields["reasonWithdrawn"].set_bool_value(true);
    auto& changes = *fields["changes"].mutable_list_value();
    for (const Change& change : set.changes) *changes.add_values()->mutable_struct_value() = Json(change);
  }
  return json;
}

namespace {

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : Visible(text)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string HtmlRow(std::string_view cell, const std::vector<std::string>& cells) {
  std::string row = "<tr>";
  for (const std::string& text : cells) row += fmt::format("<{0}>{1}</{0}>", cell, Escaped(text));
  return row + "</tr>\n";
}

}  // namespace

std::string Describe(Language language, const Change& change) {
  std::vector<std::string> parts;
  const auto shown = [&](const std::string& value) {
    const auto title = change.titles.find(value);
    return title == change.titles.end() ? InWords(language, value)
                                        : fmt::format("{} ({})", title->second, policyctl::IdOf(value));
  };
  for (const auto& [field, before, after] : change.fields) {
    const std::string name = FieldInWords(language, field);
    const std::string now = after.empty() ? std::string(policyctl::In(language, kUnset)) : shown(after);
    parts.push_back(before.empty() ? fmt::format("{}: {}", name, now)
                                   : fmt::format("{}: {} → {}", name, shown(before), now));
  }
  for (const Words& words : change.words) {
    const std::string text = words.text ? fmt::format("「{}」", *words.text) : TextOf(language, words);
    const bool is_the_content = words.field.empty() || words.field == "text";
    parts.push_back(is_the_content ? text : fmt::format("{}: {}", InWords(language, words.field), text));
  }
  if (change.withdrawn) parts.push_back(DescribeWithdrawn(language, *change.withdrawn));
  return absl::StrJoin(parts, "; ");
}

std::string DescribeWithdrawn(Language language, const policyctl::WithdrawnText& withdrawn) {
  const log::v1::Entry& entry = withdrawn.entry;
  return policyctl::Say(language, kWithdrawnText, withdrawn.position, withdrawn.index,
                        InWords(language, policyctl::EventName(entry)), InWords(language, withdrawn.field),
                        policyctl::TimeText(entry.recorded_at()), entry.actor());
}

google::protobuf::Struct AsStruct(const google::protobuf::Message& message) {
  google::protobuf::Struct json;
  std::string text;
  if (google::protobuf::util::MessageToJsonString(message, &text).ok()) {
    (void)google::protobuf::util::JsonStringToMessage(text, &json).ok();
  }
  return json;
}

absl::Status ShowChanges(policyctl::Session& session, const std::vector<ChangeSet>& sets) {
  const Language language = session.language();
  const std::vector<std::string> titles = Titles(language);
  std::vector<policyctl::Column> columns;
  for (const std::string& title : titles) columns.push_back({.title = title});
  columns[1].align = policyctl::Column::Align::kRight;
  columns[6].may_be_cut = columns[7].may_be_cut = true;
  policyctl::Table table(std::move(columns));
  ForEachChange(
      sets, [&](const ChangeSet& set, const Change& change) { table.AddRow(Cells(language, set, change)); });
  return session.output().Print([&] { return policyctl::ToJson(ChangesJson(sets)); },
                                [&](const policyctl::TableLayout& layout) {
                                  return Render(table, layout) + "\n" +
                                         session.Say(kSummary, sets.size(), CountChanges(sets));
                                },
                                [&] { return table.Records(); });
}

std::string ChangesPage(Language language, const std::string& title, const std::vector<ChangeSet>& sets) {
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{}</title>\n<style>\n"
      "body {{ font-family: sans-serif; font-size: 10pt; margin: 1.5em; }}\n"
      "table {{ border-collapse: collapse; width: 100%; }}\n"
      "th, td {{ border: 1px solid #888; padding: 2pt 4pt; text-align: left; vertical-align: top;"
      " overflow-wrap: anywhere; }}\n"
      "thead {{ display: table-header-group; background: #eee; }}\ntr {{ break-inside: avoid; }}\n"
      "@page {{ size: A4 landscape; margin: 12mm; "
      "}}\n</style>\n</head>\n<body>\n<h1>{}</h1>\n<p>{}</p>\n<table>\n<thead>",
      language == Language::kJapanese ? "ja" : "en", Escaped(title), Escaped(title),
      Escaped(policyctl::Say(language, kSummary, sets.size(), CountChanges(sets))));
  page += HtmlRow("th", Titles(language)) + "</thead>\n<tbody>\n";
  ForEachChange(sets, [&](const ChangeSet& set, const Change& change) {
    page += HtmlRow("td", Cells(language, set, change));
  });
  return page + "</tbody>\n</table>\n</body>\n</html>\n";
}

}  // namespace seisaku::auditor
