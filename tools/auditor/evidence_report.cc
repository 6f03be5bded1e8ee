#include "tools/auditor/evidence_report.h"

#include <algorithm>
#include <utility>

#include "absl/time/time.h"
#include "fmt/format.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "services/base/files.h"
#include "services/base/status.h"
#include "services/base/timestamp.h"
#include "services/ledger/tree/errors.h"
#include "services/ledger/tree/hash.h"
#include "tools/auditor/changes/show.h"
#include "tools/auditor/evidence_words.h"
#include "tools/bundle/errors.h"
#include "tools/policyctl/commands/log_entry.h"
#include "tools/policyctl/output.h"

namespace seisaku::auditor {
namespace {

using google::protobuf::ListValue;
using google::protobuf::Struct;

constexpr absl::Duration kClockTolerance = absl::Minutes(10);  // between a city's clock and a cosigner's

std::string Rfc3339(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", time, absl::UTCTimeZone());
}

absl::Status Unreadable(const std::string& file, const absl::Status& malformed) {
  return MakeError(absl::StatusCode::kInvalidArgument, "EVIDENCE_UNREADABLE",
                   file + " holds no evidence of a judgement",
                   {{"file", file}, {"why", std::string(malformed.message())}});
}

absl::Status SinceNotUsed(const std::string& file, const Evidence& kept) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "SINCE_NOT_USED",
      fmt::format("{} is of {}, of which {} has no entry", kept.from, kept.checkpoint.origin, file),
      {{"file", file}, {"since", kept.from}, {"origin", kept.checkpoint.origin}});
}

// As protojson has it: 64-bit numbers are strings.
void Set(Struct& object, const char* name, const std::string& text) {
  (*object.mutable_fields())[name].set_string_value(text);
}
void Set(Struct& object, const char* name, uint64_t number) { Set(object, name, fmt::to_string(number)); }
ListValue& List(Struct& object, const char* name) {
  return *(*object.mutable_fields())[name].mutable_list_value();
}
Struct& Object(Struct& object, const char* name) {
  return *(*object.mutable_fields())[name].mutable_struct_value();
}
Struct& Add(ListValue& list) { return *list.add_values()->mutable_struct_value(); }

std::string RootText(const ledger::Checkpoint& checkpoint) {
  return ledger::ToBase64(ledger::ToBytes(checkpoint.root));
}

Struct Json(const EvidenceLog& log) {
  Struct object;
  Set(object, "log", log.proven.log);
  Set(object, "origin", log.proven.checkpoint.origin);
  Set(object, "size", log.proven.checkpoint.size);
  Set(object, "root", RootText(log.proven.checkpoint));
  for (const std::string& key : log.proven.keys) List(object, "keys").add_values()->set_string_value(key);
  for (const auto& [cosigner, at] : log.signers.cosignatures) {
    Struct& one = Add(List(object, "cosignatures"));
    Set(one, "cosigner", cosigner);
    Set(one, "at", Rfc3339(at));
  }
  for (const Evidence& kept : log.same) {
    List(object, "sameAsKept").add_values()->set_string_value(kept.from);
  }
  return object;
}

// As `log show` has it; of the texts those that are here.
absl::StatusOr<Struct> Json(const OpenedEntry& opened) {
  ASSIGN_OR_RETURN(const std::string json, policyctl::EntryJson(opened.stored));
  Struct object;
  if (!google::protobuf::util::JsonStringToMessage(json, &object).ok()) {
    return EvidenceInvalid(opened.where(), "an entry that can be shown", "another");
  }
  Set(object, "log", opened.log);
  object.mutable_fields()->erase("texts");
  for (size_t i = 0; i < opened.texts.size(); ++i) {
    if (!opened.texts[i]) continue;
    Struct& text = Add(List(object, "texts"));
    Set(text, "index", i);
    Set(text, "text", *opened.texts[i]);
  }
  return object;
}

Struct Json(const Claim& claim, const std::string& proven_by) {
  Struct object;
  Set(object, "claim", std::string(CodeOf(claim.kind)));
  if (!claim.input.empty()) Set(object, "input", claim.input);
  if (!claim.component.empty()) Set(object, "component", claim.component);
  if (!claim.log.empty()) Set(object, "log", claim.log);
  if (claim.position) Set(object, "position", *claim.position);
  if (claim.text) Set(object, "text", *claim.text);
  Set(object, "provenBy", proven_by);
  return object;
}

// Who cosigned entries had seen them.
absl::Status CheckTimes(const Evidence& signers, const std::string& log,
                        const std::vector<OpenedEntry>& entries) {
  for (const auto& [cosigner, at] : signers.cosignatures) {
    for (const OpenedEntry& entry : entries) {
      const absl::Time recorded = absl::FromUnixMicros(ToMicros(entry.entry.recorded_at()));
      if (entry.log != log || recorded <= at + kClockTolerance) continue;
      return EvidenceInvalid(entry.where(),
                             fmt::format("recorded before {} cosigned it at {}", cosigner, Rfc3339(at)),
                             Rfc3339(recorded));
    }
  }
  return absl::OkStatus();
}

// Of a witness's folder only the newest is told of.
void AddOtherSize(const Evidence& kept, std::vector<Evidence>& other_sizes) {
  const auto of_folder = std::find_if(other_sizes.begin(), other_sizes.end(), [&](const Evidence& one) {
    return !kept.folder.empty() && one.folder == kept.folder;
  });
  if (of_folder == other_sizes.end()) {
    other_sizes.push_back(kept);
  } else if (of_folder->checkpoint.size < kept.checkpoint.size) {
    *of_folder = kept;
  }
}

