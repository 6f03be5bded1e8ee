#include "tools/policyctl/documents/figure_words.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "tools/policyctl/documents/cell.h"

namespace seisaku::documents {

namespace {

namespace v1 = type::v1;

constexpr std::string_view kNoFigure[] = {
    "未集計",       "集計中",   "集計待ち",   "集計未了",   "集計前",   "集計不可",   "算出中",
    "算出不可",     "算出不能", "算出できず", "算定中",     "算定不可", "調査中",     "精査中",
    "確認中",       "照会中",   "測定不可",   "測定不能",   "把握不可", "把握できず", "未測定",
    "未計測",       "未算出",   "未算定",     "未把握",     "未確定",   "未確認",     "未調査",
    "調査なし",     "調査無し", "調査無",     "調査未実施", "調査せず", "調査対象外", "調査年度外",
    "調査実施せず", "未定",     "不明",       "該当なし",   "該当無し", "該当無",     "非該当",
    "対象外",       "対象なし", "実績なし",   "実績無し",   "実績無",   "データなし", "データ無し",
    "数値なし",     "値なし",   "統計なし",   "未公表",     "非公表",   "公表前",     "公表待ち",
    "公表予定",     "未発表",   "発表前",     "未設定",     "設定なし", "目標なし",   "目標値なし",
    "目標未設定",   "n/a",      "na",         "n.a.",       "…",        "……",         "‥",
    "...",          "・・・",   "・・",       "/"};

constexpr std::string_view kNoFigureUnlessWords[] = {
    "なし",     "無し",     "無",       "中止",     "休止",     "廃止",     "延期",     "未実施",
    "実施せず", "実施なし", "実施無し", "未開催",   "開催せず", "開催なし", "開催中止", "開催見送り",
    "事業中止", "事業休止", "事業廃止", "事業終了", "終了",     "見送り"};

// What a date before 公表予定 is written with.
constexpr std::u32string_view kOfDates =
    U"0123456789./-~〜年度月日末初頃上中下旬春夏秋冬期前後半第四以降にのごろRHSrhs令和平成昭元";

std::string WithoutSpaces(std::string_view text) {
  std::string joined;
  for (const std::string_view part : SplitAtSpaces(text)) joined += part;
  return joined;
}

std::u32string CodePoints(std::string_view text) {
  std::u32string points;
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const size_t bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t value = bytes == 1 ? lead : lead & (0x7FU >> bytes);
    for (size_t k = 1; k < bytes && i + k < text.size(); ++k) {
      value = (value << 6) | (static_cast<unsigned char>(text[i + k]) & 0x3F);
    }
    points.push_back(value);
    i += bytes;
  }
  return points;
}

bool IsOf(std::string_view text, std::u32string_view characters) {
  const std::u32string points = CodePoints(text);
  return std::all_of(points.begin(), points.end(),
                     [&](char32_t c) { return characters.find(c) != std::u32string_view::npos; });
}

template <size_t N>
bool IsOneOf(std::string_view text, const std::string_view (&words)[N]) {
  return std::find(std::begin(words), std::end(words), text) != std::end(words);
}

bool HasDigit(std::string_view text) { return text.find_first_of("0123456789") != std::string_view::npos; }

// 3日, 2年: how long, where what stands behind it says no more than that it is planned.
bool IsLengthOfTime(std::string_view text) {
  const bool is_of_time = ConsumeSuffix(text, "日") || ConsumeSuffix(text, "年") || ConsumeSuffix(text, "期");
  constexpr size_t kMostDigits = 3;
  return is_of_time && !text.empty() && text.size() <= kMostDigits && IsOf(text, U"0123456789");
}

bool IsNumericDate(std::string_view text);

// 85.0, -5: a number, and not 2023.10.
bool IsDecimal(std::string_view text) { return IsOf(text, U"0123456789.-") && !IsNumericDate(text); }

// R5.10公表予定, 令和5年10月頃公表予定, 12月集計予定.
bool IsAnnounced(std::string_view text) {
  constexpr std::array<std::string_view, 12> kEndings = {"公表予定", "発表予定", "集計予定", "算出予定",
                                                         "判明予定", "確定予定", "公表",     "発表",
                                                         "確定",     "判明",     "集計中",   "予定"};
  return std::any_of(kEndings.begin(), kEndings.end(), [text](std::string_view ending) {
    std::string_view date = text;
    const bool says_little = ending == "予定" || ending == "確定";
    return ConsumeSuffix(date, ending) && HasDigit(date) && IsOf(date, kOfDates) &&
           !(says_little && (IsLengthOfTime(date) || IsDecimal(date))) &&
           (!IsOf(date, U"0123456789") || ParseFiscalYear(date).ok());
  });
}

// コロナにより中止, イベント中止.
bool IsCalledOff(std::string_view text) {
  constexpr std::array<std::string_view, 6> kEndings = {"中止",   "休止",     "延期",
                                                        "未実施", "開催なし", "実施せず"};
  constexpr size_t kLongest = 90;  // bytes; a sentence says more
  return text.size() <= kLongest && !HasDigit(text) &&
         std::any_of(kEndings.begin(), kEndings.end(),
                     [text](std::string_view ending) { return text.ends_with(ending); });
}

// Takes a whole pair of brackets off the end.
bool ConsumeBracketAfter(std::string_view& text, std::string_view& inside) {
  if (!text.ends_with(")")) return false;
  const size_t open = text.rfind('(');
  if (open == std::string_view::npos) return false;
  inside = text.substr(open + 1, text.size() - open - 2);
  text = Trim(text.substr(0, open));
  return true;
}

constexpr FigureWord Note(std::string_view word) { return {word}; }

// The longer one of two that begin (end) alike stands first.
constexpr FigureWord kBefore[] = {
    {"約", v1::QUALIFIER_ABOUT},
    {"およそ", v1::QUALIFIER_ABOUT},
    {"おおよそ", v1::QUALIFIER_ABOUT},
    {"おおむね", v1::QUALIFIER_ABOUT},
    {"概ね", v1::QUALIFIER_ABOUT},
    {"ほぼ", v1::QUALIFIER_ABOUT},
    {"少なくとも", v1::QUALIFIER_AT_LEAST},
    {"最低", v1::QUALIFIER_AT_LEAST},
    {"≧", v1::QUALIFIER_AT_LEAST},
    {"≥", v1::QUALIFIER_AT_LEAST},
    {"≦", v1::QUALIFIER_AT_MOST},
    {"≤", v1::QUALIFIER_AT_MOST},
    {">=", v1::QUALIFIER_AT_LEAST},
    {"<=", v1::QUALIFIER_AT_MOST},
    {">", v1::QUALIFIER_MORE_THAN},
    {"<", v1::QUALIFIER_LESS_THAN},
    Note("速報値"),
    Note("速報"),
    Note("暫定値"),
    Note("暫定"),
    Note("見込値"),
    Note("見込み"),
    Note("見込"),
    Note("期間平均"),
    Note("年度平均"),
    Note("年平均"),
    Note("月平均"),
    Note("日平均"),
    Note("平均"),
    Note("累計"),
    Note("累積"),
    Note("通算"),
    Note("延べ"),
    Note("のべ"),
    Note("延"),
    Note("合計"),
    Note("総計"),
    Note("総数"),
    Note("計"),
    Note("年間"),
    Note("実績値"),
    Note("実績"),
    Note("推計値"),
    Note("推計"),
    Note("概算"),
    Note("概数"),
    Note("最大"),
    Note("↑"),
    Note("↓"),
    Note("↗"),
    Note("↘"),
    Note("⬆"),
    Note("⬇"),
    Note("⇑"),
    Note("⇓"),
};

constexpr FigureWord kAfter[] = {
    {"以上", v1::QUALIFIER_AT_LEAST},
    {"以下", v1::QUALIFIER_AT_MOST},
    {"以内", v1::QUALIFIER_AT_MOST},
    {"まで", v1::QUALIFIER_AT_MOST},
    {"超える", v1::QUALIFIER_MORE_THAN},
    {"超え", v1::QUALIFIER_MORE_THAN},
    {"超", v1::QUALIFIER_MORE_THAN},
    {"未満", v1::QUALIFIER_LESS_THAN},
    {"程度", v1::QUALIFIER_ABOUT},
    {"前後", v1::QUALIFIER_ABOUT},
    {"くらい", v1::QUALIFIER_ABOUT},
    {"ぐらい", v1::QUALIFIER_ABOUT},
    {"ほど", v1::QUALIFIER_ABOUT},
    {"強", v1::QUALIFIER_MORE_THAN},
    {"弱", v1::QUALIFIER_LESS_THAN},
    {"余り", v1::QUALIFIER_MORE_THAN},
    {"余", v1::QUALIFIER_MORE_THAN},
    {"足らず", v1::QUALIFIER_LESS_THAN},
    {"内外", v1::QUALIFIER_ABOUT},
    Note("速報値"),
    Note("速報"),
    Note("暫定値"),
    Note("暫定"),
    Note("確定値"),
    Note("確定"),
    Note("見込値"),
    Note("見込み"),
    Note("見込"),
    Note("予定"),
    Note("維持"),
    Note("達成"),
    Note("推計値"),
    Note("推計"),
    Note("概算"),
    Note("概数"),
    Note("累計"),
    Note("累積"),
    Note("延べ"),
    Note("合計"),
    Note("平均"),
    Note("実績値"),
    Note("実績"),
    Note("↑"),
    Note("↓"),
    Note("↗"),
    Note("↘"),
    Note("⬆"),
    Note("⬇"),
    Note("⇑"),
    Note("⇓"),
};

size_t DigitsAt(std::string_view text, size_t at) {
  size_t digits = 0;
  while (at + digits < text.size() && absl::ascii_isdigit(static_cast<unsigned char>(text[at + digits]))) {
    ++digits;
  }
  return digits;
}

constexpr std::array<std::string_view, 5> kMarks = {"※", "*", "†", "‡", "注"};
constexpr size_t kMostDigitsOfAMark = 2;

// Of at most two characters that are no digits, as a unit is: 人, 万人.
bool IsShort(std::string_view text) {
  constexpr size_t kMost = 2;
  return !HasDigit(text) && CodePoints(text).size() <= kMost;
}

bool IsDayOfYear(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos || DigitsAt(text, 0) != slash || slash > 2) return false;
  const size_t digits = DigitsAt(text, slash + 1);
  if (digits == 0 || digits > 2 || slash + 1 + digits != text.size()) return false;
  const int month = std::atoi(std::string(text.substr(0, slash)).c_str());
  const int day = std::atoi(std::string(text.substr(slash + 1)).c_str());
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

// R5.3, R5.3.31, 2023/3: a year, a month and perhaps a day. 2045.33 is a number.
bool IsNumericDate(std::string_view text) {
  size_t end = text.find_first_of("./-");
  if (end == std::string_view::npos || !ParseFiscalYear(text.substr(0, end)).ok()) return false;
  constexpr std::array<int, 2> kGreatest = {12, 31};
  for (const int greatest : kGreatest) {
    const size_t digits = DigitsAt(text, end + 1);
    if (digits == 0 || digits > 2) return false;
    const int number = std::atoi(std::string(text.substr(end + 1, digits)).c_str());
    if (number < 1 || number > greatest) return false;
    end += 1 + digits;
    if (end == text.size()) return true;
    if (std::string_view("./-").find(text[end]) == std::string_view::npos) return false;
  }
  return false;
}

}  // namespace

