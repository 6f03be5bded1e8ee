// Catalog and progress in memory, on their real domains: what they would refuse, they refuse here.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/catalog/domain/machine.h"
#include "services/ledger/tree/key.h"
#include "services/progress/domain/machine.h"
#include "tools/policyctl/import/apply.h"
#include "tools/policyctl/import/existing.h"

namespace seisaku::policyctl::imports {

inline constexpr char kPlan[] = "plans/strategy";

class CityServices final : public ImportTarget {
 public:
  // With an empty plan of these levels.
  explicit CityServices(const std::vector<std::string>& levels);

  absl::StatusOr<catalog::v1::ApplyCatalogResponse> Apply(
      const catalog::v1::ApplyCatalogRequest& request) override;
  absl::StatusOr<progress::v1::ApplyProgressResponse> Apply(
      const progress::v1::ApplyProgressRequest& request) override;

  // One change by hand; the test fails where it is refused.
  void Have(const catalog::v1::Change& change);
  void Have(const progress::v1::Change& change);
  // A text is withdrawn from beside its entry.
  void Withdraw(const std::string& kpi, progress::v1::NarrativeKind kind);

  ExistingPlan Plan() const;
  ExistingFigures Figures(int year) const;
  // Its parts: every revision of every year; the year's words, with those that were taken back.
  std::vector<progress::v1::Actual> Actuals() const;
  std::vector<progress::v1::Narrative> Narratives(int year) const;
  // What GetProgressSheet answers, without the nodes.
  progress::v1::GetProgressSheetResponse Sheet(int year) const;

  // The calls so far, "catalog validate 163".
  std::vector<std::string> calls;
  // The next command that progress is to write fails.
  bool progress_fails = false;
  // The command that is to be written behind so many others fails; negative: none does.
  int writes_until_failure = -1;
  // Each command that was written, in order: an entry with its resource and its correlation id.
  std::vector<log::v1::Entry> written;

 private:
  void Follow();
  // Whether the command is to fail; else it is kept in `written` once it has been.
  bool FailsNow(bool validate_only);
  void Written(const std::string& correlation_id);

  std::unique_ptr<catalog::Machine> catalog_ = std::make_unique<catalog::Machine>();
  std::unique_ptr<progress::Machine> progress_ = std::make_unique<progress::Machine>();
  std::vector<std::string> catalog_entries_;
  std::map<uint64_t, std::string> texts_;  // of narratives, by position in progress's log
  ledger::SigningKey key_ = *ledger::SigningKey::Generate("catalog.test/log", ledger::KeyType::kLog);
};

}  // namespace seisaku::policyctl::imports
