// The codes that a finding can have. Severity and sentences belong to the code: finding_message.cc.
#pragma once

#include <string_view>
#include <vector>

#include "tools/policyctl/documents/finding.h"

namespace seisaku::documents {

namespace finding_code {
// The file itself.
inline constexpr std::string_view kEmptyFile = "EMPTY_FILE";
inline constexpr std::string_view kNotText = "NOT_TEXT";
inline constexpr std::string_view kControlCharacter = "CONTROL_CHARACTER";
inline constexpr std::string_view kNotUtf8 = "NOT_UTF8";
inline constexpr std::string_view kEncodingConverted = "ENCODING_CONVERTED";
inline constexpr std::string_view kNotAProgressSheet = "NOT_A_PROGRESS_SHEET";
inline constexpr std::string_view kNotAManifesto = "NOT_A_MANIFESTO";
inline constexpr std::string_view kHeaderMissing = "HEADER_MISSING";
inline constexpr std::string_view kHeaderIncomplete = "HEADER_INCOMPLETE";
inline constexpr std::string_view kHeaderDiffers = "HEADER_DIFFERS";
inline constexpr std::string_view kColumnUnclear = "COLUMN_UNCLEAR";
inline constexpr std::string_view kColumnTwice = "COLUMN_TWICE";
inline constexpr std::string_view kColumnIgnored = "COLUMN_IGNORED";
inline constexpr std::string_view kJudgedYearUnclear = "JUDGED_YEAR_UNCLEAR";
inline constexpr std::string_view kJudgedYearDiffers = "JUDGED_YEAR_DIFFERS";
inline constexpr std::string_view kYearFromTitle = "YEAR_FROM_TITLE";
inline constexpr std::string_view kLineIgnored = "LINE_IGNORED";
inline constexpr std::string_view kFootnoteIgnored = "FOOTNOTE_IGNORED";
inline constexpr std::string_view kTotalIgnored = "TOTAL_IGNORED";
inline constexpr std::string_view kWindowsCharacters = "WINDOWS_CHARACTERS";
// The shape of a row.
inline constexpr std::string_view kRowTruncated = "ROW_TRUNCATED";
inline constexpr std::string_view kRowMisaligned = "ROW_MISALIGNED";
inline constexpr std::string_view kJudgementUnknown = "JUDGEMENT_UNKNOWN";
inline constexpr std::string_view kJudgementAmbiguous = "JUDGEMENT_AMBIGUOUS";
inline constexpr std::string_view kShifted = "SHIFTED";
// Headings.
inline constexpr std::string_view kInherited = "INHERITED";
inline constexpr std::string_view kSwapped = "SWAPPED";
inline constexpr std::string_view kNumberDamaged = "NUMBER_DAMAGED";
inline constexpr std::string_view kDigitsAsNumber = "DIGITS_AS_NUMBER";
inline constexpr std::string_view kDigitsInTitle = "DIGITS_IN_TITLE";
inline constexpr std::string_view kSameTitle = "SAME_TITLE";
inline constexpr std::string_view kNumberNotDense = "NUMBER_NOT_DENSE";
inline constexpr std::string_view kSpellingVariant = "SPELLING_VARIANT";
inline constexpr std::string_view kTitleDiffers = "TITLE_DIFFERS";
inline constexpr std::string_view kProvisionalName = "PROVISIONAL_NAME";
inline constexpr std::string_view kSharedNode = "SHARED_NODE";
inline constexpr std::string_view kDuplicateItem = "DUPLICATE_ITEM";
inline constexpr std::string_view kTwoLevels = "TWO_LEVELS";
inline constexpr std::string_view kTwoHeadings = "TWO_HEADINGS";
// KPIs.
inline constexpr std::string_view kDuplicateKpi = "DUPLICATE_KPI";
inline constexpr std::string_view kDirectionProposed = "DIRECTION_PROPOSED";
inline constexpr std::string_view kDirectionPrinted = "DIRECTION_PRINTED";
inline constexpr std::string_view kDirectionsDiffer = "DIRECTIONS_DIFFER";
inline constexpr std::string_view kDirectionUnconfirmed = "DIRECTION_UNCONFIRMED";
inline constexpr std::string_view kConfirmationUnused = "CONFIRMATION_UNUSED";
inline constexpr std::string_view kDepartmentsSplit = "DEPARTMENTS_SPLIT";
inline constexpr std::string_view kDepartmentMissing = "DEPARTMENT_MISSING";
inline constexpr std::string_view kReasonInDelayColumn = "REASON_IN_DELAY_COLUMN";
inline constexpr std::string_view kCauseProposed = "CAUSE_PROPOSED";
inline constexpr std::string_view kCauseUnknown = "CAUSE_UNKNOWN";
// Values.
inline constexpr std::string_view kYearFromCell = "YEAR_FROM_CELL";
inline constexpr std::string_view kProvisionalValue = "PROVISIONAL_VALUE";
inline constexpr std::string_view kUnitScaled = "UNIT_SCALED";
inline constexpr std::string_view kUnitDiffers = "UNIT_DIFFERS";
inline constexpr std::string_view kUnitTaken = "UNIT_TAKEN";
inline constexpr std::string_view kValueConverted = "VALUE_CONVERTED";
inline constexpr std::string_view kComponentsSplit = "COMPONENTS_SPLIT";
inline constexpr std::string_view kComponentsDiffer = "COMPONENTS_DIFFER";
inline constexpr std::string_view kCharacterRepaired = "CHARACTER_REPAIRED";
inline constexpr std::string_view kFullwidthDigits = "FULLWIDTH_DIGITS";
inline constexpr std::string_view kQualitativeTarget = "QUALITATIVE_TARGET";
inline constexpr std::string_view kQualitativeMet = "QUALITATIVE_MET";
inline constexpr std::string_view kQualitativeUndecided = "QUALITATIVE_UNDECIDED";
inline constexpr std::string_view kValueNotANumber = "VALUE_NOT_A_NUMBER";
inline constexpr std::string_view kValueOutOfBounds = "VALUE_OUT_OF_BOUNDS";
inline constexpr std::string_view kTextActualForNumericTarget = "TEXT_ACTUAL_FOR_NUMERIC_TARGET";
inline constexpr std::string_view kNoFigure = "NO_FIGURE";
// Characters.
inline constexpr std::string_view kNotInCp932 = "NOT_IN_CP932";
}  // namespace finding_code

// What belongs to a code. In the sentences $0 is the printed text, $1 what was made of it.
struct FindingMessage {
  std::string_view code;
  Severity severity;
  std::string_view japanese;
  std::string_view english;
  bool leaves_out = false;  // it costs a row or a value
};

// Every code, once.
const std::vector<FindingMessage>& FindingMessages();

// Whether a finding of `code` costs a row or a value, which is then not imported. The importer's own codes
// say so in their table; of those only UNLIKELY_… are known here.
bool LeavesOut(std::string_view code);

}  // namespace seisaku::documents