NoFigure ReadNoFigure(std::string_view text) {
  std::string_view head = text;
  std::string_view inside;
  // 集計中(12月頃); (未集計) is what stands in the brackets.
  while (ConsumeBracketAfter(head, inside)) {
    if (head.empty()) return ReadNoFigure(Trim(inside));
  }
  const bool bracketed = head.size() != text.size();
  bool marked = false;
  while (!ConsumeMarkBefore(head).empty() || !ConsumeMarkAfter(head).empty()) marked = true;
  const std::string plain = absl::AsciiStrToLower(WithoutSpaces(head));
  std::string_view word = plain;
  ConsumeSuffix(word, "。");
  if (word.empty()) return marked || bracketed ? NoFigure::kAlways : NoFigure::kNot;
  // ――, ---.
  const bool is_dashes = IsOf(word, U"-―‐‑–—ー−─━");
  if (IsNone(word) || is_dashes)
    return HasDigit(inside) && !IsAnnounced(inside) ? NoFigure::kNot : NoFigure::kAlways;
  if (IsOneOf(word, kNoFigure) || IsAnnounced(word)) return NoFigure::kAlways;
  // なし(0件) says a number too.
  if (bracketed && HasDigit(inside)) return NoFigure::kNot;
  const bool called_off = IsOneOf(word, kNoFigureUnlessWords) || IsCalledOff(word);
  return called_off ? NoFigure::kUnlessWords : NoFigure::kNot;
}

