#include "tests/support/documents/derived_cells.h"

#include <fmt/format.h>

#include <optional>

#include "services/base/period.h"

namespace seisaku::documents {

namespace {

const std::vector<std::string>& Places() {
  static const std::vector<std::string> words = {"港町", "地域", "駅前", "里山", "農地", "公園",
                                                 "河川", "校区", "図書", "商店", "森林", "市場"};
  return words;
}

const std::vector<std::string>& Matters() {
  static const std::vector<std::string> words = {"環境",   "交流",   "観光", "産業", "福祉〜医療",
                                                 "医療",   "教育",   "文化", "交通", "住宅・空き地",
                                                 "データ", "ＩＣＴ", "①類"};
  return words;
}

const std::vector<std::string>& Deeds() {
  static const std::vector<std::string> words = {"整備", "充実", "推進", "活用", "創出", "支援",
                                                 "育成", "強化", "発信", "連携", "向上", "24時間化"};
  return words;
}

std::string PrintPeriod(RandomSource& random, const ObservedPeriod& period) {
  const bool wide = random.Chance(30);
  const bool fiscal = period.kind == ObservedPeriod::Kind::kFiscalYear;
  const std::string name = fiscal ? PrintFiscalYear(random, period.year) : PeriodName(period);
  return fmt::format("{}{}{}{}", random.Chance(50) ? " " : "", wide ? "（" : "(", name, wide ? "）" : ")");
}

struct PrintedBound {
  std::string_view word;
  type::v1::Qualifier qualifier;
};

// Prints a number with what bounds it and what stands beside it; `alone`: in a cell of its own, where that
// may be before the number and have spaces.
std::string Print(RandomSource& random, std::string number, bool alone, Component& component,
                  bool& provisional) {
  namespace v1 = type::v1;
  if (random.Chance(10)) {
    const auto bound = random.Pick<PrintedBound>({{"以上", v1::QUALIFIER_AT_LEAST},
                                                  {"以下", v1::QUALIFIER_AT_MOST},
                                                  {"超", v1::QUALIFIER_MORE_THAN},
                                                  {"未満", v1::QUALIFIER_LESS_THAN},
                                                  {"程度", v1::QUALIFIER_ABOUT},
                                                  {"台", v1::QUALIFIER_RANGE_FROM},
                                                  {"約", v1::QUALIFIER_ABOUT}});
    // Of what has no unit 台 would be the unit.
    const bool of_machines =
        bound.word == "台" && ToBaseUnit({Decimal(), component.quantity.unit}).unit.empty();
    if (!of_machines) {
      component.qualifier = bound.qualifier;
      const bool before = bound.word == "約";
      number = before ? fmt::format("{}{}", bound.word, number) : fmt::format("{}{}", number, bound.word);
    }
  }
  if (random.Chance(10)) {
    component.note = random.Pick<std::string>({"累計", "速報値", "見込み", "R5.3末", "50/80", "※", "12月末"});
    provisional = provisional || component.note == "速報値" || component.note == "見込み";
    const bool wide = random.Chance(30);
    const bool mark = component.note == "※" && random.Chance(50);
    number = mark ? number + component.note
                  : fmt::format("{}{}{}{}", number, wide ? "（" : "(", component.note, wide ? "）" : ")");
  } else if (alone && random.Chance(5)) {
    component.note = random.Pick<std::string>({"延べ", "累計", "12月末", "令和5年3月末時点", "※1"});
    const bool touches = component.note.starts_with("延") || component.note.starts_with("累");
    number = fmt::format("{}{}{}", component.note, touches && random.Chance(60) ? "" : " ", number);
  }
  return number;
}

Decimal DeriveNumber(RandomSource& random, int decimals) {
  const int whole = random.Between(1, random.Chance(50) ? 90 : 90000);
  if (decimals == 0) return Decimal(whole);
  return *Decimal::Parse(fmt::format("{}.{:0{}}", whole, random.Below(decimals == 1 ? 10 : 100), decimals));
}

std::string PrintQuantity(const Quantity& quantity, const DerivedUnit& unit) {
  return quantity.value.ToGroupedString() + (unit.misread.empty() ? unit.printed : unit.misread);
}

CellValue DeriveNumbers(RandomSource& random, const DerivedSeries& series) {
  const DerivedUnit& unit = series.unit;
  const std::vector<std::string>& components = series.components;
  CellValue value;
  value.kind = CellValue::Kind::kNumbers;
  for (size_t i = 0; i < std::max<size_t>(components.size(), 1); ++i) {
    const std::string name = components.empty() ? "" : components[i];
    const Quantity quantity = {DeriveNumber(random, series.decimals), unit.printed};
    Component& component = value.numbers.emplace_back(Component{name, quantity});
    const std::string printed =
        Print(random, PrintQuantity(quantity, unit), components.empty(), component, value.provisional);
    value.source.printed += fmt::format("{}{}{}{}",
                                        i == 0              ? ""
                                        : random.Chance(80) ? " "
                                                            : "　",
                                        name, name.empty() ? "" : " ", printed);
  }
  if (random.Chance(25)) value.source.printed = ToFullWidth(value.source.printed);
  if (random.Chance(25)) {
    using Kind = ObservedPeriod::Kind;
    value.period = ObservedPeriod{random.Chance(50) ? Kind::kFiscalYear : Kind::kCalendarYear,
                                  random.Between(2012, 2030)};
    value.source.printed += PrintPeriod(random, *value.period);
  }
  return value;
}

CellValue DeriveText(std::string text) {
  CellValue value;
  value.kind = CellValue::Kind::kText;
  value.text = text;
  value.source.printed = std::move(text);
  return value;
}

// `beside_words`: where the target is words, so that 中止 would be words too.
CellValue DeriveNothing(RandomSource& random, bool beside_words = false) {
  CellValue value;
  value.source.printed = random.Pick<std::string>({"-", "", "－", "―"});
  if (random.Chance(30)) {
    value.kind = CellValue::Kind::kNoFigure;
    const std::vector<std::string> words = {"未集計",        "調査なし", "集計中（12月頃）",
                                            "R5.10公表予定", "…",        "※"};
    const std::vector<std::string> results = {"中止", "なし", "コロナにより中止"};
    value.text = random.Pick(!beside_words && random.Chance(30) ? results : words);
    value.source.printed = value.text;
  }
  return value;
}

DerivedUnit DeriveUnit(RandomSource& random) {
  if (random.Chance(10)) return {"カ所", "カ所", "力所"};
  if (random.Chance(25)) {
    const std::string base = random.Pick<std::string>({"人", "円"});
    return {random.Pick<std::string>({"千", "万", "百万", "億"}) + base, base, ""};
  }
  const std::string unit = random.Pick<std::string>({"人", "件", "%", "ha", "カ所", "基", "世帯", "冊", ""});
  return {unit, unit, ""};
}

}  // namespace

std::string ToFullWidth(const std::string& text) {
  std::string wide;
  for (char byte : text) {
    const bool convert = (byte >= '0' && byte <= '9') || byte == ',' || byte == '.' || byte == '%';
    // U+FF00 + (byte - 0x20); all of these are below U+FF40, so that the second byte is BC.
    wide += convert ? std::string({'\xEF', '\xBC', static_cast<char>(0x80 + (byte - 0x20))})
                    : std::string(1, byte);
  }
  return wide;
}

std::string DerivedNames::Unique(std::string name) {
  for (int i = 2; !used_.insert(name).second; ++i) {
    std::string other = fmt::format("{}第{}部", name, i);
    if (used_.insert(other).second) return other;
  }
  return name;
}

std::string PrintFiscalYear(RandomSource& random, int year) {
  if (random.Chance(60)) return FiscalYearName(year);
  constexpr int kReiwa = 2018;
  constexpr int kHeisei = 1988;
  const int of_era = year - kReiwa;
  if (of_era >= 1 && of_era <= 9 && random.Chance(25)) {
    const std::vector<std::string> digits = {"一", "二", "三", "四", "五", "六", "七", "八", "九"};
    return fmt::format("令和{}年度", digits[static_cast<size_t>(of_era) - 1]);
  }
  std::vector<std::string> forms = {fmt::format("{}年度", year), fmt::format("平成{}年度", year - kHeisei),
                                    fmt::format("H{}年度", year - kHeisei)};
  if (of_era >= 1) {
    forms.push_back(fmt::format("R{}年度", of_era));
    forms.push_back(fmt::format("{}(R{})年度", year, of_era));
    forms.push_back(fmt::format("令和{}({})年度", of_era, year));
    forms.push_back(fmt::format("令和{}年度({}年度)", of_era, year));
  }
  return random.Pick(forms);
}

std::string Respelled(RandomSource& random, std::string text) {
  const std::vector<std::pair<std::string, std::string>> spellings = {
      {"〜", "～"}, {"・", "･"}, {"が", "か\u3099"}, {"デ", "テ\u3099"}, {"ー", "－"}, {"ICT", "ＩＣＴ"}};
  for (const auto& [one, other] : spellings) {
    const size_t at = text.find(one);
    if (at != std::string::npos && random.Chance(60)) text.replace(at, one.size(), other);
  }
  return text;
}

std::string DerivedNames::Title() {
  if (random_.Chance(8)) {
    return Unique(
        random_.Pick<std::string>({"5G環境", "3R運動", "2級河川", "１人１台端末", "10代", "24時間医療",
                                   "6次産業化", "1on1面談", "3世代同居", "1・2年生"}) +
        "の" + random_.Pick(Deeds()));
  }
  return Unique(
      fmt::format("{}{}の{}", random_.Pick(Places()), random_.Pick(Matters()), random_.Pick(Deeds())));
}

std::string DerivedNames::Action() {
  std::string action = Title();
  for (int more = random_.Below(3); more > 0; --more) action += " " + Title();
  return action;
}

std::string DerivedNames::KpiName() {
  const std::string counted =
      random_.Pick<std::string>({"参加者数", "利用者数", "の実施率", "事故件数", "滞納額", "満足度"});
  const std::string digits =
      random_.Chance(8) ? random_.Pick<std::string>({"5G", "3R", "24時間", "1人"}) : "";
  return Unique(digits + random_.Pick(Places()) + random_.Pick(Matters()) + counted);
}

std::string DerivedNames::Department() {
  return random_.Pick(Matters()) + random_.Pick<std::string>({"課", "政策課", "センター", "室"});
}

std::string DerivedNames::Sentence() {
  return fmt::format("{}の{}を{}回{}した。 また、{}する。", random_.Pick(Places()), random_.Pick(Matters()),
                     random_.Below(40), random_.Pick(Deeds()), random_.Pick(Deeds()));
}

std::string PrintHeading(RandomSource& random, PrintedNumber form, int value, const std::string& title,
                         bool may_touch, std::string& number) {
  // U+2460 is ①.
  const std::string circled = {'\xE2', '\x91', static_cast<char>(0xA0 + value - 1)};
  bool separated = form != PrintedNumber::kPlain;
  switch (form) {
    case PrintedNumber::kLost:
      number.clear();
      break;
    case PrintedNumber::kCircled:
      number = circled;
      break;
    case PrintedNumber::kBracketed:
      number = fmt::format(fmt::runtime(random.Chance(50) ? "({})" : "（{}）"), value);
      break;
    case PrintedNumber::kPlain:
      number = random.Chance(20) ? ToFullWidth(fmt::format("{}", value)) : fmt::format("{}", value);
      if (random.Chance(15)) {
        number += random.Pick<std::string>({".", "．", "、", ")"});
        separated = true;
      }
      break;
  }
  if (number.empty()) return title;
  bool touches = random.Chance(33);
  if (form == PrintedNumber::kPlain) {
    // "1." and "5G" would be 1.5.
    const bool begins_with_digits =
        ToFullWidth(title.substr(0, 1)) != title.substr(0, 1) || title.starts_with("１");
    touches = touches && !begins_with_digits && (may_touch || separated);
  }
  return number + (touches ? "" : random.Pick<std::string>({" ", "　"})) + title;
}

DerivedSeries DeriveSeries(RandomSource& random, bool of_one_sheet) {
  DerivedSeries series;
  series.of_one_sheet = of_one_sheet;
  series.words = random.Chance(8);
  series.unit = DeriveUnit(random);
  if (!series.words && random.Chance(12)) {
    series.components =
        random.Pick<std::vector<std::string>>({{"男性", "女性"}, {"小学校", "中学校", "Ａ校"}});
  }
  series.decimals = series.unit.base == "%" ? random.Between(1, 2) : 0;
  return series;
}

namespace {

// A figure that another sheet has printed, perhaps in another width.
CellValue Reprinted(RandomSource& random, CellValue value) {
  if (value.kind == CellValue::Kind::kNumbers && !value.period && random.Chance(20))
    value.source.printed = ToFullWidth(value.source.printed);
  return value;
}

class Values {
 public:
  Values(RandomSource& random, int fiscal_year, DerivedSeries& series)
      : random_(random), fiscal_year_(fiscal_year), series_(series) {}