void AddOfOtherLog(const Evidence& kept, std::vector<Evidence>& of_other_logs) {
  const bool is_told = std::any_of(of_other_logs.begin(), of_other_logs.end(), [&](const Evidence& one) {
    return !kept.folder.empty() && one.folder == kept.folder &&
           one.checkpoint.origin == kept.checkpoint.origin;
  });
  if (!is_told) of_other_logs.push_back(kept);
}

// A folder with the checkpoint itself has nothing more to say.
void LeaveFoldersOfSame(EvidenceLog& log) {
  auto& others = log.other_sizes;
  others.erase(std::remove_if(others.begin(), others.end(),
                              [&](const Evidence& other) {
                                return !other.folder.empty() &&
                                       std::any_of(log.same.begin(), log.same.end(), [&](const auto& same) {
                                         return same.folder == other.folder;
                                       });
                              }),
               others.end());
}

}  // namespace

absl::StatusOr<EvidenceReport> ReportOn(VerifiedEvidence evidence, const std::string& file,
                                        const bundle::Trust& trust, const std::vector<Evidence>& since) {
  EvidenceReport report{std::move(evidence), {}, {}};
  for (const ProvenLog& proven : report.evidence.proven.logs) {
    EvidenceLog& log = report.logs.emplace_back();
    log.proven = proven;
    ReadCosignatures(proven.note, trust, log.signers);
    RETURN_IF_ERROR(CheckTimes(log.signers, proven.log, report.evidence.proven.entries));
  }
  bool is_used = since.empty();
  for (const Evidence& kept : since) {
    const auto log = std::find_if(report.logs.begin(), report.logs.end(), [&](const EvidenceLog& one) {
      return one.proven.checkpoint.origin == kept.checkpoint.origin;
    });
    if (log == report.logs.end()) {
      AddOfOtherLog(kept, report.of_other_logs);
      continue;
    }
    is_used = true;
    if (!kept.is_trusted()) return WithMetadata(errors::SignatureMissing(), {{"file", kept.from}});
    const ledger::Checkpoint& ours = log->proven.checkpoint;
    if (kept.checkpoint.size != ours.size) {
      AddOtherSize(kept, log->other_sizes);
    } else if (kept.checkpoint.root == ours.root) {
      log->same.push_back(kept);
    } else {
      return errors::LogFork(ours.origin, ours.size, kept.checkpoint.root, ours.root);
    }
  }
  if (!is_used) return SinceNotUsed(file, since.front());
  for (EvidenceLog& log : report.logs) LeaveFoldersOfSame(log);
  return report;
}

absl::StatusOr<std::string> ToJson(const EvidenceReport& report) {
  const progress::v1::GetEvaluationResponse& follows = report.evidence.follows;
  Struct answer;
  Set(answer, "evaluation", follows.evaluation().name());
  Struct& proven = Object(answer, "proven");
  for (const EvidenceLog& log : report.logs) Add(List(proven, "logs")) = Json(log);
  for (const OpenedEntry& entry : report.evidence.proven.entries) {
    ASSIGN_OR_RETURN(Add(List(proven, "entries")), Json(entry));
  }
  Object(proven, "ifTheseWereAll") = AsStruct(follows.evaluation());
  const std::string proven_by = ReplayCommand(follows.evaluation().name());
  for (const Claim& claim : ClaimsOf(report.evidence)) Add(List(answer, "claimed")) = Json(claim, proven_by);
  for (const EvidenceLog& log : report.logs) {
    for (const Evidence& kept : log.other_sizes) {
      Struct& one = Add(List(answer, "notCompared"));
      Set(one, "from", kept.from);
      Set(one, "log", log.proven.log);
      Set(one, "size", kept.checkpoint.size);
    }
    for (const std::string& signer : log.signers.unfit) {
      Struct& one = Add(List(answer, "unfitCosignatures"));
      Set(one, "log", log.proven.log);
      Set(one, "cosigner", signer);
    }
  }
  for (const Evidence& kept : report.of_other_logs) {
    Struct& one = Add(List(answer, "notCompared"));
    Set(one, "from", kept.folder.empty() ? kept.from : kept.folder);
    Set(one, "origin", kept.checkpoint.origin);
  }
  return policyctl::ToJson(answer);
}

absl::Status ShowEvidence(policyctl::Session& session, const std::string& file, const bundle::Trust& trust,
                          const std::vector<Evidence>& since, size_t quorum) {
  absl::StatusOr<std::string> content = ReadRegularFile(file, 16 << 20, Links::kFollow);
  if (!content.ok()) return errors::BundleUnusable(file, std::string(content.status().message()));
  absl::StatusOr<VerifiedEvidence> verified = VerifyEvidence(*content, trust);
  if (ReasonOf(verified.status()) == "MALFORMED") return Unreadable(file, verified.status());
  RETURN_IF_ERROR(verified.status());
  ASSIGN_OR_RETURN(const EvidenceReport report, ReportOn(*std::move(verified), file, trust, since));
  ASSIGN_OR_RETURN(const std::string json, ToJson(report));
  RETURN_IF_ERROR(session.output().Print(
      [&] { return json; },
      [&](const policyctl::TableLayout&) { return InWords(report, session.language()); },
      [&] { return ToRecords(report, session.language()); }));
  for (const EvidenceLog& log : report.logs) {
    const Quorum stands = QuorumOf(trust, quorum, log.signers.cosignatures);
    if (!stands.is_met()) return NoQuorum(log.proven.checkpoint.origin, stands);
  }
  return absl::OkStatus();
}

}  // namespace seisaku::auditor
