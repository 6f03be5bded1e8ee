// What the import commands say.
#pragma once

#include "tools/policyctl/messages.h"

namespace seisaku::policyctl::text {

inline constexpr Text kImportHelp{"Import printed documents", "印刷文書の取込み"};
inline constexpr Text kImportManifestoHelp{"Import a mayor's manifesto (rows of number and name) into a plan",
                                           "市長マニフェスト一覧（番号と名称の行）を計画に取り込む"};
inline constexpr Text kImportSheetHelp{
    "Import a progress sheet: KPIs and targets into a plan, figures and assessments of its year",
    "進捗管理シートを取り込む（指標と目標値を計画へ、その年度の実績・評価を進捗へ）"};
inline constexpr Text kImportFile{"The document: UTF-8 or CP932 text, fields separated by tabs",
                                  "文書（タブ区切り、UTF-8またはShift_JIS）"};
inline constexpr Text kImportPlanOption{"The plan to import into", "取込み先の計画"};
inline constexpr Text kImportConfirmOption{
    "TOML file with what is confirmed about KPIs: heading, direction, name, id, alias, new",
    "指標について確認したことを書いたTOMLファイル（heading, direction, name, id, alias, new）"};
inline constexpr Text kImportYearOption{
    "The fiscal year that judgements and texts are about, where several have actuals",
    "進捗評価と文章の年度（実績値が複数年度あり、文書から決まらないとき）"};
inline constexpr Text kImportDryRunOption{"Show findings and changes, write nothing",
                                          "指摘と変更内容を示すだけで、何も書き込まない"};
inline constexpr Text kImportFindingsOption{
    "Write all findings to OUT.json and OUT.csv (or the one of that extension)",
    "すべての指摘を OUT.json と OUT.csv に書き出す（拡張子があればその形式のみ）"};
inline constexpr Text kImportOverwriteOption{
    "Replace what differs from the document, for this reason; without it such values are left alone.\n"
    "An assessment that was declared by hand is replaced only where --only names its KPI",
    "文書と違う登録済みの値を、この理由で差し替える（指定がなければそのまま残す）。\n手で登録した評価は、"
    "--only でその指標を指定したときだけ差し替える"};
inline constexpr Text kImportOnlyOption{
    "With --overwrite: only of this KPI or heading (id or name); may be given several times",
    "--overwrite の対象をこの指標・見出し（IDか名称）に限る（繰り返し指定できる）"};
inline constexpr Text kImportForceOption{
    "Take what looks like a mistake, too (also --accept-unlikely):\n"
    "figures of a year that is far off, or 100 times as large or small as the KPI's others;\n"
    "headings that were read as two",
    "誤りと思われるもの（かけ離れた年度の値、ほかの値と100倍以上違う値、\n"
    "二つに読まれた見出し）も取り込む（--accept-unlikely も同じ）"};

inline constexpr Text kImportKeepAbsentOption{
    "Retire nothing; without it, what this sheet no longer has is retired from its year on",
    "廃止しない（指定がなければ、この文書にないものをその年度から廃止とする）"};

// {0} file, {1} line, {2} column, {3} column's name with a colon or nothing, {4} severity, {5} sentence, {6}
// code.
inline constexpr Text kFindingLine{"{0}:{1}:{2}: {4}: {3}{5} [{6}]", "{0}:{1}行{2}列: {4}: {3}{5} [{6}]"};
inline constexpr Text kFindingLineOfRow{"{0}:{1}: {4}: {3}{5} [{6}]", "{0}:{1}行: {4}: {3}{5} [{6}]"};
inline constexpr Text kFindingLineOfFile{"{0}: {4}: {5} [{6}]", "{0}: {4}: {5} [{6}]"};
inline constexpr Text kFatalWord{"refused", "取込み不可"};
inline constexpr Text kErrorWord{"error", "誤り"};
inline constexpr Text kWarningWord{"warning", "注意"};
inline constexpr Text kFindingCounts{"findings: {} refusing, {} errors, {} warnings, {} notes",
                                     "指摘: 取込み不可 {}件、誤り {}件、注意 {}件、参考 {}件"};
inline constexpr Text kCatalogWritten{"catalog: {} changes, position {} → {}",
                                      "計画（catalog）: {}件の変更、位置 {} → {}"};
inline constexpr Text kProgressWritten{"progress: {} changes, position {} → {}",
                                       "進捗（progress）: {}件の変更、位置 {} → {}"};
inline constexpr Text kCatalogWould{"catalog: {} changes would be made",
                                    "計画（catalog）: {}件の変更になります"};
inline constexpr Text kProgressWould{"progress: {} changes would be made",
                                     "進捗（progress）: {}件の変更になります"};
inline constexpr Text kCatalogUnchanged{"catalog: nothing to change", "計画（catalog）: 変更はありません"};
inline constexpr Text kProgressUnchanged{"progress: nothing to change", "進捗（progress）: 変更はありません"};
inline constexpr Text kNothingWritten{"dry run: nothing was written", "試行のため、何も書き込んでいません"};
inline constexpr Text kNoteWord{"note", "参考"};
inline constexpr Text kLeftOutHeading{"NOT IMPORTED (rows and values): {}", "取り込んでいない行と値: {}件"};
inline constexpr Text kWouldBeLeftOutHeading{"WOULD NOT BE IMPORTED (rows and values): {}",
                                             "取り込めない行と値: {}件"};
inline constexpr Text kAbsentHeading{"In the plan and not in this document (left as they are): {}",
                                     "計画にあり、この文書にないもの（そのまま残す）: {}件"};
inline constexpr Text kCommandsItTakes{"commands that this takes: {}", "送信するコマンド: {}回"};
inline constexpr Text kNotValidated{"changes that can be checked only when those before them are written: {}",
                                    "先の変更を書き込むまで確かめられない変更: {}件"};
inline constexpr Text kProposalsHeading{
    "Directions that nobody has confirmed; until then these KPIs are not evaluable: {}",
    "向き（増加・減少など）が確認されていない指標（確認するまで評価不可）: {}件"};
inline constexpr Text kProposalKpi{"KPI", "指標"};
inline constexpr Text kProposedDirection{"proposed", "案"};
inline constexpr Text kProposedWhy{"because", "案の根拠"};
inline constexpr Text kProposalTargets{"target → later target", "目標値 → 後の目標値"};
inline constexpr Text kBecauseOfName{"a word in the name", "名称の語"};
inline constexpr Text kBecauseOfTextTarget{"the target is words", "目標が文言"};
inline constexpr Text kBecauseOfNothing{"nothing says otherwise", "手がかりなし（多いほどよいと仮定）"};
inline constexpr Text kBecauseOfEarlier{"an earlier import", "以前の取込み"};
inline constexpr Text kConfirmAll{"To confirm all of them as proposed:", "すべて案のとおりでよければ:"};
inline constexpr Text kConfirmOne{
    "To change one of them (or write direction = \"…\" for it in the confirmation file, --confirm):",
    "案と違うものは（または確認ファイル --confirm に direction = \"…\" と書く）:"};
inline constexpr Text kStandIns{
    "names that are not printed, with a stand-in in their place until somebody gives them: {}",
    "名称が印刷されていないため、仮の名称とした見出しと指標: {}件"};
inline constexpr Text kKpiPlaceholder{"KPI", "指標"};

inline constexpr Text kConflictsLeft{"recorded values that differ from the document and are kept: {}",
                                     "文書と違うが、残す登録済みの値: {}件"};

inline constexpr Text kReadingExisting{"reading what exists: {}/{}", "登録済みの内容を読んでいます: {}/{}"};
inline constexpr Text kApplying{"writing {} changes …", "{}件の変更を書き込んでいます…"};
// {0} the command, {1} of how many.
inline constexpr Text kSendingPart{"import: command {0} of {1} …",
                                   "取込み: {1}回のうち{0}回目を送信しています…"};
inline constexpr Text kCutOff{
    "{0} of the import's {1} commands are in, the others are not. Run the same command again to finish: "
    "nothing "
    "is added twice.",
    "取込みの{1}回のコマンドのうち{0}"
    "回目までは登録しましたが、残りは登録できていません。同じコマンドをもう一度"
    "実行すると残りを取り込みます（二重には登録されません）。"};
inline constexpr Text kCutOffByRefusal{
    "{0} of the import's {1} commands are in, the next one is refused for the reason below. When that is "
    "mended, "
    "the same command finishes the rest: nothing is added twice.",
    "取込みの{1}回のコマンドのうち{0}"
    "回目までは登録しましたが、次は下記の理由で受け付けられませんでした。原因を"
    "除いてから同じコマンドを実行すると、残りを取り込みます（二重には登録されません）。"};

}  // namespace seisaku::policyctl::text
