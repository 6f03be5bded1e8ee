#include "tools/policyctl/documents/judgement.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "services/base/text.h"
#include "tools/policyctl/documents/cell.h"
#include "tools/policyctl/documents/search_key.h"

namespace seisaku::documents {

namespace {

struct Word {
  std::string_view text;
  Judgement judgement;
  bool may_name_a_cause;
};

constexpr std::array<Word, 4> kWords = {{{"順調に進捗", Judgement::kOnTrack, false},
                                         {"概ね順調に進捗", Judgement::kMostlyOnTrack, false},
                                         {"進捗の遅れ", Judgement::kDelayed, true},
                                         {"評価不可", Judgement::kNotEvaluable, true}}};

struct CauseWord {
  std::string_view text;
  Cause cause;
};

// In this order: a statistic that was abolished has no figure coming, whatever was once planned.
constexpr std::array<CauseWord, 8> kCauseWords = {{{"コロナ", Cause::kCovid19},
                                                   {"廃止", Cause::kSourceAbolished},
                                                   {"予定", Cause::kFigurePending},
                                                   {"算出", Cause::kFigurePending},
                                                   {"未公表", Cause::kFigurePending},
                                                   {"公表待ち", Cause::kFigurePending},
                                                   {"集計中", Cause::kFigurePending},
                                                   {"未確定", Cause::kFigurePending}}};

std::optional<Cause> FindCause(std::string_view text) {
  const std::string key = seisaku::SearchKey(text);
  for (const CauseWord& word : kCauseWords) {
    if (Contains(key, seisaku::SearchKey(word.text))) return word.cause;
  }
  return std::nullopt;
}

}  // namespace

std::optional<PrintedJudgement> ParseJudgement(std::string_view cell) {
  const std::string key = seisaku::SearchKey(cell);
  for (const Word& word : kWords) {
    const std::string word_key = seisaku::SearchKey(word.text);
    if (key == word_key) return PrintedJudgement{word.judgement, ""};
    std::string_view rest = key;
    if (!word.may_name_a_cause || !ConsumePrefix(rest, word_key)) continue;
    if (!ConsumePrefix(rest, "(") || !ConsumeSuffix(rest, ")") || rest.empty()) continue;
    return PrintedJudgement{word.judgement, std::string(rest)};
  }
  return std::nullopt;
}

double LikenessToJudgements(std::string_view cell) {
  double likeness = 0;
  for (const Word& word : kWords) likeness = std::max(likeness, Likeness(cell, word.text));
  return likeness;
}

std::string JudgementVocabulary() {
  std::string vocabulary;
  for (const Word& word : kWords) vocabulary += fmt::format("「{}」", word.text);
  return vocabulary;
}

Cause CauseOf(std::string_view bracketed) { return FindCause(bracketed).value_or(Cause::kOther); }

std::optional<Cause> ProposeCause(std::string_view reason) {
  const std::optional<Cause> cause = FindCause(reason);
  // An epidemic delays a measure; it does not make a figure impossible to judge.
  return cause == Cause::kCovid19 ? std::nullopt : cause;
}

std::string_view JudgementName(Judgement judgement) {
  switch (judgement) {
    case Judgement::kOnTrack:
      return "ON_TRACK";
    case Judgement::kMostlyOnTrack:
      return "MOSTLY_ON_TRACK";
    case Judgement::kDelayed:
      return "DELAYED";
    case Judgement::kNotEvaluable:
      return "NOT_EVALUABLE";
  }
  return "";
}

std::string_view CauseName(Cause cause) {
  switch (cause) {
    case Cause::kCovid19:
      return "COVID19";
    case Cause::kSourceAbolished:
      return "SOURCE_ABOLISHED";
    case Cause::kFigurePending:
      return "FIGURE_PENDING";
    case Cause::kOther:
      return "OTHER";
  }
  return "";
}

}  // namespace seisaku::documents
