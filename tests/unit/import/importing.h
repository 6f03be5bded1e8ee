// Imports as the command does it, into services in memory.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "tests/unit/import/city_services.h"
#include "tools/policyctl/import/sheet_import.h"

namespace seisaku::policyctl::imports {

// The bytes of a file under the source tree.
std::string ReadSourceFile(std::string_view path);

std::string SampleSheet();
std::string SampleManifesto();

// `text` with `from`, which it has, replaced by `to` once.
std::string Replaced(std::string text, std::string_view from, std::string_view to);

struct SheetOptions {
  std::string confirm;    // the sidecar's TOML
  std::string overwrite;  // the reason
  bool keep_absent = false;
};

// What importing `text` would come to.
ImportPlan PlanSheet(const CityServices& city, const std::string& text, const SheetOptions& options = {});
// Imports it; the test fails where a service refuses.
ImportPlan ImportSheet(CityServices& city, const std::string& text, const SheetOptions& options = {});

// A city whose plan has the levels of the sheet, with the sheet imported.
CityServices CityWith(const std::string& text, const SheetOptions& options = {});

// How many changes of each kind: "create_kpi" -> 41.
std::map<std::string, int> Kinds(const ImportPlan& plan);

// The findings with `code`, as "line:column made".
std::vector<std::string> Findings(const ImportPlan& plan, std::string_view code);

// The KPI with exactly this title.
catalog::v1::Kpi KpiTitled(const CityServices& city, std::string_view title);

}  // namespace seisaku::policyctl::imports