bool IsErrorOfASpreadsheet(std::string_view text) {
  constexpr std::string_view kErrors[] = {"#N/A",   "#REF!", "#DIV/0!", "#VALUE!",
                                          "#NAME?", "#NUM!", "#NULL!",  "#SPILL!"};
  return IsOneOf(text, kErrors) || (text.starts_with("##") && IsOf(text, U"#"));
}

std::optional<FigureWord> ConsumeWordBefore(std::string_view& text) {
  for (const FigureWord& word : kBefore) {
    if (ConsumePrefix(text, word.word)) return word;
  }
  return std::nullopt;
}

std::optional<FigureWord> ConsumeWordAfter(std::string_view& text) {
  for (const FigureWord& word : kAfter) {
    if (text.size() > word.word.size() && ConsumeSuffix(text, word.word)) return word;
  }
  return std::nullopt;
}

v1::Qualifier QualifierOf(std::string_view text) {
  for (const FigureWord& word : kAfter) {
    if (word.word == text) return word.qualifier;
  }
  for (const FigureWord& word : kBefore) {
    if (word.word == text) return word.qualifier;
  }
  return v1::QUALIFIER_UNSPECIFIED;
}

std::string_view ConsumeMarkBefore(std::string_view& text) {
  const std::string_view whole = text;
  for (const std::string_view mark : kMarks) {
    if (!ConsumePrefix(text, mark)) continue;
    // The digits belong to the mark where nothing else can be the number: ※1 120人, but ※120 人.
    const size_t digits = DigitsAt(text, 0);
    const std::string_view rest = text.substr(digits);
    const bool parted = Trim(rest).data() != rest.data() && !IsShort(Trim(rest));
    if (digits > 0 && digits <= kMostDigitsOfAMark && (rest.empty() || rest.starts_with(")") || parted)) {
      text = rest;
      ConsumePrefix(text, ")");
    } else if (mark == "注") {
      break;  // 注視
    }
    const std::string_view taken = whole.substr(0, whole.size() - text.size());
    text = Trim(text);
    return taken;
  }
  text = whole;
  return {};
}

