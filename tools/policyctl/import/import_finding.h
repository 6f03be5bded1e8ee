// What an import notices when it compares a document with what exists. The reader's own findings (about the
// document alone) are in documents/finding_code.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/policyctl/documents/finding.h"
#include "tools/policyctl/documents/finding_code.h"
#include "tools/policyctl/messages.h"

namespace seisaku::policyctl::imports {

namespace import_code {
// Something differs from the document and was left alone.
inline constexpr std::string_view kConflict = "CONFLICT";
// Something differed from the document and is replaced, as --overwrite asked.
inline constexpr std::string_view kOverwritten = "OVERWRITTEN";
// A KPI that the plan may know by another name; waits for an answer in the sidecar.
inline constexpr std::string_view kNewOrRenamed = "NEW_OR_RENAMED";
// A row may be several KPIs, or several rows may be one; waits for an answer in the sidecar.
inline constexpr std::string_view kAmbiguous = "AMBIGUOUS";
// A heading may be several nodes of the plan.
inline constexpr std::string_view kAmbiguousHeading = "AMBIGUOUS_HEADING";
// The sidecar's name would give several rows one name.
inline constexpr std::string_view kNameNotUnique = "NAME_NOT_UNIQUE";
// The sidecar's alias or id names no KPI of the plan that is still free.
inline constexpr std::string_view kAnswerUnusable = "ANSWER_UNUSABLE";
// The sidecar said which KPI it is.
inline constexpr std::string_view kAnswered = "ANSWERED";
// The sidecar says otherwise than the plan; the plan follows.
inline constexpr std::string_view kConfirmedChange = "CONFIRMED_CHANGE";
// In the plan and not in the document.
inline constexpr std::string_view kAbsent = "ABSENT";
// In the plan from an earlier year and not in the document: retired from the document's year on.
inline constexpr std::string_view kEnds = "ENDS";
// New, but a later year is assessed without it: retired from that year on.
inline constexpr std::string_view kEndsLater = "ENDS_LATER";
// Part of the plan from an earlier year on than was known.
inline constexpr std::string_view kStartsEarlier = "STARTS_EARLIER";
// In the document and in a later year, but not in one between them.
inline constexpr std::string_view kYearBetween = "YEAR_BETWEEN";
// A figure that exists where the document has none.
inline constexpr std::string_view kFigureKept = "FIGURE_KEPT";
// A lost name was known by where it stands.
inline constexpr std::string_view kMatchedByPlace = "MATCHED_BY_PLACE";
// Ended before the document's year, and not said to be new.
inline constexpr std::string_view kRetired = "RETIRED";
// A heading that had ended, with something under it that has not: it is made a new one.
inline constexpr std::string_view kBegunAnew = "BEGUN_ANEW";
// New in a manifesto, under an item that has ended.
inline constexpr std::string_view kUnderRetired = "UNDER_RETIRED";
// A target or figure of a year in which its KPI is no longer part of the plan.
inline constexpr std::string_view kAfterTheEnd = "AFTER_THE_END";
// Ended in the plan, and the document still prints it.
inline constexpr std::string_view kStillPrinted = "STILL_PRINTED";
// A heading has another number than it had, and takes it.
inline constexpr std::string_view kRenumbered = "RENUMBERED";
// Something stands elsewhere among those beside it than it did, and is moved there.
inline constexpr std::string_view kReordered = "REORDERED";
// The document's number or place is not taken: the plan's is from a later year's document.
inline constexpr std::string_view kNewerKept = "NEWER_KEPT";
// The document's number is damaged; the plan's stays.
inline constexpr std::string_view kNumberKept = "NUMBER_KEPT";
// The first figure of a KPI that had none decides what it is counted in.
inline constexpr std::string_view kSeriesTaken = "SERIES_TAKEN";
// A value that its KPI cannot hold.
inline constexpr std::string_view kValueLeftOut = "VALUE_LEFT_OUT";
// A number beside words is kept as words.
inline constexpr std::string_view kValueAsWords = "VALUE_AS_WORDS";
// The document's levels are not the plan's.
inline constexpr std::string_view kLevelsDiffer = "LEVELS_DIFFER";
// A recorded text that was withdrawn: no import brings it back.
inline constexpr std::string_view kWithdrawnKept = "WITHDRAWN_KEPT";
// A direction that nobody had confirmed is, by the sidecar or by what the document prints.
inline constexpr std::string_view kDirectionConfirmed = "DIRECTION_CONFIRMED";
// The document prints another direction than the one that is confirmed, which stays.
inline constexpr std::string_view kDirectionKept = "DIRECTION_KEPT";
// A figure or target of a year that is far off; taken only with --force.
inline constexpr std::string_view kUnlikelyYear = "UNLIKELY_YEAR";
// The year that a sheet judges is far off: nothing of it is taken without --force.
inline constexpr std::string_view kSheetYearUnlikely = "SHEET_YEAR_UNLIKELY";
// A figure or target of quite another size than the KPI's others; taken only with --force.
inline constexpr std::string_view kUnlikelyFigure = "UNLIKELY_FIGURE";
// --only names nothing of the document or the plan: nothing is sent, as something else was meant.
inline constexpr std::string_view kOnlyUnknown = "ONLY_UNKNOWN";
// Longer than what can be stored.
inline constexpr std::string_view kTextTooLong = "TEXT_TOO_LONG";
}  // namespace import_code

// Every code of this folder, once.
const std::vector<documents::FindingMessage>& ImportFindingMessages();

// A finding about `cell`, with the severity of `code` (one of import_code).
documents::Finding MakeImportFinding(std::string_view code, const documents::SourceCell& cell,
                                     std::string_view made);

// Whether the finding, the reader's or the import's, costs a row or a value.
bool IsLeftOut(const documents::Finding& finding);
// How many rows and values the findings cost: several about one cell are one.
int CountLeftOut(const std::vector<documents::Finding>& findings);

// What was made of it, in the language.
const std::string& MadeIn(Language language, const documents::Finding& finding);

// What a finding says, the reader's or the import's, in one sentence.
std::string SentenceOf(Language language, const documents::Finding& finding);

}  // namespace seisaku::policyctl::imports
