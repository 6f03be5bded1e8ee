#include "tools/policyctl/import/values.h"

#include <algorithm>

#include "fmt/format.h"
#include "services/base/quantity.h"
#include "tools/policyctl/documents/search_key.h"

namespace seisaku::policyctl::imports {
namespace {

using documents::CellValue;
using type::v1::ComponentValue;
using type::v1::Value;

Value Frame(const CellValue& cell, int reporting_year) {
  Value value;
  value.set_printed(cell.source.printed);
  if (!cell.period) return value;
  const bool fiscal = cell.period->kind == ObservedPeriod::Kind::kFiscalYear;
  if (fiscal && cell.period->year == reporting_year) return value;
  if (fiscal) {
    value.mutable_observed_period()->set_fiscal_year(cell.period->year);
  } else {
    value.mutable_observed_period()->set_calendar_year(cell.period->year);
  }
  return value;
}

// What the value is about. Earlier builds kept the reporting year as an observed period.
ObservedPeriod ObservedIn(const Value& value, int reporting_year) {
  using Kind = ObservedPeriod::Kind;
  const type::v1::ObservedPeriod& period = value.observed_period();
  if (period.has_calendar_year()) return {Kind::kCalendarYear, period.calendar_year()};
  return {Kind::kFiscalYear, period.has_fiscal_year() ? period.fiscal_year() : reporting_year};
}

std::optional<Quantity> QuantityOf(const Value& value) {
  if (!value.has_number()) return std::nullopt;
  const absl::StatusOr<Decimal> number = Decimal::Parse(value.number().value().value());
  if (!number.ok()) return std::nullopt;
  return Quantity{*number, value.number().unit()};
}

bool HasComponent(const catalog::v1::Kpi& kpi, const std::string& component) {
  if (kpi.components().empty()) return component.empty();
  return std::find(kpi.components().begin(), kpi.components().end(), component) != kpi.components().end();
}

}  // namespace

std::vector<ComponentValue> ToValues(const CellValue& cell, int reporting_year) {
  std::vector<ComponentValue> values;
  if (cell.kind == CellValue::Kind::kText) values.push_back(AsWords(cell, reporting_year));
  if (cell.kind != CellValue::Kind::kNumbers) return values;
  for (const documents::Component& component : cell.numbers) {
    ComponentValue& value = values.emplace_back();
    value.set_component(component.name);
    *value.mutable_value() = Frame(cell, reporting_year);
    type::v1::Quantity& number = *value.mutable_value()->mutable_number();
    number.mutable_value()->set_value(component.quantity.value.ToString());
    number.set_unit(component.quantity.unit);
    value.mutable_value()->set_qualifier(component.qualifier);
    value.mutable_value()->set_note(component.note);
  }
  return values;
}

ComponentValue AsWords(const CellValue& cell, int reporting_year) {
  ComponentValue value;
  *value.mutable_value() = Frame(cell, reporting_year);
  value.mutable_value()->set_text(cell.kind == CellValue::Kind::kText ? cell.text : cell.source.printed);
  return value;
}

bool SameValue(const Value& a, const Value& b, int reporting_year) {
  if (ObservedIn(a, reporting_year) != ObservedIn(b, reporting_year)) return false;
  const std::optional<Quantity> number = QuantityOf(a);
  const std::optional<Quantity> other = QuantityOf(b);
  if (number.has_value() != other.has_value()) return false;
  if (!number) return documents::SearchKey(a.text()) == documents::SearchKey(b.text());
  return ToBaseUnit(*number) == ToBaseUnit(*other) && a.qualifier() == b.qualifier();
}

bool SameValues(const google::protobuf::RepeatedPtrField<ComponentValue>& a,
                const std::vector<ComponentValue>& b, int reporting_year) {
  if (static_cast<size_t>(a.size()) != b.size()) return false;
  return std::all_of(b.begin(), b.end(), [&](const ComponentValue& value) {
    return std::any_of(a.begin(), a.end(), [&](const ComponentValue& other) {
      return other.component() == value.component() &&
             SameValue(other.value(), value.value(), reporting_year);
    });
  });
}

std::string TextOf(const Value& value) {
  if (!value.printed().empty()) return value.printed();
  const std::optional<Quantity> number = QuantityOf(value);
  return number ? Format(*number) : value.text();
}

std::string TextOf(const google::protobuf::RepeatedPtrField<ComponentValue>& values) {
  std::string text;
  for (const ComponentValue& value : values) {
    const std::string part = TextOf(value.value());
    if (part == text) continue;  // one cell, printed for several components
    if (!text.empty()) text += " ";
    text += part;
  }
  return text;
}

bool IsByWords(const catalog::v1::Kpi& kpi, int reporting_year, const Value& value) {
  if (value.has_number() || kpi.direction() == type::v1::DIRECTION_QUALITATIVE) return false;
  return std::any_of(kpi.targets().begin(), kpi.targets().end(), [&](const catalog::v1::Target& target) {
    return target.reporting_year() == reporting_year && target.values_size() == 1 &&
           !target.values(0).value().has_number();
  });
}

std::string BaseUnitOf(const std::string& unit) { return ToBaseUnit({Decimal(0), unit}).unit; }

std::optional<std::string> WhyUnfit(const catalog::v1::Kpi& kpi, const std::vector<ComponentValue>& values,
                                    bool whole) {
  const bool qualitative = kpi.direction() == type::v1::DIRECTION_QUALITATIVE;
  for (const ComponentValue& value : values) {
    if (!HasComponent(kpi, value.component())) {
      return documents::InBothLanguages(
          fmt::format("内訳「{}」がこの指標と違います", value.component()),
          fmt::format("its component \"{}\" is not the KPI's", value.component()));
    }
    if (!value.value().has_number()) {
      // Words as a target beside numbers are allowed; as an actual they cannot be compared.
      if (!qualitative && !whole) {
        return documents::InBothLanguages("数値の指標に文言は使えません",
                                          "words, where the KPI needs a number");
      }
    } else if (!qualitative && BaseUnitOf(value.value().number().unit()) != kpi.unit()) {
      return documents::InBothLanguages(fmt::format("単位が指標の「{}」と違います", kpi.unit()),
                                        fmt::format("the KPI's unit is \"{}\"", kpi.unit()));
    }
  }
  const size_t wanted = kpi.components().empty() ? 1 : static_cast<size_t>(kpi.components_size());
  if (whole && values.size() != wanted) {
    return documents::InBothLanguages("内訳がそろっていません", "not every component has a value");
  }
  return std::nullopt;
}

void CheckLengths(const CellValue& cell, ImportDraft& draft) {
  draft.CheckLength(cell.source, cell.source.printed, kMaxCellBytes);
  for (const documents::Component& component : cell.numbers)
    draft.CheckLength(cell.source, component.note, kMaxNoteBytes);
}

type::v1::Direction ToProto(documents::Direction direction) {
  switch (direction) {
    case documents::Direction::kIncrease:
      return type::v1::DIRECTION_INCREASE;
    case documents::Direction::kDecrease:
      return type::v1::DIRECTION_DECREASE;
    case documents::Direction::kKeepWithin:
      return type::v1::DIRECTION_KEEP_WITHIN;
    case documents::Direction::kQualitative:
      return type::v1::DIRECTION_QUALITATIVE;
  }
  return type::v1::DIRECTION_UNSPECIFIED;
}

type::v1::Judgement ToProto(documents::Judgement judgement) {
  switch (judgement) {
    case documents::Judgement::kOnTrack:
      return type::v1::JUDGEMENT_ON_TRACK;
    case documents::Judgement::kMostlyOnTrack:
      return type::v1::JUDGEMENT_MOSTLY_ON_TRACK;
    case documents::Judgement::kDelayed:
      return type::v1::JUDGEMENT_DELAYED;
    case documents::Judgement::kNotEvaluable:
      return type::v1::JUDGEMENT_NOT_EVALUABLE;
  }
  return type::v1::JUDGEMENT_UNSPECIFIED;
}

type::v1::Cause ToProto(documents::Cause cause) {
  switch (cause) {
    case documents::Cause::kCovid19:
      return type::v1::CAUSE_COVID19;
    case documents::Cause::kSourceAbolished:
      return type::v1::CAUSE_SOURCE_ABOLISHED;
    case documents::Cause::kFigurePending:
      return type::v1::CAUSE_FIGURE_PENDING;
    case documents::Cause::kOther:
      return type::v1::CAUSE_OTHER;
  }
  return type::v1::CAUSE_UNSPECIFIED;
}

}  // namespace seisaku::policyctl::imports
