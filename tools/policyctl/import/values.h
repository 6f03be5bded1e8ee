// Values of a sheet in the contract's form, compared with those that exist.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "seisaku/catalog/v1/resources.pb.h"
#include "seisaku/type/v1/judgement.pb.h"
#include "seisaku/type/v1/value.pb.h"
#include "tools/policyctl/documents/progress_sheet.h"
#include "tools/policyctl/import/import_plan.h"

namespace seisaku::policyctl::imports {

// The values of a cell printed for `reporting_year`, one per component, in printed order; none where the cell
// is blank. The observed period is set only where the cell names another than that fiscal year.
std::vector<type::v1::ComponentValue> ToValues(const documents::CellValue& cell, int reporting_year);

// The cell as words, whatever it holds.
type::v1::ComponentValue AsWords(const documents::CellValue& cell, int reporting_year);

// Whether both say the same of a reporting year: number and unit (scale words apart) with its qualifier, or
// words, and what year it is about. How it was printed does not count, nor what is noted beside it, nor
// whether the reporting year itself is named.
bool SameValue(const type::v1::Value& a, const type::v1::Value& b, int reporting_year);
// The same for a KPI's components, in any order.
bool SameValues(const google::protobuf::RepeatedPtrField<type::v1::ComponentValue>& a,
                const std::vector<type::v1::ComponentValue>& b, int reporting_year);

// As printed; else its number and unit, or its words.
std::string TextOf(const type::v1::Value& value);
std::string TextOf(const google::protobuf::RepeatedPtrField<type::v1::ComponentValue>& values);

// Whether the value is words for a KPI that is not qualitative, in a year whose target is words: then the
// year is judged by them (Actual.by_words).
bool IsByWords(const catalog::v1::Kpi& kpi, int reporting_year, const type::v1::Value& value);

// The base of a unit as printed: 人 for 万人.
std::string BaseUnitOf(const std::string& unit);

// Why a KPI cannot hold the values, for people ("内訳が違います / …"); nullopt where it can. `whole`: every
// component is needed, as for a target.
std::optional<std::string> WhyUnfit(const catalog::v1::Kpi& kpi,
                                    const std::vector<type::v1::ComponentValue>& values, bool whole);

// TEXT_TOO_LONG where the cell, or what is noted beside its numbers, is longer than the contract takes.
void CheckLengths(const documents::CellValue& cell, ImportDraft& draft);

type::v1::Direction ToProto(documents::Direction direction);
type::v1::Judgement ToProto(documents::Judgement judgement);
type::v1::Cause ToProto(documents::Cause cause);

}  // namespace seisaku::policyctl::imports
