#include "tools/auditor/forensic_export.h"

#include <utility>

#include "services/base/status.h"
#include "tools/auditor/verify/forensic_source.h"
#include "tools/auditor/verify/verify.h"
#include "tools/bundle/forensic.h"

namespace seisaku::auditor {
namespace {

// Writes what goes by.
class Recorder final : public Observer {
 public:
  absl::Status Open(LogKind kind, const std::string& folder, const std::string& origin) {
    const std::string name = kind == LogKind::kCatalog ? "/catalog" : "/progress";
    ASSIGN_OR_RETURN(bundle::ForensicWriter writer, bundle::ForensicWriter::Open(folder + name, origin));
    writers_.emplace(kind, std::move(writer));
    return absl::OkStatus();
  }

  void OnStored(LogKind log, const log::v1::StoredEntry& stored) override {
    written_.Update(writers_.at(log).Add(stored));
  }
  void OnViolation(LogKind log, const Violation& violation) override {
    writers_.at(log).AddDamage(violation.position.value_or(violation.below), violation.code,
                               violation.expected.english(), violation.found.english());
  }

  bundle::ForensicWriter& of(LogKind log) { return writers_.at(log); }
  absl::Status Finish() {
    RETURN_IF_ERROR(written_);
    for (auto& [kind, writer] : writers_) RETURN_IF_ERROR(writer.Finish());
    return absl::OkStatus();
  }

 private:
  std::map<LogKind, bundle::ForensicWriter> writers_;
  absl::Status written_;
};

}  // namespace

absl::Status ExportForensic(std::vector<DamagedSource> sources, const bundle::Trust& trust,
                            const std::string& folder) {
  Recorder recorder;
  std::vector<std::unique_ptr<LogSource>> logs;
  std::vector<std::pair<LogKind, std::string>> rows;
  for (DamagedSource& source : sources) {
    const LogKind kind = source.source->kind();
    RETURN_IF_ERROR(recorder.Open(kind, folder, source.source->origin()));
    if (!source.dsn.empty()) rows.emplace_back(kind, source.dsn);
    logs.push_back(std::move(source.source));
  }
  RETURN_IF_ERROR(Verify(std::move(logs), trust, {.observer = &recorder}).status());
  // What cannot be read of them stands at the end of the log, which is known now.
  for (const auto& [kind, dsn] : rows) RETURN_IF_ERROR(SaveRows(dsn, recorder.of(kind)));
  return recorder.Finish();
}

}  // namespace seisaku::auditor
