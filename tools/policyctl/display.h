// The contracts' values as people read them.
#pragma once

#include <string>
#include <string_view>

#include "google/protobuf/timestamp.pb.h"
#include "seisaku/catalog/v1/resources.pb.h"
#include "seisaku/progress/v1/resources.pb.h"
#include "seisaku/type/v1/judgement.pb.h"
#include "seisaku/type/v1/source.pb.h"
#include "seisaku/type/v1/value.pb.h"
#include "tools/policyctl/messages.h"

namespace seisaku::policyctl {

std::string JudgementText(Language language, type::v1::Judgement judgement);  // "順調に進捗"; "" for none
std::string CauseText(Language language, type::v1::Cause cause);              // "コロナ"
std::string DirectionText(Language language, type::v1::Direction direction);
// The same, and whether somebody has yet to confirm it.
std::string DirectionText(Language language, const catalog::v1::Kpi& kpi);
std::string CodeText(Language language, progress::v1::EvaluationCode code);
std::string NarrativeKindText(Language language, progress::v1::NarrativeKind kind);

// The declared judgement with its causes: "進捗の遅れ(コロナ)"; "" where nothing was declared.
std::string OfficialText(Language language, const progress::v1::OfficialAssessment& official);

// A figure with what bounds it: 60人以上, 約500人, 30万人台. In both languages as a sheet prints it.
std::string QualifiedText(type::v1::Qualifier qualifier, const std::string& figure);
// "244,765人", 「60人以上」, 「45件(累計)」 or the words; "" for an unset value.
std::string ValueText(const type::v1::Value& value);
// "74.2%"; "" for none.
std::string RateText(const type::v1::Decimal& rate);
// "令和4年度" or "FY2022".
std::string YearText(Language language, int fiscal_year);
std::string PeriodText(Language language, const type::v1::ObservedPeriod& period);
// In Asia/Tokyo: "2026-11-20 19:34:13".
std::string TimeText(const google::protobuf::Timestamp& time);
// "progress-sheet.txt:26:9".
std::string SourceText(const type::v1::SourceCell& source);
// A node's number and title: "① …".
std::string NodeText(const catalog::v1::Node& node);

}  // namespace seisaku::policyctl
