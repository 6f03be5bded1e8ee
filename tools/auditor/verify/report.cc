#include "tools/auditor/verify/report.h"

#include "absl/time/time.h"
#include "fmt/format.h"
#include "google/protobuf/struct.pb.h"
#include "services/base/status.h"
#include "services/ledger/tree/hash.h"
#include "tools/policyctl/output.h"

namespace seisaku::auditor {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

// As protojson has it: 64-bit numbers are strings.
class Fields {
 public:
  explicit Fields(Struct& object) : fields_(*object.mutable_fields()) {}
  Fields& Set(const char* name, const std::string& text) {
    fields_[name].set_string_value(text);
    return *this;
  }
  Fields& Set(const char* name, uint64_t number) { return Set(name, fmt::to_string(number)); }
  Fields& SetBool(const char* name, bool value) {
    fields_[name].set_bool_value(value);
    return *this;
  }
  Struct& Object(const char* name) { return *fields_[name].mutable_struct_value(); }
  google::protobuf::ListValue& List(const char* name) { return *fields_[name].mutable_list_value(); }

 private:
  google::protobuf::Map<std::string, Value>& fields_;
};

std::string NameOf(const LogReport& log) { return log.origin.empty() ? log.place : log.origin; }

std::string NameOf(LogKind kind) { return kind == LogKind::kCatalog ? "catalog" : "progress"; }

std::string NameOf(Relation relation) {
  switch (relation) {
    case Relation::kNamed:
      return "NAMED";
    case Relation::kSaved:
      return "SAVED";
    case Relation::kDiffers:
      return "DIFFERS";
    case Relation::kLost:
      return "LOST";
    case Relation::kBeyond:
      return "BEYOND";
  }
  return "";
}

std::string Rfc3339(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", time, absl::UTCTimeZone());
}

void Add(const Violation& violation, Struct& object) {
  Fields fields(object);
  fields.Set("code", violation.code)
      .Set("expected", violation.expected.english())
      .Set("found", violation.found.english());
  if (violation.position) {
    fields.Set("position", *violation.position);
  } else {
    fields.Set("below", violation.below);
  }
}

void Add(const Evidence& evidence, Struct& object) {
  Fields fields(object);
  fields.Set("from", evidence.from)
      .Set("size", evidence.checkpoint.size)
      .Set("root", ledger::ToBase64(ledger::ToBytes(evidence.checkpoint.root)))
      .SetBool("holds", evidence.holds)
      .SetBool("keptOutside", evidence.kept_outside)
      .SetBool("signedByLog", evidence.is_signed);
  if (evidence.recorded_at) fields.Set("recordedAt", Rfc3339(absl::FromUnixMicros(*evidence.recorded_at)));
  auto& cosignatures = fields.List("cosignatures");
  for (const auto& [cosigner, at] : evidence.cosignatures) {
    Fields(*cosignatures.add_values()->mutable_struct_value())
        .Set("cosigner", cosigner)
        .Set("at", Rfc3339(at));
  }
}

void Add(const Violations& violations, Struct& object) {
  Fields fields(object);
  fields.Set("count", violations.count());
  if (violations.empty()) return;
  Add(violations.first(), fields.Object("first"));
  Fields by_code(fields.Object("byCode"));
  for (const auto& [code, count] : violations.by_code()) by_code.Set(code.c_str(), count);
}

void Add(const PreviousReport& previous, Struct& object) {
  const auto& [lost, saved_size, saved_root, reason] = previous.continued;
  Fields fields(object);
  fields.Set("origin", lost.origin)
      .Set("lostSize", lost.size)
      .Set("lostRoot", ledger::ToBase64(ledger::ToBytes(lost.root)))
      .Set("savedSize", saved_size);
  if (reason) fields.Set("reason", *reason);
  for (const auto& [evidence, relation] : previous.kept) {
    Fields(*fields.List("checkpoints").add_values()->mutable_struct_value())
        .Set("from", evidence.from)
        .Set("size", evidence.checkpoint.size)
        .Set("root", ledger::ToBase64(ledger::ToBytes(evidence.checkpoint.root)))
        .Set("relation", NameOf(relation))
        .SetBool("signedByLog", evidence.is_signed);
  }
}

void Add(const Quorum& quorum, Struct& object) {
  Fields fields(object);
  fields.Set("wanted", quorum.wanted);
  for (const auto& name : quorum.cosigners) fields.List("cosigners").add_values()->set_string_value(name);
  for (const auto& name : quorum.missing) fields.List("missing").add_values()->set_string_value(name);
}

void Add(const LogReport& log, Struct& object) {
  Fields fields(object);
  fields.Set("log", NameOf(log.kind))
      .Set("origin", log.origin)
      .Set("size", log.facts.size)
      .Set("commands", log.facts.commands)
      .Set("provenSize", log.proven_size)
      .Set("beyond", log.facts.size - log.proven_size)
      .Set("folded", log.facts.folded)
      .Set("textsWithdrawn", log.facts.texts_withdrawn)
      .Set("textsLeft", log.facts.texts_left);
  if (!log.facts.has_gap) {
    fields.Set("root", ledger::ToBase64(ledger::ToBytes(log.facts.frontier.Root())));
  }
  if (log.copy) {
    Fields(fields.Object("catalogCopy"))
        .Set("size", log.copy->size)
        .Set("compared", log.copy->compared)
        .Set("beyond", log.copy->size - log.copy->compared)
        .Set("signedSize", log.copy->signed_size);
  }
  if (log.previous) Add(*log.previous, fields.Object("previous"));
  for (const KeyChange& change : log.key_changes) {
    Fields(*fields.List("keyChanges").add_values()->mutable_struct_value())
        .Set("position", change.position)
        .Set("previousKey", change.previous.ToString())
        .Set("nextKey", change.next.ToString());
  }
  for (const Sealing& sealing : log.sealings) {
    Fields(*fields.List("sealings").add_values()->mutable_struct_value())
        .Set("position", sealing.position)
        .Set("begin", sealing.begin);
  }
  if (log.quorum) Add(*log.quorum, fields.Object("quorum"));
  for (const Doubt& doubt : log.doubts) fields.List("doubts").add_values()->set_string_value(doubt.code);
  for (const Evidence& evidence : log.evidences) {
    Add(evidence, *fields.List("checkpoints").add_values()->mutable_struct_value());
  }
  for (const Evidence& evidence : log.later) {
    Add(evidence, *fields.List("later").add_values()->mutable_struct_value());
  }
  for (const auto& [first, count] : log.remarks.by_code()) {
    Fields(*fields.List("remarks").add_values()->mutable_struct_value())
        .Set("code", first.code)
        .Set("what", first.what.english())
        .Set("count", count);
  }
  Add(log.violations, fields.Object("violations"));
}

absl::Status Violated(const std::string& log, const Violation& first, uint64_t more) {
  const std::string position =
      first.position ? fmt::to_string(*first.position) : fmt::format("< {}", first.below);
  return MakeError(absl::StatusCode::kDataLoss, "LOG_VIOLATED",
                   fmt::format("{}, position {}: {}", log, position, first.code),
                   {{"log", log},
                    {"position", position},
                    {"code", first.code},
                    {"expected", first.expected.english()},
                    {"found", first.found.english()},
                    {"more", fmt::to_string(more)}});
}

// Where what would prove it is another thing than a key or a checkpoint, the reason says so.
absl::Status NotProven(const std::string& log, const std::string& why) {
  const bool is_own_reason = why == "UNFINISHED" || why == "COSIGNATURE_UNFIT" || why == "UNPROTECTED";
  return MakeError(absl::StatusCode::kFailedPrecondition, is_own_reason ? "NOT_PROVEN_" + why : "NOT_PROVEN",
                   fmt::format("{}: {}", log, why), {{"log", log}, {"why", why}});
}

}  // namespace

