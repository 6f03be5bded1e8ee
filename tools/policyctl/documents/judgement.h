// The closed vocabulary of the 進捗評価 column, and the causes that it names.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace seisaku::documents {

enum class Judgement { kOnTrack, kMostlyOnTrack, kDelayed, kNotEvaluable };

// Why a judgement is what it is; an axis of its own.
enum class Cause { kCovid19, kSourceAbolished, kFigurePending, kOther };

struct PrintedJudgement {
  Judgement judgement = Judgement::kOnTrack;
  // What the brackets name: 進捗の遅れ (コロナ). Empty for none.
  std::string cause;
};

// Reads 順調に進捗, 概ね順調に進捗, 進捗の遅れ, 評価不可; the last two may name a cause in brackets of either
// width, with or without a space. nullopt: anything else.
std::optional<PrintedJudgement> ParseJudgement(std::string_view cell);

// How much `cell` is like a judgement, from 0 to 1: 概ね良好 is more like one than 交流課.
double LikenessToJudgements(std::string_view cell);

// The vocabulary, for messages: 「順調に進捗」「概ね順調に進捗」….
std::string JudgementVocabulary();

// The cause that the brackets of a judgement name; kOther for a word that is not known.
Cause CauseOf(std::string_view bracketed);

// The cause that the text beside 評価不可 speaks of (廃止, 予定, 算出…); nullopt when no word is known.
std::optional<Cause> ProposeCause(std::string_view reason);

// "ON_TRACK", "MOSTLY_ON_TRACK", "DELAYED", "NOT_EVALUABLE".
std::string_view JudgementName(Judgement judgement);
// "COVID19", "SOURCE_ABOLISHED", "FIGURE_PENDING", "OTHER".
std::string_view CauseName(Cause cause);

}  // namespace seisaku::documents