std::string_view ConsumeMarkAfter(std::string_view& text) {
  std::string_view rest = text;
  const bool closed = ConsumeSuffix(rest, ")") && !Contains(rest, "(");
  if (!closed) rest = text;
  size_t digits = 0;
  while (digits < rest.size() &&
         absl::ascii_isdigit(static_cast<unsigned char>(rest[rest.size() - 1 - digits]))) {
    ++digits;
  }
  if (digits > kMostDigitsOfAMark) return {};
  rest.remove_suffix(digits);
  for (const std::string_view mark : kMarks) {
    if (mark == "注" && digits == 0) continue;
    if (!ConsumeSuffix(rest, mark)) continue;
    const std::string_view taken = text.substr(rest.size());
    text = Trim(rest);
    return taken;
  }
  // 120人1): the bracket that nothing opens.
  if (!closed || digits == 0 || rest.empty() || rest.ends_with(".") || rest.ends_with(",")) return {};
  const std::string_view taken = text.substr(rest.size());
  text = Trim(rest);
  return taken;
}

std::string_view ConsumeRemarkAfter(std::string_view& text) {
  const size_t at = text.find("※");
  if (at == std::string_view::npos || at == 0) return {};
  const std::string_view taken = text.substr(at);
  text = Trim(text.substr(0, at));
  return taken;
}

bool SaysProvisional(std::string_view note) {
  constexpr std::array<std::string_view, 6> kWords = {"速報", "暫定", "見込", "概算", "未確定", "仮集計"};
  return note == "予定" || std::any_of(kWords.begin(), kWords.end(),
                                       [note](std::string_view word) { return Contains(note, word); });
}

std::optional<ObservedPeriod> PeriodOfNote(std::string_view note) {
  if (std::optional<ObservedPeriod> period = ParseObservedPeriod(note)) return period;
  const absl::StatusOr<int> year = ParseFiscalYear(note);
  if (!year.ok() || note.find_first_not_of("0123456789") == std::string_view::npos) return std::nullopt;
  return ObservedPeriod{ObservedPeriod::Kind::kFiscalYear, *year};
}

bool IsDate(std::string_view text) {
  constexpr std::u32string_view kCharacters =
      U"0123456789./-年度月日末初頃上中下旬現在時点期前後半第四RHSrhs令和平成昭元";
  if (!HasDigit(text) && !Contains(text, "年度") && !Contains(text, "期")) return false;
  if (IsDayOfYear(text) || IsNumericDate(text)) return true;
  if (!IsOf(text, kCharacters)) return false;
  std::string_view rest = text;
  const bool as_of = ConsumeSuffix(rest, "現在") || ConsumeSuffix(rest, "時点");
  if (as_of || ConsumeSuffix(rest, "末") || ConsumeSuffix(rest, "旬") || ConsumeSuffix(rest, "頃"))
    return true;
  // 12月, 令和5年3月, 3月31日; か月 is a length of time and has other characters.
  return Contains(text, "月") || Contains(text, "年度") || Contains(text, "四半期") ||
         PeriodOfNote(text).has_value();
}

}  // namespace seisaku::documents
