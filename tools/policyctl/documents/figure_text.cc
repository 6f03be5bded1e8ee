#include "tools/policyctl/documents/figure_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/base/text.h"
#include "tools/policyctl/documents/cell.h"
#include "tools/policyctl/documents/compound.h"
#include "tools/policyctl/documents/figure_words.h"

namespace seisaku::documents {

namespace {

namespace v1 = type::v1;

constexpr std::string_view kDigits = "0123456789";
constexpr size_t kMostNoteBytes = 1024;  // that a stored note has

bool IsDigit(std::string_view text, size_t at) {
  return at < text.size() && absl::ascii_isdigit(static_cast<unsigned char>(text[at]));
}

void TakeSign(std::string_view& text, std::string& sign) {
  for (const std::string_view mark : {"-", "−", "‐", "‑", "–", "▲", "△", "+"}) {
    if (!ConsumePrefix(text, mark)) continue;
    sign = mark == "+" ? "" : "-";
    text = Trim(text);
    return;
  }
}

bool BeginsLikeANumber(std::string_view text) {
  std::string sign;
  TakeSign(text, sign);
  return IsDigit(text, 0);
}

// The same, perhaps behind a word: 約350人.
bool BeginsLikeAFigure(std::string_view text) {
  ConsumeWordBefore(text);
  return BeginsLikeANumber(Trim(text));
}

// 時間半, 人超過, %台後半: a half more, a bound, a part of a range. 人転入超過 is counted.
bool SaysMoreThanTheNumber(std::string_view unit) {
  const bool is_excess = Contains(unit, "転入超過") || Contains(unit, "転出超過");
  return unit.ends_with("半") || (Contains(unit, "超") && !is_excess) || Contains(unit, "台前半") ||
         Contains(unit, "台半ば") || Contains(unit, "台後半");
}

// Whether what stands behind a number can be a unit, and is not the rest of a sentence or of another number.
bool IsLikeAUnit(const std::string& unit) {
  constexpr std::array<std::string_view, 17> kOfSentences = {
      "以上", "以下", "以内", "未満", "程度", "くらい", "ぐらい", "より", "から",
      "を",   "が",   "で",   "に",   "は",   "の",     "、",     "。"};
  // 10数人, 10余人: more than ten, and nobody knows how many.
  constexpr std::array<std::string_view, 2> kOpenBefore = {"数", "余"};
  // What says something of the number: a comparison, an open end, a direction, a mark.
  constexpr std::array<std::string_view, 25> kOfNoUnit = {"+", "=", "<", ">", "~", "〜", "?", "!", ":",
                                                          ";", "≧", "≦", "≥", "≤", "±",  "※", "†", "‡",
                                                          "→", "←", "⇒", "↑", "↓", "⇑",  "⇓"};
  // The digits that units have.
  const std::string plain = absl::StrReplaceAll(unit, {{"CO2", ""},
                                                       {"PM2.5", ""},
                                                       {"PM10", ""},
                                                       {"NO2", ""},
                                                       {"SO2", ""},
                                                       {"N2O", ""},
                                                       {"CH4", ""},
                                                       {"m2", ""},
                                                       {"m3", ""}});
  const auto in_unit = [&unit](std::string_view word) { return Contains(unit, word); };
  return plain.find_first_of(kDigits) == std::string::npos &&
         plain.find_first_of("()[]*") == std::string::npos && !SaysMoreThanTheNumber(unit) &&
         std::none_of(kOpenBefore.begin(), kOpenBefore.end(),
                      [&unit](std::string_view word) { return unit.starts_with(word); }) &&
         std::none_of(kOfSentences.begin(), kOfSentences.end(), in_unit) &&
         std::none_of(kOfNoUnit.begin(), kOfNoUnit.end(), in_unit);
}

// 2時間半 as 2時間30分.
std::string WithHalfCounted(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kHalves = {
      {{"時間半", "30分"}, {"分半", "30秒"}, {"日半", "12時間"}}};
  for (const auto& [unit, half] : kHalves) {
    if (text.ends_with(unit))
      return fmt::format("{}{}", text.substr(0, text.size() - std::string_view("半").size()), half);
  }
  return std::string(text);
}

// The units that may stand in brackets behind a number: 350(人).
bool IsUnitInBrackets(std::string_view text) {
  constexpr std::array<std::string_view, 24> kUnits = {
      "%",  "人",   "件", "円", "千円", "万円", "百万円", "億円", "万人", "回",   "世帯", "戸",
      "校", "団体", "社", "台", "点",   "位",   "歳",     "日",   "時間", "か所", "箇所", "㎡"};
  return std::find(kUnits.begin(), kUnits.end(), text) != kUnits.end();
}

std::string BaseOf(std::string_view unit) { return ToBaseUnit({Decimal(), std::string(unit)}).unit; }

// 万, 千: a scale of no unit.
bool IsScale(std::string_view unit) { return !unit.empty() && BaseOf(unit).empty(); }

// The unit that `note` is, in any scale, where numbers are counted in `unit`: 人, 千人, 単位:千円; 千 of 人 is
// 千人. Empty where it is none.
std::string UnitOfNote(std::string_view note, std::string_view unit) {
  if (ConsumePrefix(note, "単位")) ConsumePrefix(note, ":");
  note = Trim(note);
  const std::string base = BaseOf(note);
  const bool is_unit = note == unit || IsUnitInBrackets(note) || IsUnitInBrackets(base) ||
                       (!base.empty() && base == BaseOf(unit));
  if (!note.empty() && is_unit) return std::string(note);
  return IsScale(note) ? fmt::format("{}{}", note, BaseOf(unit)) : "";
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kBrackets = {
    {{"(", ")"}, {"[", "]"}, {"〔", "〕"}, {"【", "】"}, {"〈", "〉"}}};

// Takes a group in brackets off the end, with those that stand in it; nullopt where there is none.
std::optional<std::string_view> ConsumeBracketAfter(std::string_view& text) {
  for (const auto& [open, close] : kBrackets) {
    std::string_view rest = text;
    for (int depth = 0; rest.size() > 0 && (depth > 0 || rest.ends_with(close));) {
      if (ConsumeSuffix(rest, close)) {
        ++depth;
      } else if (!ConsumeSuffix(rest, open)) {
        rest.remove_suffix(1);
      } else if (--depth == 0) {
        const std::string_view inside = text.substr(rest.size() + open.size());
        text = Trim(rest);
        return Trim(inside.substr(0, inside.size() - close.size()));
      }
    }
  }
  return std::nullopt;
}

// The same off the head.
std::optional<std::string_view> ConsumeBracketBefore(std::string_view& text) {
  for (const auto& [open, close] : kBrackets) {
    std::string_view rest = text;
    for (int depth = 0; rest.size() > 0 && (depth > 0 || rest.starts_with(open));) {
      if (ConsumePrefix(rest, open)) {
        ++depth;
      } else if (!ConsumePrefix(rest, close)) {
        rest.remove_prefix(1);
      } else if (--depth == 0) {
        const std::string_view inside =
            text.substr(open.size(), text.size() - rest.size() - open.size() - close.size());
        text = Trim(rest);
        return Trim(inside);
      }
    }
  }
  return std::nullopt;
}

class Reading {
 public:
  Reading(std::string_view printed, std::string_view unit)
      : unit_(unit), half_width_(ToHalfWidthAscii(WithComposedKana(Trim(printed)))), body_(half_width_) {
    figure_.value.printed = printed;
  }

  absl::StatusOr<FigureText> Read() && {
    const std::string_view words = Trim(figure_.value.printed);
    if (HidesAFigure() || IsErrorOfASpreadsheet(body_)) return Refused(words);
    if (const NoFigure none = ReadNoFigure(body_); none != NoFigure::kNot) {
      figure_.kind = FigureText::Kind::kNoFigure;
      figure_.may_be_words = none == NoFigure::kUnlessWords;
      figure_.value.content = std::string(words);
      return std::move(figure_);
    }
    while (!body_.empty() && TakeBefore()) {
    }
    while (!body_.empty() && TakeAfter()) {
    }
    absl::StatusOr<std::optional<Quantity>> quantity = ReadNumber(body_);
    if (quantity.ok() && !*quantity) quantity = ReadAroundABracket();
    RETURN_IF_ERROR(quantity.status());
    if (!*quantity || IsDate(body_) || NoteBytes() > kMostNoteBytes || is_unclear_ ||
        IsOfAnother(**quantity)) {
      return Words(words);
    }
    Keep(**std::move(quantity));
    return std::move(figure_);
  }

 private:
  // One of what may stand before the number, off the head of body_.
  bool TakeBefore() {
    if (const auto inside = ConsumeBracketBefore(body_)) return Say(*inside, before_);
    if (const auto mark = ConsumeMarkBefore(body_); !mark.empty()) return Keep(mark, before_);
    if (TakeDateBefore()) return true;
    const auto word = ConsumeWordBefore(body_);
    if (!word) return false;
    ConsumePrefix(body_, ":");
    body_ = Trim(body_);
    return Say(*word, before_);
  }

  bool TakeAfter() {
    if (const auto inside = ConsumeBracketAfter(body_)) return Say(*inside, after_);
    if (const auto mark = ConsumeMarkAfter(body_); !mark.empty()) return Keep(mark, after_);
    if (const auto remark = ConsumeRemarkAfter(body_); !remark.empty()) {
      is_unclear_ = is_unclear_ || IsUnitBehindAMark(remark);
      return Keep(remark, after_);
    }
    if (const auto word = ConsumeWordAfter(body_)) {
      body_ = Trim(body_);
      return Say(*word, after_);
    }
    const std::vector<std::string_view> parts = SplitAtSpaces(body_);
    if (parts.size() < 2 || (!IsDate(parts.back()) && !PeriodOfNote(parts.back()))) return false;
    body_ = Trim(body_.substr(0, body_.size() - parts.back().size()));
    return Say(parts.back(), after_);
  }

  // 12月末 350人, R4:350人, 令和4年度末350人. Right before a number only where it ends like a date.
  bool TakeDateBefore() {
    std::string_view longest;
    std::string_view number;
    for (size_t at = 1; at < body_.size(); ++at) {
      std::string_view rest = body_.substr(at);
      const bool parted = rest.front() == ':' || Trim(rest).data() != rest.data();
      if (!parted && (!BeginsLikeAFigure(rest) || IsDigit(body_, at - 1))) continue;
      const std::string_view date = body_.substr(0, at);
      if ((!IsDate(date) && !PeriodOfNote(date)) || (!parted && !EndsADate(date))) continue;
      if (rest.find_first_of(kDigits) == std::string_view::npos) continue;  // 2000.5 ha
      ConsumePrefix(rest, ":");
      longest = date;
      number = Trim(rest);
    }
    if (number.empty()) return false;
    body_ = number;
    return Say(longest, before_);
  }

  static bool EndsADate(std::string_view date) {
    return date.ends_with("末") || date.ends_with("現在") || date.ends_with("時点") ||
           date.ends_with("年度") || (date.ends_with("年") && PeriodOfNote(date)) ||
           (date.ends_with("日") && Contains(date, "月"));
  }

  // All of these return true, for the loops that call them.
  bool Say(std::string_view note, std::vector<std::string>& notes) {
    if (const v1::Qualifier qualifier = QualifierOf(note); qualifier != v1::QUALIFIER_UNSPECIFIED) {
      return Say(FigureWord{note, qualifier}, notes);
    }
    if (const auto period = PeriodOfNote(note); period && !figure_.value.observed_period) {
      figure_.value.observed_period = period;
      return true;
    }
    return Keep(note, notes);
  }

  bool Say(const FigureWord& word, std::vector<std::string>& notes) {
    if (word.qualifier == v1::QUALIFIER_UNSPECIFIED) return Keep(word.word, notes);
    v1::Qualifier& qualifier = figure_.value.qualifier;
    if (qualifier == word.qualifier) return true;
    // 約60人以上: the bound is what counts.
    if (qualifier == v1::QUALIFIER_UNSPECIFIED || qualifier == v1::QUALIFIER_ABOUT) {
      if (qualifier == v1::QUALIFIER_ABOUT) before_.emplace_back("約");
      qualifier = word.qualifier;
      return true;
    }
    // 最低約60人; but 60人以上未満 says nothing.
    is_unclear_ = is_unclear_ || word.qualifier != v1::QUALIFIER_ABOUT;
    return Keep(word.word, notes);
  }

  bool Keep(std::string_view note, std::vector<std::string>& notes) {
    if (!note.empty()) notes.emplace_back(note);
    figure_.provisional = figure_.provisional || SaysProvisional(note);
    return true;
  }

  size_t NoteBytes() const {
    size_t bytes = 0;
    for (const auto* notes : {&before_, &after_}) {
      for (const std::string& note : *notes) bytes += note.size() + 3;  // with 、
    }
    return bytes;
  }

  absl::StatusOr<std::optional<Quantity>> ReadNumber(std::string_view text) {
    std::string sign;
    TakeSign(text, sign);
    if (!IsDigit(text, 0)) return std::nullopt;
    const size_t end = std::min(text.find_first_not_of("0123456789,."), text.size());
    const std::string_view unit = Trim(text.substr(end));
    // 5 3人 is not 53人.
    if (unit.find_first_of("0123456789,.") == 0) return std::nullopt;
    ASSIGN_OR_RETURN(std::optional<Quantity> quantity,
                     ParseQuantity(fmt::format("{}{}{}", sign, text.substr(0, end), unit)));
    if (quantity && IsLikeAUnit(quantity->unit)) return quantity;
    quantity = ReadCompound(WithHalfCounted(text), unit_);
    if (!quantity || !IsLikeAUnit(quantity->unit)) return std::nullopt;
    figure_.converted = true;
    if (!sign.empty()) quantity->value = Decimal() - quantity->value;
    return quantity;
  }

  // 45(累計)件.
  absl::StatusOr<std::optional<Quantity>> ReadAroundABracket() {
    for (const auto& [open, close] : kBrackets) {
      const size_t from = body_.find(open);
      const size_t to = body_.find(close);
      if (from == std::string_view::npos || to == std::string_view::npos || to < from) continue;
      const std::string_view rest = body_.substr(to + close.size());
      if (BeginsLikeANumber(rest)) return std::nullopt;
      const std::string around = fmt::format("{}{}", body_.substr(0, from), rest);
      ASSIGN_OR_RETURN(const std::optional<Quantity> quantity, ReadNumber(around));
      if (quantity) Say(Trim(body_.substr(from + open.size(), to - from - open.size())), before_);
      return quantity;
    }
    return std::nullopt;
  }

  void Keep(Quantity quantity) {
    Value& value = figure_.value;
    std::string_view unit = quantity.unit;
    // 30台 counts machines; 30万人台 is a range.
    if (ConsumeSuffix(unit, "台") && !BaseOf(unit).empty()) {
      Say(FigureWord{"台", v1::QUALIFIER_RANGE_FROM}, after_);
      quantity.unit = std::string(unit);
    }
    if (quantity.unit.empty() || IsScale(quantity.unit)) CountIn(quantity);
    // 30万人(台).
    if (const auto range = std::find(after_.begin(), after_.end(), "台");
        range != after_.end() && !BaseOf(quantity.unit).empty()) {
      after_.erase(range);
      Say(FigureWord{"台", v1::QUALIFIER_RANGE_FROM}, after_);
    }
    figure_.kind = FigureText::Kind::kNumber;
    value.content = std::move(quantity);
    // What was taken off the end was the last first.
    before_.insert(before_.end(), after_.rbegin(), after_.rend());
    value.note = fmt::format("{}", fmt::join(before_, "、"));
  }

  // The unit of a number that has none, or only a scale: what stands in brackets beside it, the nearest one
  // first, else the given one.
  void CountIn(Quantity& quantity) {
    const std::string scale = quantity.unit;
    // Of 千円 5万 may be 5万円 or 5万 of them.
    const auto fits = [&scale](std::string_view unit) {
      return scale.empty() || BaseOf(unit) == unit || scale + BaseOf(unit) == unit;
    };
    const auto count_in = [&](std::string_view unit) {
      quantity.unit = scale.empty() ? std::string(unit) : scale + BaseOf(unit);
    };
    for (std::vector<std::string>* notes : {&after_, &before_}) {
      for (auto note = notes->rbegin(); note != notes->rend(); ++note) {
        const std::string unit = UnitOfNote(*note, unit_);
        if (unit.empty() || !fits(unit)) continue;
        notes->erase(std::next(note).base());
        return count_in(unit);
      }
    }
    if (fits(unit_)) count_in(unit_);
  }

  // 50(62.5%) where percents are asked for: the number is something else's.
  bool IsOfAnother(const Quantity& quantity) const {
    if (unit_.empty() || !quantity.unit.empty()) return false;
    const auto is_the_figure = [this](const std::string& note) {
      return IsInTheUnit(ReadFigureText(note, ""));
    };
    return std::any_of(before_.begin(), before_.end(), is_the_figure) ||
           std::any_of(after_.begin(), after_.end(), is_the_figure);
  }

  bool IsInTheUnit(const absl::StatusOr<FigureText>& figure) const {
    if (!figure.ok() || figure->kind != FigureText::Kind::kNumber) return false;
    // 45(累計120件), 45(R3 40件) say more.
    if (!figure->value.note.empty() || figure->value.observed_period) return false;
    const std::string base = BaseOf(figure->value.number()->unit);
    return !base.empty() && base == BaseOf(unit_);
  }

  // 未集計(速報値120人) has a figure.
  bool HidesAFigure() const {
    std::string_view rest = body_;
    const std::optional<std::string_view> inside = ConsumeBracketAfter(rest);
    if (!inside || rest.empty() || ReadNoFigure(rest) != NoFigure::kAlways) return false;
    const absl::StatusOr<FigureText> figure = ReadFigureText(*inside, "");
    if (!figure.ok() || figure->kind != FigureText::Kind::kNumber) return false;
    return figure->provisional || IsInTheUnit(figure);
  }

  // 33※万人, 33※1万人.
  bool IsUnitBehindAMark(std::string_view remark) const {
    ConsumePrefix(remark, "※");
    remark.remove_prefix(std::min(remark.find_first_not_of(kDigits), remark.size()));
    return !body_.empty() && IsDigit(body_, body_.size() - 1) && !UnitOfNote(remark, unit_).empty();
  }

  static absl::Status Refused(std::string_view words) {
    return errors::Unreadable("INVALID_DECIMAL", words, expected::DECIMAL,
                              {{"digits", Decimal::kMaxIntegerDigits}, {"scale", Decimal::kMaxScale}});
  }

  absl::StatusOr<FigureText> Words(std::string_view words) {
    // (120人) says a number and hides what it is; 10月末 is a time.
    const bool nothing_left = body_.empty() && half_width_.find_first_of(kDigits) != std::string::npos;
    const bool is_month = IsDate(body_) && Contains(body_, "月");
    if (nothing_left || (BeginsLikeANumber(body_) && !is_month)) return Refused(words);
    // Of what was understood around a number nothing is left.
    FigureText figure;
    figure.value.printed = figure_.value.printed;
    figure.value.content = std::string(words);
    std::string_view rest = half_width_;
    while (ConsumeUnderstoodBracket(rest, figure)) {
    }
    return figure;
  }

  const std::string_view unit_;
  const std::string half_width_;
  std::string_view body_;  // of half_width_, without what was understood
  std::vector<std::string> before_;
  std::vector<std::string> after_;  // the last one first
  bool is_unclear_ = false;         // two bounds, or a unit behind a mark
  FigureText figure_;
};

}  // namespace

bool ConsumeUnderstoodBracket(std::string_view& text, FigureText& figure) {
  std::string_view rest = Trim(text);
  const std::optional<std::string_view> inside = ConsumeBracketAfter(rest);
  if (!inside) return false;
  const std::optional<ObservedPeriod> period = PeriodOfNote(*inside);
  if (period && !figure.value.observed_period) {
    figure.value.observed_period = period;
  } else if (*inside == "暫定値" || *inside == "暫定" || *inside == "速報値" || *inside == "速報") {
    figure.provisional = true;
  } else if (*inside != "確定値" && *inside != "確定") {
    return false;
  }
  text = rest;
  return true;
}

absl::StatusOr<FigureText> ReadFigureText(std::string_view printed, std::string_view unit) {
  return Reading(printed, unit).Read();
}

}  // namespace seisaku::documents
