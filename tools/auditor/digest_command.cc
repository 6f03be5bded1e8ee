#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "google/protobuf/struct.pb.h"
#include "services/base/status.h"
#include "tools/auditor/archive_options.h"
#include "tools/auditor/commands.h"
#include "tools/auditor/digest.h"
#include "tools/policyctl/option_checks.h"

namespace seisaku::auditor {
namespace {

using policyctl::Session;
using policyctl::Text;

constexpr Text kHelp = {
    "Print the size, root and digests of both logs' states, computed from exported files alone",
    "両ログの件数・ルート・状態のダイジェストを、書き出したファイルだけから計算する"};
constexpr Text kAsOfOption = {
    "When: a date (its end in Tokyo), an RFC 3339 time, or a size of progress's log",
    "時点：日付（その日の終わり、日本時間）、RFC 3339 の時刻、または progress のログの件数"};
constexpr Text kLog = {"Log", "ログ"};
constexpr Text kOrigin = {"Origin", "ログの名前"};
constexpr Text kSize = {"Entries", "件数"};
constexpr Text kOf = {"Of", "全件数"};
constexpr Text kRoot = {"Root", "ルート"};
constexpr Text kState = {"State digest", "状態のダイジェスト"};
constexpr Text kContent = {"Content digest", "内容のダイジェスト"};
constexpr Text kDerived = {
    "Computed here: all entries of the bundle were hashed and add up to the root of its checkpoint; those up "
    "to "
    "the size shown were folded.\n",
    "ここで計算した値です。書き出された全項目のハッシュがチェックポイントのルートになることを確かめ、"
    "表示の件数までを再生しました。\n"};

struct Options {
  ArchiveOptions archive;
  std::string as_of;
};

struct Row {
  std::string log;
  Digested digested;
};

std::string RootOf(const Row& row) { return ledger::ToBase64(ledger::ToBytes(row.digested.root)); }

std::string Json(const std::vector<Row>& rows) {
  google::protobuf::ListValue json;
  for (const Row& row : rows) {
    auto& fields = *json.add_values()->mutable_struct_value()->mutable_fields();
    fields["log"].set_string_value(row.log);
    fields["origin"].set_string_value(row.digested.origin);
    fields["size"].set_string_value(std::to_string(row.digested.size));
    fields["of"].set_string_value(std::to_string(row.digested.of));
    fields["root"].set_string_value(RootOf(row));
    fields["stateDigest"].set_string_value(ledger::ToHex(row.digested.digests.state));
    fields["contentDigest"].set_string_value(ledger::ToHex(row.digested.digests.content));
  }
  return policyctl::ToJson(json);
}

policyctl::Table TableOf(const Session& session, const std::vector<Row>& rows) {
  const auto title = [&session](const Text& text) { return std::string(session.In(text)); };
  using Align = policyctl::Column::Align;
  policyctl::Table table({{title(kLog)},
                          {title(kOrigin)},
                          {title(kSize), Align::kRight},
                          {title(kOf), Align::kRight},
                          {title(kRoot)},
                          {title(kState)},
                          {title(kContent)}});
  for (const Row& row : rows) {
    table.AddRow({row.log, row.digested.origin, std::to_string(row.digested.size),
                  std::to_string(row.digested.of), RootOf(row), ledger::ToHex(row.digested.digests.state),
                  ledger::ToHex(row.digested.digests.content)});
  }
  return table;
}

absl::Status Run(Session& session, const Options& options) {
  ASSIGN_OR_RETURN(const auto city, OpenArchive(session, options.archive, options.as_of));
  std::vector<Row> rows;
  for (const auto& [name, log] :
       {std::pair("catalog", &city->catalog()), std::pair("progress", &city->progress())}) {
    ASSIGN_OR_RETURN(Digested digested, DigestOf(*log));
    rows.push_back({name, std::move(digested)});
  }
  const policyctl::Table table = TableOf(session, rows);
  return session.output().Print([&] { return Json(rows); },
                                [&](const policyctl::TableLayout& layout) {
                                  return Render(table, layout) + "\n" + std::string(session.In(kDerived));
                                },
                                [&] { return table.Records(); });
}

}  // namespace

absl::StatusOr<Digested> DigestOf(ArchivedLog& log) {
  ASSIGN_OR_RETURN(const ledger::Frontier frontier, log.FrontierAt(log.size()));
  ASSIGN_OR_RETURN(const ledger::Digests digests, log.DigestState(log.size(), absl::InfiniteFuture()));
  return Digested{log.checkpoint().origin, log.size(), log.checkpoint().size, frontier.Root(), digests};
}

void AddDigestCommand(policyctl::CommandLine& line) {
  auto options = std::make_shared<Options>();
  CLI::App& digest = line.Add(line.root(),
                              {.name = "digest",
                               .help = kHelp,
                               .example = "auditor digest BUNDLE --trust trust.vkeys\n"
                                          "auditor digest BUNDLE --trust trust.vkeys --as-of R5.6.1 -o json"},
                              [options](Session& session) { return Run(session, *options); });
  AddArchiveOptions(line, digest, options->archive);
  digest.add_option("--as-of", options->as_of, line.In(kAsOfOption))->check(policyctl::IsAsOf());
}

}  // namespace seisaku::auditor
