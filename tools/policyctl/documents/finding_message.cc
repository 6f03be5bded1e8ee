#include <algorithm>
#include <vector>

#include "tools/policyctl/documents/finding_code.h"

namespace seisaku::documents {

namespace {

namespace code = finding_code;
constexpr Severity kInfo = Severity::kInfo;
constexpr Severity kWarning = Severity::kWarning;
constexpr Severity kError = Severity::kError;
constexpr Severity kFatal = Severity::kFatal;

constexpr FindingMessage kFileMessages[] = {
    {code::kEmptyFile, kFatal, "ファイルが空です。正しいファイルか確かめてください。",
     "The file is empty: see whether it is the right one."},
    {code::kNotText, kFatal, "これは{1}です。タブ区切りのUTF-8テキストとして保存し直してください。",
     "This is {1}: save it as tab-separated UTF-8 text."},
    {code::kControlCharacter, kFatal,
     "{1}バイト目に制御文字({0})があり、テキストファイルではありません。正しいファイルか確かめてください。",
     "Byte {1} is the control character {0}, so this is not a text file: see whether it is the right one."},
    {code::kNotUtf8, kFatal,
     "行の{1}バイト目({0})から文字として読めません。ファイルが途中で切れたか壊れています"
     "（UTF-8でもShift_JISでもありません）。元のファイルから保存し直してください。",
     "From byte {1} of the line on ({0}) this is no character, neither in UTF-8 nor in CP932: the file is "
     "cut "
     "off or damaged. Save it again from where it came."},
    {code::kEncodingConverted, kWarning,
     "文字コードはShift_JIS(CP932)です。UTF-8に変換して読みました。文字化けがないか確かめてください。",
     "The file is in CP932 (Shift_JIS) and was converted to UTF-8: see whether its characters are right."},
    {code::kNotAProgressSheet, kFatal,
     "進捗管理シートの見出し行({1})が見つかりません。進捗管理シートのファイルか確かめてください。",
     "No header row of a progress sheet ({1}) was found: see whether this is the right file."},
    {code::kNotAManifesto, kFatal,
     "マニフェスト一覧の見出し行({1})が見つかりません。マニフェスト一覧のファイルか確かめてください。",
     "No header rows of a manifesto ({1}) were found: see whether this is the right file."},
    {code::kHeaderMissing, kFatal, "見出し行より前にデータがあります。",
     "There is data before the first header row."},
    {code::kHeaderIncomplete, kFatal,
     "見出し行に必要な列がありません: {1}。見出しを元の様式どおりにしてください。",
     "The header row lacks a column: {1}. Write the header as the form has it."},
    {code::kHeaderDiffers, kFatal, "見出し「{0}」が最初のページの「{1}」と違います。",
     "The header says \"{0}\" where the first page says \"{1}\"."},
    {code::kColumnUnclear, kFatal,
     "見出し「{0}」は、何年度の目標値か実績値か分かりません。「{1}"
     "」のように、1列に1年度の目標値か実績値だけを"
     "置いてください。",
     "The column \"{0}\" does not say of which one fiscal year it holds the target or the actual: write it "
     "like "
     "{1}, each in a column of its own."},
    {code::kColumnTwice, kFatal, "見出し「{0}」と「{1}」は同じ内容の列です。どちらか一方だけにしてください。",
     "The columns \"{0}\" and \"{1}\" are for the same: keep one of them."},
    {code::kColumnIgnored, kWarning, "見出し「{0}」の列は、取り込む項目でないので読みませんでした。",
     "The column \"{0}\" is none that is imported; it was not read."},
    {code::kJudgedYearUnclear, kFatal,
     "実績値が{1}の分あり、進捗評価と文章が何年度のものか分かりません。--fiscal-year "
     "で指定するか、見出しを「令和○年度進捗評価」としてください。",
     "There are actuals of {1}, and nothing says which year the judgements and texts are about: give it with "
     "--fiscal-year, or write the header as 令和○年度進捗評価."},
    {code::kJudgedYearDiffers, kFatal,
     "--fiscal-year は{1}ですが、進捗評価の年度は見出し「{0}」で決まっています。どちらかを直してください。",
     "--fiscal-year says {1}, but the column \"{0}\" says which year is judged: correct one of them."},
    {code::kYearFromTitle, kWarning,
     "表題「{0}」から、進捗評価と文章は{1}のものとしました。違うときは --fiscal-year で指定してください。",
     "By the title \"{0}\" the judgements and texts are about {1}; if not, give the year with "
     "--fiscal-year."},
    {code::kLineIgnored, kWarning, "表の外の行「{0}」は読みませんでした。",
     "The line \"{0}\" stands outside the table and was not read."},
    {code::kFootnoteIgnored, kInfo, "注記「{0}」は表の行ではないので読みませんでした。",
     "\"{0}\" is a footnote, not a row; it was not read."},
    {code::kTotalIgnored, kInfo, "「{0}」の行は集計の行なので読みませんでした。",
     "\"{0}\" is a row of totals; it was not read."},
    {code::kWindowsCharacters, kInfo,
     "Shift_JISの記号は、Windowsの字形の「{1}」として読みました。UTF-"
     "8の文書とは文字が違っても、名称は同じものとして"
     "照合します。",
     "Characters of Shift_JIS were read as those of Windows ({1}). Names are found all the same where "
     "another "
     "document has characters that look alike."},
    {code::kRowTruncated, kFatal, "行が途中で切れています。{1}の欄がありません。1件を1行にまとめてください。",
     "The row is cut short: the cell for {1} is missing. Each row has to be one line."},
    {code::kRowMisaligned, kFatal, "列の位置が合いません(「{0}」)。{1}。見出しの列に合わせてください。",
     "The columns do not line up at \"{0}\": {1}. Put them under the header's columns."},
    {code::kJudgementUnknown, kError, "進捗評価「{0}」を読めません。{1}のどれか一つにしてください。",
     "The judgement \"{0}\" is unknown: exactly one of {1} is needed.", true},
    {code::kJudgementAmbiguous, kFatal,
     "進捗評価と読めるセルがいくつもあり({1})、どれが進捗評価か列の並びから決まりません。進捗評価の列だけに"
     "してください。",
     "Several cells read like a judgement ({1}), and the row's other columns do not tell which one it is: "
     "leave "
     "it in the judgement's column only."},
    {code::kShifted, kInfo, "列がずれています。進捗評価の位置に合わせて読みました({1})。",
     "The columns are shifted; the row was read from its judgement cell ({1})."},
};

constexpr FindingMessage kHeadingMessages[] = {
    {code::kInherited, kInfo, "空欄なので上の行を引き継ぎました: {1}。",
     "Blank; taken over from above: {1}."},
    {code::kSwapped, kWarning, "「{0}」は別の列にありますが、{1}として読みました。",
     "\"{0}\" stands in another level's column; it was read as {1}."},
    {code::kNumberDamaged, kWarning, "「{0}」の番号が乱れています。{1}として読みました。",
     "The number of \"{0}\" is damaged; it was read as {1}."},
    {code::kDigitsAsNumber, kWarning,
     "「{0}」の先頭の数字は番号とし、名称を「{1}"
     "」としました。数字も名称の一部なら、その前に番号を書いてください"
     "（番号と名称の間は空けます）。",
     "The digits that \"{0}\" begins with are read as its number and \"{1}\" as its title. If they belong to "
     "the "
     "title, print a number and a space before them."},
    {code::kDigitsInTitle, kWarning,
     "「{0}」の先頭の数字は名称の一部としました。番号なら、名称との間を空けてください。",
     "The digits that \"{0}\" begins with are read as a part of its title. If they are its number, put a "
     "space "
     "after them."},
    {code::kSameTitle, kWarning, "「{0}」は「{1}」と同じ名称ですが、番号が違うので別の項目としました。",
     "\"{0}\" has the title of \"{1}\" and another number: it is another heading."},
    {code::kNumberNotDense, kWarning, "番号が続いていません: 「{0}」({1}のはず)。",
     "The numbering has a gap at \"{0}\" ({1} expected)."},
    {code::kSpellingVariant, kInfo, "「{0}」は「{1}」と表記が違うだけなので同じものとしました。",
     "\"{0}\" is a spelling of \"{1}\", taken as the same."},
    {code::kTitleDiffers, kError, "同じ番号なのに名称が違います: 「{0}」。先に出た「{1}」としました。",
     "The same number has another title, \"{0}\"; the first one, \"{1}\", is kept."},
    {code::kProvisionalName, kError, "名称が印刷されていません。仮に「{1}」としました。",
     "The name is not printed; \"{1}\" stands in for it."},
    {code::kSharedNode, kInfo, "「{0}」は前にも出ているので、一つの項目としました。",
     "\"{0}\" was printed before and is one item."},
    {code::kDuplicateItem, kWarning, "「{0}」が重複しています。一つとしました。",
     "\"{0}\" is printed twice; it is one item."},
    {code::kTwoLevels, kFatal,
     "「{0}」が二つの階層で読まれました: {1}。ページの順序と見出しの列を確かめてください（別の見出しなら "
     "--force）。",
     "\"{0}\" was read at two levels: {1}. See whether the pages are in order and the headings in their "
     "columns; where they are two headings: --force."},
    {code::kTwoHeadings, kFatal,
     "「{0}」と「{1}」は、番号と名称が同じなのに二つの見出しとして読まれました。ページの順序と番号の書き方を"
     "確かめてください（別の見出しなら --force）。",
     "\"{0}\" and \"{1}\" have one number and one title, and were read as two headings. See whether the "
     "pages "
     "are in order and how the numbers are written; where they are two: --force."},
};

constexpr FindingMessage kKpiMessages[] = {
    {code::kDuplicateKpi, kFatal,
     "指標「{0}」が同じ見出しの{1}行目にもあります。どちらか一方の行だけにしてください。",
     "The KPI \"{0}\" is on line {1} too, under the same heading: keep one of the two rows."},
    {code::kDirectionProposed, kInfo, "「{0}」の方向は「{1}」と推定しました。",
     "The direction of \"{0}\" is proposed: {1}."},
    {code::kDirectionPrinted, kInfo, "「{0}」の印刷により、方向は「{1}」です。",
     "As \"{0}\" says in print, the direction is {1}."},
    {code::kDirectionsDiffer, kWarning,
     "方向の印刷「{0}」が、同じ行の別の印刷({1})と違います。確認してください。",
     "The direction that \"{0}\" says in print is not what the row says elsewhere ({1}): please confirm."},
    {code::kDirectionUnconfirmed, kWarning,
     "「{0}」の方向は「{1}」と推定しましたが、将来の目標値が逆に動いています。確認してください。",
     "The direction of \"{0}\" is proposed ({1}), but its later target moves the other way: please confirm."},
    {code::kConfirmationUnused, kWarning, "確認ファイルの指標「{0}」がシートにありません。",
     "The confirmed KPI \"{0}\" is not on the sheet."},
    {code::kDepartmentsSplit, kInfo, "担当課「{0}」を分けました: {1}。",
     "The cell \"{0}\" names several departments: {1}."},
    {code::kDepartmentMissing, kWarning, "担当課がありません。", "No department in charge is printed."},
    {code::kReasonInDelayColumn, kInfo, "遅れの理由の列に、評価できない理由が書かれています。",
     "The column for the reason of a delay says why there is no evaluation."},
    {code::kCauseProposed, kInfo, "要因は {1} と推定しました。", "The cause is proposed from the text: {1}."},
    {code::kCauseUnknown, kWarning, "要因「{0}」は分類にないので {1} としました。",
     "The cause \"{0}\" is not a known one; it was read as {1}."},
};

constexpr FindingMessage kValueMessages[] = {
    {code::kYearFromCell, kInfo, "「{0}」は{1}の値です。", "\"{0}\" is a figure of {1}, as its cell says."},
    {code::kProvisionalValue, kInfo, "「{0}」は暫定値です。", "\"{0}\" is provisional, as its cell says."},
    {code::kUnitScaled, kInfo, "「{0}」は目標値と単位の桁が違います。{1}として比べます。",
     "\"{0}\" and the target are printed in different scales; compared as {1}."},
    {code::kUnitDiffers, kWarning, "「{0}」の単位が目標値と違います({1})。",
     "The unit of \"{0}\" differs from that of the target ({1})."},
    {code::kUnitTaken, kInfo, "「{0}」には単位がないので、同じ行の単位「{1}」としました。",
     "\"{0}\" has no unit; it is counted in {1} as the rest of its row."},
    {code::kValueConverted, kInfo, "「{0}」は {1} としました。", "\"{0}\" was read as {1}."},
    {code::kComponentsSplit, kInfo, "「{0}」を内訳に分けました: {1}。",
     "The cell \"{0}\" holds several components: {1}."},
    {code::kComponentsDiffer, kWarning, "「{0}」の内訳が目標値と違います({1})。",
     "The components of \"{0}\" differ from those of the target ({1})."},
    {code::kCharacterRepaired, kInfo, "「{0}」の誤読された文字を直しました: {1}。",
     "A misread character in \"{0}\" was repaired: {1}."},
    {code::kFullwidthDigits, kInfo, "「{0}」の全角数字を半角で読みました: {1}。",
     "The full-width figures of \"{0}\" were read as {1}."},
    {code::kQualitativeTarget, kWarning, "目標「{0}」は数値ではないので、定性的な目標としました。",
     "The target \"{0}\" is not a number; it is qualitative."},
    {code::kQualitativeMet, kInfo, "実績「{0}」は目標と同じ文言なので、達成と推定しました。",
     "The actual \"{0}\" is word for word the target; it is proposed as met."},
    {code::kQualitativeUndecided, kWarning, "実績「{0}」が目標「{1}」を満たすか、確認が必要です。",
     "Whether \"{0}\" meets the target \"{1}\" needs a person's answer."},
    {code::kValueNotANumber, kError,
     "「{0}」を数値として読めません。「1,234件」「82.0%」のように書くか、値がなければ「-」にしてください。",
     "\"{0}\" cannot be read as a number: write it as 1,234件 or 82.0%, or - where there is none.", true},
    {code::kValueOutOfBounds, kError,
     "「{0}"
     "」は桁数が多すぎます。整数部は18桁、小数部は6桁までです。値か単位（千、万、億）を確かめてください。",
     "\"{0}\" has too many digits: at most 18 before the point and 6 after it. See whether the figure and "
     "its "
     "scale (千, 万, 億) are right.",
     true},
    {code::kTextActualForNumericTarget, kError,
     "目標値は数値({1})ですが、実績値「{0}」は数値ではありません。数値にするか、未確定なら「-"
     "」にしてください。",
     "The actual \"{0}\" is not a number although the target is ({1}): write a number, or - where it is not "
     "known yet.",
     true},
    {code::kNoFigure, kInfo, "「{0}」は値がないことを示すので、値なしとしました。",
     "\"{0}\" says that there is no figure."},
    {code::kNotInCp932, kWarning, "「{0}」にShift_JIS(CP932)で表せない文字があります: {1}。",
     "\"{0}\" has a character that CP932 (Shift_JIS) cannot hold: {1}."},
};

}  // namespace

const std::vector<FindingMessage>& FindingMessages() {
  static const auto* const messages = [] {
    auto* all = new std::vector<FindingMessage>;
    all->insert(all->end(), std::begin(kFileMessages), std::end(kFileMessages));
    all->insert(all->end(), std::begin(kHeadingMessages), std::end(kHeadingMessages));
    all->insert(all->end(), std::begin(kKpiMessages), std::end(kKpiMessages));
    all->insert(all->end(), std::begin(kValueMessages), std::end(kValueMessages));
    return all;
  }();
  return *messages;
}

bool LeavesOut(std::string_view code) {
  if (code.starts_with("UNLIKELY_")) return true;
  const std::vector<FindingMessage>& all = FindingMessages();
  return std::any_of(all.begin(), all.end(), [code](const FindingMessage& message) {
    return message.code == code && message.leaves_out;
  });
}

}  // namespace seisaku::documents