std::string ToJson(const VerifyReport& report) {
  Struct answer;
  Fields fields(answer);
  fields.SetBool("proven", report.is_proven());
  for (const LogReport& log : report.logs)
    Add(log, *fields.List("logs").add_values()->mutable_struct_value());
  for (const LogKind kind : report.absent) {
    fields.List("absent").add_values()->set_string_value(NameOf(kind));
  }
  if (report.contracts) Add(*report.contracts, fields.Object("contracts"));
  if (report.lacks_contracts) fields.SetBool("unfinished", true);
  for (const auto& unused : report.unused) fields.List("unused").add_values()->set_string_value(unused.from);
  return policyctl::ToJson(answer);
}

policyctl::Records ToRecords(const VerifyReport& report) {
  policyctl::Records records = {
      {"origin", "size", "proven_size", "violations", "position", "code", "expected", "found", "doubts"}};
  for (const LogReport& log : report.logs) {
    Violation first;
    if (!log.violations.empty()) first = log.violations.first();
    std::string doubts;
    for (const Doubt& doubt : log.doubts) doubts += (doubts.empty() ? "" : " ") + doubt.code;
    records.push_back({log.origin, fmt::to_string(log.facts.size), fmt::to_string(log.proven_size),
                       fmt::to_string(log.violations.count()),
                       first.position ? fmt::to_string(*first.position) : "", first.code,
                       first.expected.english(), first.found.english(), doubts});
  }
  return records;
}

absl::Status ToStatus(const VerifyReport& report) {
  for (const LogReport& log : report.logs) {
    if (log.violations.empty()) continue;
    return Violated(NameOf(log), log.violations.first(), log.violations.count() - 1);
  }
  if (report.contracts) return Violated("contracts.binpb", *report.contracts, 0);
  for (const LogReport& log : report.logs) {
    if (log.doubts.empty()) continue;
    const std::string& code = log.doubts.front().code;
    return code == "NO_QUORUM" ? NoQuorum(NameOf(log), *log.quorum) : NotProven(NameOf(log), code);
  }
  if (report.lacks_contracts) return NotProven("contracts.binpb", "UNFINISHED");
  if (!report.unused.empty()) return NotProven(report.unused.front().origin, "NO_LOG");
  return absl::OkStatus();
}

}  // namespace seisaku::auditor