  CellValue Target(int year) {
    if (const auto known = series_.targets.find(year); known != series_.targets.end())
      return Reprinted(random_, known->second);
    CellValue value = NewTarget(year);
    if (value.HasFigure()) series_.targets[year] = value;
    return value;
  }

  // Without a target of its own a year is measured by that of the year that is judged.
  CellValue Actual(int year, const std::optional<CellValue>& target) {
    const bool beside_words =
        target && target->HasFigure() ? target->kind == CellValue::Kind::kText : series_.words;
    if (random_.Chance(10)) return DeriveNothing(random_, beside_words);
    if (const auto known = series_.actuals.find(year); known != series_.actuals.end())
      return Reprinted(random_, known->second);
    const std::string words = target ? target->text : kEverywhere;
    CellValue value = !series_.words       ? DeriveNumbers(random_, series_)
                      : random_.Chance(50) ? DeriveText(words)
                                           : DeriveText("一部の校区で実施");
    series_.actuals[year] = value;
    return value;
  }

  bool Meets(const CellValue& actual, const std::optional<CellValue>& target) const {
    return series_.words && actual.kind == CellValue::Kind::kText &&
           actual.text == (target ? target->text : kEverywhere);
  }

 private:
  static constexpr char kEverywhere[] = "全校区で実施";

