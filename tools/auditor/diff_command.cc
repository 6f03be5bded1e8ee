#include <memory>
#include <string>

#include "fmt/format.h"
#include "services/base/status.h"
#include "tools/auditor/archive_options.h"
#include "tools/auditor/changes/show.h"
#include "tools/auditor/commands.h"
#include "tools/policyctl/arguments.h"
#include "tools/policyctl/option_checks.h"
#include "tools/policyctl/whole_file.h"

namespace seisaku::auditor {
namespace {

using policyctl::Session;
using policyctl::Text;

constexpr Text kHelp = {"Show what was changed between two times, by whom and why",
                        "2つの時点の間に、誰が何をなぜ変更したかを示す"};
constexpr Text kFromOption = {
    "After this: a date (its end in Tokyo), a time, or a size of progress's log",
    "この時点より後：日付（その日の終わり、日本時間）、時刻、または progress のログの件数"};
constexpr Text kToOption = {"Up to this, in the same forms; if not given, all",
                            "この時点まで（同じ書き方）。省略時は全部"};
constexpr Text kHtmlOption = {"File for a page that can be printed",
                              "印刷用のページ（HTML）を書き出すファイル"};
constexpr Text kTitle = {"Changes{}{}", "変更の一覧{}{}"};
constexpr Text kAfter = {" after {}", "　{}より後"};
constexpr Text kUpTo = {" up to {}", "　{}まで"};

struct Options {
  ArchiveOptions archive;
  std::string from;
  std::string to;
  std::string html;
};

absl::Status Run(Session& session, const Options& options) {
  RETURN_IF_ERROR(CheckOrder(options.from, options.to));
  ASSIGN_OR_RETURN(const auto from, policyctl::ParseAsOf(options.from));
  ASSIGN_OR_RETURN(const auto city, OpenArchive(session, options.archive, options.to));
  ASSIGN_OR_RETURN(const std::vector<ChangeSet> changes,
                   ChangesSince(*city, from.value_or(type::v1::AsOf())));
  if (options.html.empty()) return ShowChanges(session, changes);
  const auto when = [&](const Text& text, const std::string& time) {
    return time.empty() ? "" : session.Say(text, time);
  };
  const std::string title = session.Say(kTitle, when(kAfter, options.from), when(kUpTo, options.to));
  RETURN_IF_ERROR(policyctl::WriteWholeFile(options.html, ChangesPage(session.language(), title, changes)));
  session.Note(session.Say(text::kWrittenTo, options.html));
  return absl::OkStatus();
}

}  // namespace

void AddDiffCommand(policyctl::CommandLine& line) {
  auto options = std::make_shared<Options>();
  CLI::App& diff =
      line.Add(line.root(),
               {.name = "diff",
                .help = kHelp,
                .example = "auditor diff BUNDLE --from R5.4.1 --to R5.6.1\n"
                           "auditor diff BUNDLE --from 2023-04-01 --html changes.html --lang ja"},
               [options](Session& session) { return Run(session, *options); });
  AddArchiveOptions(line, diff, options->archive);
  diff.add_option("--from", options->from, line.In(kFromOption))->check(policyctl::IsAsOf());
  diff.add_option("--to", options->to, line.In(kToOption))->check(policyctl::IsAsOf());
  diff.add_option("--html", options->html, line.In(kHtmlOption))
      ->type_name("FILE")
      ->check(policyctl::EndsIn({".html", ".htm"}));
}

}  // namespace seisaku::auditor
