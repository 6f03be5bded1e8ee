// The city that the load is about: one plan with so many KPIs, and the slots that figures can be put into.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "seisaku/progress/v1/resources.pb.h"
#include "tools/loadgen/target.h"

namespace seisaku::loadgen {

inline constexpr int kFirstYear = 1950;
inline constexpr int kYears = 200;
// The year that has targets.
inline constexpr int kTargetYear = kFirstYear;

std::string KpiName(int64_t kpi);

// How many different figures a city of so many KPIs can be given.
inline int64_t Slots(int64_t kpis) { return kpis * kYears; }

// The figure of slot 0 … Slots(kpis) − 1: the years of one KPI after those of another.
void FillActual(int64_t slot, int64_t kpis, progress::v1::Actual* actual);

// Makes the plan with its KPIs and their targets of kTargetYear; what is there already stays. Errors: what
// catalog says.
absl::Status MakeCity(const Target& catalog, int64_t kpis);

// A request id that no other has, increasing with time (UUIDv7), as every client should send them.
std::string NewRequestId();

}  // namespace seisaku::loadgen
