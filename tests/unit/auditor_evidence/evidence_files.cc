#include "tests/unit/auditor_evidence/evidence_files.h"

#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "fmt/format.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "services/base/files.h"
#include "services/base/status.h"
#include "tests/unit/auditor_evidence/made_city.h"
#include "tools/policyctl/output.h"

namespace seisaku::auditor {
namespace {

constexpr std::string_view kFiles = SEISAKU_SOURCE_DIR "/tests/unit/auditor_evidence/files/";

bool IsAt(const Json& entry, std::string_view log, int position) {
  return Field(entry, "log").string_value() == log &&
         PositionOf(Field(entry, "stored")) == fmt::to_string(position);
}

}  // namespace

std::string ReadTestFile(std::string_view name) {
  const absl::StatusOr<std::string> content = ReadFile(fmt::format("{}{}", kFiles, name));
  if (content.ok()) return *content;
  std::cerr << content.status() << "\n";
  std::abort();
}

const bundle::Trust& CityKeys() {
  static const auto& trust = *[] {
    const std::string made = testing::TempDir() + fmt::format("made-{}.vkeys", getpid());
    if (!WriteFileAtomically(made, MadeKeys()).ok()) std::abort();
    auto* read = new bundle::Trust(*bundle::Trust::Read({fmt::format("{}trust.vkeys", kFiles), made}));
    unlink(made.c_str());
    return read;
  }();
  return trust;
}

Json ParseJson(const std::string& text) {
  Json json;
  if (google::protobuf::util::JsonStringToMessage(text, &json).ok()) return json;
  std::cerr << "no JSON: " << text << "\n";
  std::abort();
}

std::string Write(const Json& json) { return policyctl::ToJson(json); }

Json& Field(Json& object, const std::string& name) {
  return object.mutable_struct_value()->mutable_fields()->at(name);
}
const Json& Field(const Json& object, const std::string& name) {
  return object.struct_value().fields().at(name);
}
bool HasField(const Json& object, const std::string& name) {
  return object.struct_value().fields().contains(name);
}

std::string PositionOf(const Json& entry) {
  return HasField(entry, "position") ? Field(entry, "position").string_value() : "0";
}

Json EvidenceFile(std::string_view name, std::string_view format) {
  const progress::v1::JudgementEvidence made = MadeEvidence(name);
  Json evidence = ParseJson(made.entries_size() > 0 ? policyctl::ToJson(made)
                                                    : ReadTestFile(fmt::format("{}.json", name)));
  if (format == kFormat1 || !HasField(evidence, "judgement")) return evidence;
  auto& fields = *evidence.mutable_struct_value()->mutable_fields();
  fields["evaluation"] = Field(Field(Field(evidence, "judgement"), "evaluation"), "name");
  fields["format"].set_string_value(std::string(format));
  fields.erase("judgement");
  return evidence;
}

Json EntryOf(std::string_view name, std::string_view log, int position) {
  const Json evidence = EvidenceFile(name, kFormat2);
  for (const Json& entry : Field(evidence, "entries").list_value().values()) {
    if (IsAt(entry, log, position)) return entry;
  }
  std::cerr << name << " has no entry " << log << " " << position << "\n";
  std::abort();
}

void RemoveEntry(Json& evidence, std::string_view log, int position) {
  auto& entries = *Field(evidence, "entries").mutable_list_value()->mutable_values();
  for (int i = entries.size(); i-- > 0;) {
    if (IsAt(entries.Get(i), log, position)) entries.DeleteSubrange(i, 1);
  }
}

void AddEntry(Json& evidence, const Json& entry) {
  *Field(evidence, "entries").mutable_list_value()->add_values() = entry;
}

absl::StatusOr<Json> Verify(const Json& evidence, const std::vector<Evidence>& since) {
  ASSIGN_OR_RETURN(VerifiedEvidence verified, VerifyEvidence(Write(evidence), CityKeys()));
  ASSIGN_OR_RETURN(const EvidenceReport report,
                   ReportOn(std::move(verified), "evidence.json", CityKeys(), since));
  ASSIGN_OR_RETURN(const std::string json, ToJson(report));
  return ParseJson(json);
}

}  // namespace seisaku::auditor
