#include "tools/policyctl/import/import_finding.h"

#include <set>
#include <utility>

#include "fmt/format.h"
#include "services/base/text.h"

namespace seisaku::policyctl::imports {
namespace {

using documents::Finding;
using documents::FindingMessage;
using documents::Severity;

// A row or a value, which is then not imported.
constexpr bool kCostsSomething = true;

const FindingMessage* MessageOf(std::string_view code) {
  for (const FindingMessage& message : ImportFindingMessages()) {
    if (message.code == code) return &message;
  }
  return nullptr;
}

std::string Shortened(std::string_view text) {
  constexpr int kColumns = 120;
  const std::string_view head = TruncateToWidth(text, kColumns);
  return head.size() == text.size() ? std::string(text) : fmt::format("{}…", head);
}

}  // namespace

const std::vector<FindingMessage>& ImportFindingMessages() {
  static const auto* const messages = new std::vector<FindingMessage>{
      {import_code::kConflict, Severity::kError,
       "「{0}」は登録済みの「{1}」と違います。登録済みのままにしました（差し替えるなら --overwrite 理由 "
       "--only 名称）。",
       "\"{0}\" differs from \"{1}\", which is kept; --overwrite REASON --only NAME replaces it."},
      {import_code::kOverwritten, Severity::kWarning, "「{0}」を登録済みの「{1}」と差し替えます。",
       "\"{0}\" replaces \"{1}\"."},
      {import_code::kNewOrRenamed, Severity::kError,
       "指標「{0}」は計画にありません。新しい指標（new = true）か改称（alias = "
       "\"旧名称\"）かを確認ファイルに書いてください。取り込んでいません。{1}。",
       "The KPI \"{0}\" is not in the plan: say in the confirmation file whether it is new (new = true) or "
       "renamed (alias = \"old name\"). It was not imported. {1}.",
       kCostsSomething},
      {import_code::kAmbiguous, Severity::kError,
       "指標「{0}」がどれか決められないので、取り込んでいません（{1}）。確認ファイルに、行ごとに見出し"
       "（heading）と id・alias・new のどれかを書いてください。",
       "Which KPI \"{0}\" is cannot be decided, so it was not imported ({1}): give each row a table with its "
       "heading and id, alias or new in the confirmation file.",
       kCostsSomething},
      {import_code::kAmbiguousHeading, Severity::kError, "見出し「{0}」が計画のどれか決められません。{1}。",
       "Which heading of the plan \"{0}\" is cannot be decided. {1}.", kCostsSomething},
      {import_code::kNameNotUnique, Severity::kError,
       "確認ファイルの名称では、「{0}」が同じ施策の別の行と同じ名称になるので、取り込んでいません（{1}）。"
       "行ごとに見出し（heading）と name を書いてください。",
       "The confirmation file's name for \"{0}\" would be another row's of the same measure too, so it was "
       "not "
       "imported ({1}): give each row a table with its heading and name.",
       kCostsSomething},
      {import_code::kAnswerUnusable, Severity::kError,
       "確認ファイルが指標「{0}」に指定した {1} は計画にないか、別の行で使われています。取り込んでいません。",
       "What the confirmation file says of the KPI \"{0}\", {1}, is not in the plan or belongs to another "
       "row. "
       "It was not imported.",
       kCostsSomething},
      {import_code::kAnswered, Severity::kInfo, "確認ファイルにより、指標「{0}」は {1} です。",
       "The confirmation file says that the KPI \"{0}\" is {1}."},
      {import_code::kConfirmedChange, Severity::kInfo, "確認ファイルにより、指標「{0}」を改めます: {1}。",
       "The KPI \"{0}\" is changed as the confirmation file says: {1}."},
      {import_code::kAbsent, Severity::kInfo,
       "計画の「{0}」（{1}）はこの文書にありません。そのままにします。",
       "\"{0}\" ({1}) is in the plan and not in this document; it stays as it is."},
      {import_code::kEnds, Severity::kWarning,
       "計画の「{0}」（{1}）はこの文書にないため、この年度から廃止とします（残すなら --keep-absent）。",
       "\"{0}\" ({1}) is in the plan and not in this document: it is retired from this year on; "
       "--keep-absent "
       "keeps it."},
      {import_code::kEndsLater, Severity::kWarning,
       "「{0}」は{1}の評価にないため、その年度から廃止とします（残すなら --keep-absent）。",
       "\"{0}\" is not among what was assessed for {1}: it is retired from that year on; --keep-absent keeps "
       "it."},
      {import_code::kStartsEarlier, Severity::kInfo, "「{0}」の開始年度を早めます: {1}。",
       "\"{0}\" is part of the plan from an earlier year on: {1}."},
      {import_code::kYearBetween, Severity::kError,
       "「{0}」は後の年度にもありますが、間の{1}の評価にありません。取り込んでいません（別の指標なら"
       "確認ファイルに new = true と、まだない id = \"…\"）。",
       "\"{0}\" is in a later year too, but not among what was assessed for {1} between them; it was not "
       "imported. Where it is another KPI, give it new = true and an id of its own, id = \"…\", in the "
       "confirmation file.",
       kCostsSomething},
      {import_code::kFigureKept, Severity::kInfo, "文書では「{0}」ですが、登録済みの「{1}」を残します。",
       "The document has \"{0}\"; the recorded \"{1}\" stays."},
      {import_code::kMatchedByPlace, Severity::kInfo, "名称のない行を、その位置から「{1}」としました。",
       "The name that is not printed is \"{1}\", by its place."},
      {import_code::kRetired, Severity::kError,
       "「{0}」（{1}）はこの年度より前に終了しているので、取り込んでいません。改めて始まったものなら、確認"
       "ファイルで、その指標（見出しなら、その下の指標）を new = true としてください。",
       "\"{0}\" ({1}) has ended before this year, so it was not imported. Where it has begun anew, say "
       "new = true of the KPI (of a heading, of those under it) in the confirmation file.",
       kCostsSomething},
      {import_code::kBegunAnew, Severity::kWarning,
       "見出し「{0}」（{1}）はこの年度より前に終了しているので、この文書のものは新しい見出しとします。",
       "The heading \"{0}\" ({1}) has ended before this year: this document's is made a new one."},
      {import_code::kUnderRetired, Severity::kError,
       "「{0}」は終了した項目（{1}）の下にあるので、取り込んでいません。",
       "\"{0}\" stands under an item that has ended ({1}); it was not imported.", kCostsSomething},
      {import_code::kAfterTheEnd, Severity::kError,
       "「{0}」は指標（{1}）が終了した後の年度の値なので、取り込んでいません。",
       "\"{0}\" is of a year after its KPI's end ({1}); it was not imported.", kCostsSomething},
      {import_code::kStillPrinted, Severity::kWarning,
       "「{0}」は計画では終了となっていますが（{1}）、この文書にはまだあります。終了のままにします。",
       "\"{0}\" is retired in the plan ({1}) but still in this document; it stays retired."},
      {import_code::kRenumbered, Severity::kWarning, "「{0}」の番号を文書に合わせて改めます: {1}。",
       "The number of \"{0}\" follows the document: {1}."},
      {import_code::kReordered, Severity::kInfo, "「{0}」の順序を文書に合わせて改めます: {1}。",
       "The place of \"{0}\" follows the document: {1}."},
      {import_code::kNewerKept, Severity::kWarning,
       "「{0}」の番号または順序が計画（{1}）と違いますが、計画は後の年度の文書によるので、そのままにします。",
       "The number or place of \"{0}\" is not the plan's ({1}), which follows a later year's document and "
       "stays."},
      {import_code::kNumberKept, Severity::kWarning,
       "「{0}」の番号は乱れているので、登録済みの「{1}」を残します。",
       "The number of \"{0}\" is damaged; the plan's, \"{1}\", stays."},
      {import_code::kSeriesTaken, Severity::kInfo, "「{0}」は、この指標の初めての値です。{1}とします。",
       "\"{0}\" is the first value of its KPI, which is now: {1}."},
      {import_code::kValueLeftOut, Severity::kError, "「{0}」は取り込めません。{1}。",
       "\"{0}\" was not imported: {1}.", kCostsSomething},
      {import_code::kValueAsWords, Severity::kWarning,
       "目標「{0}」は数値ですが、定性的な指標なので文言として取り込みます。",
       "The target \"{0}\" is a number, kept as words because the KPI is qualitative."},
      {import_code::kWithdrawnKept, Severity::kWarning,
       "「{0}」に当たる文章は撤回されています。取り込みで戻すことはできません。",
       "The text for \"{0}\" was withdrawn; no import brings it back."},
      {import_code::kDirectionConfirmed, Severity::kInfo, "指標「{0}」の向きを確認しました: {1}。",
       "The direction of the KPI \"{0}\" is confirmed: {1}."},
      {import_code::kDirectionKept, Severity::kWarning,
       "文書では「{0}」の向きが違いますが、確認済みのままにします: {1}。",
       "The document prints another direction for \"{0}\"; the confirmed one stays: {1}."},
      {import_code::kUnlikelyYear, Severity::kError,
       "「{0}」は{1}の値となっています。年度の誤りと思われるので、取り込んでいません（正しければ --force）。",
       "\"{0}\" would be of {1}, which is most likely a mistake; it was not imported. If it is right: "
       "--force.",
       kCostsSomething},
      {import_code::kSheetYearUnlikely, Severity::kFatal,
       "この文書は{1}の実績と評価となっています。年度の誤りと思われます（見出しか --fiscal-year "
       "を確かめ、正しければ "
       "--force）。",
       "The document would be about the figures and judgements of {1}, which is most likely a mistake: see "
       "the "
       "header, or --fiscal-year. If it is right: --force."},
      {import_code::kUnlikelyFigure, Severity::kError,
       "「{0}」は登録済みの値や目標値（{1}）と100倍以上違います。単位や桁の誤りと思われるので、取り込んで"
       "いません（正しければ --force）。",
       "\"{0}\" is 100 times as large or as small as the recorded values and targets ({1}), most likely a "
       "mistaken unit; it was not imported. If it is right: --force.",
       kCostsSomething},
      {import_code::kOnlyUnknown, Severity::kFatal, "--only の「{0}」に当たる指標や見出しはありません。{1}。",
       "There is no KPI and no heading \"{0}\", which --only names. {1}."},
      {import_code::kLevelsDiffer, Severity::kFatal, "文書の階層「{0}」が計画の階層「{1}」と違います。",
       "The document's levels, {0}, are not the plan's, {1}."},
      {import_code::kTextTooLong, Severity::kFatal, "「{0}」が長すぎます（{1}）。",
       "\"{0}\" is too long ({1})."},
  };
  return *messages;
}

Finding MakeImportFinding(std::string_view code, const documents::SourceCell& cell, std::string_view made) {
  const FindingMessage* message = MessageOf(code);
  Finding finding{.line = cell.line,
                  .column = cell.column,
                  .column_name = cell.column_name,
                  .severity = message == nullptr ? Severity::kFatal : message->severity,
                  .code = std::string(code),
                  .printed = cell.printed};
  SetMade(finding, made);
  return finding;
}

bool IsLeftOut(const Finding& finding) {
  const FindingMessage* message = MessageOf(finding.code);
  return message != nullptr ? message->leaves_out : documents::LeavesOut(finding.code);
}

int CountLeftOut(const std::vector<Finding>& findings) {
  std::set<std::pair<int, int>> cells;
  int without_cell = 0;
  for (const Finding& finding : findings) {
    if (!IsLeftOut(finding)) continue;
    if (finding.line == 0) {
      ++without_cell;
    } else {
      cells.emplace(finding.line, finding.column);
    }
  }
  return static_cast<int>(cells.size()) + without_cell;
}

const std::string& MadeIn(Language language, const Finding& finding) {
  return language == Language::kJapanese ? finding.made : MadeInEnglish(finding);
}

std::string SentenceOf(Language language, const Finding& finding) {
  const bool japanese = language == Language::kJapanese;
  const FindingMessage* message = MessageOf(finding.code);
  if (message == nullptr) return japanese ? SentenceJapanese(finding) : SentenceEnglish(finding);
  const std::string_view words = japanese ? message->japanese : message->english;
  const std::string printed = Shortened(finding.printed);
  const std::string made = Shortened(MadeIn(language, finding));
  return fmt::vformat(fmt::string_view(words.data(), words.size()), fmt::make_format_args(printed, made));
}

}  // namespace seisaku::policyctl::imports
