// How a component's judgement was reached, as lines of arithmetic.
#pragma once

#include <string>
#include <vector>

#include "seisaku/catalog/v1/resources.pb.h"
#include "seisaku/progress/v1/resources.pb.h"
#include "tools/policyctl/messages.h"

namespace seisaku::policyctl {

// Such as "244,765人 < 330,000人: not met" and "244,765 ÷ 330,000 = 74.2% < 97%: delayed". Empty where there
// is nothing to compute.
std::vector<std::string> ArithmeticLines(Language language, const catalog::v1::Kpi& kpi,
                                         const catalog::v1::EvaluationRule& rule,
                                         const progress::v1::ComponentEvaluation& component);

// How the shown rate came from the exact one. It is not the rounded one where that would stand on the other
// side of a band's edge.
enum class RateShown { kRounded, kCutOff, kRaised };
RateShown HowRateIsShown(const progress::v1::ComponentEvaluation& component);

// "ratio/1, version 1: 100% or more …".
std::string RuleText(Language language, const catalog::v1::EvaluationRule& rule, uint32_t version);

}  // namespace seisaku::policyctl