  CellValue NewTarget(int year) {
    const bool judged = year == fiscal_year_;
    // What a sheet is about has a number in each.
    const bool open = series_.of_one_sheet ? !judged : year > series_.last_judged;
    if (series_.words) return DeriveText(judged || !series_.of_one_sheet ? kEverywhere : "全校区で継続");
    if (open && random_.Chance(10)) return DeriveText("全地区で実施");
    if (!judged && random_.Chance(5)) return DeriveNothing(random_);
    return DeriveNumbers(random_, series_);
  }

  RandomSource& random_;
  const int fiscal_year_;
  DerivedSeries& series_;
};

}  // namespace

namespace {

// One number of a row stands without its unit, which another one prints.
void LoseAUnit(RandomSource& random, const DerivedSeries& series, std::vector<YearFigures>& years) {
  std::vector<CellValue*> numbers;
  for (YearFigures& year : years) {
    for (std::optional<CellValue>* value : {&year.target, &year.actual}) {
      if (*value && (*value)->kind == CellValue::Kind::kNumbers) numbers.push_back(&**value);
    }
  }
  if (numbers.size() < 2 || !random.Chance(15)) return;
  CellValue& bare = *random.Pick(numbers);
  std::string& printed = bare.source.printed;
  const std::string& unit = series.unit.printed;
  if (!series.components.empty() || unit.empty() || !printed.ends_with(unit)) return;
  printed.resize(printed.size() - unit.size());
}

}  // namespace

DerivedValues DeriveValues(RandomSource& random, const std::vector<YearColumns>& years, int fiscal_year,
                           bool only_dashes, DerivedSeries& series) {
  DerivedValues derived;
  Values values(random, fiscal_year, series);
  for (const YearColumns& columns : years) {
    YearFigures& year = derived.years.emplace_back();
    year.year = columns.year;
    const bool none = only_dashes || columns.year < series.first_year;
    if (columns.target) year.target = none ? DeriveNothing(random) : values.Target(columns.year);
    if (!columns.actual) continue;
    year.actual = none ? DeriveNothing(random, series.words) : values.Actual(columns.year, year.target);
    year.met_proposed = values.Meets(*year.actual, year.target);
  }
  if (only_dashes || series.words) return derived;
  LoseAUnit(random, series, derived.years);
  derived.unit = series.unit.base;
  derived.components = series.components;
  return derived;
}

}  // namespace seisaku::documents
