// Evidence as JSON that a test can take apart, and what the auditor says of it.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/struct.pb.h"
#include "tools/auditor/evidence_report.h"

namespace seisaku::auditor {

using Json = google::protobuf::Value;

inline constexpr char kFormat1[] = "seisaku-evidence/1";
inline constexpr char kFormat2[] = "seisaku-evidence/2";

// A file of files/, whatever it holds.
std::string ReadTestFile(std::string_view name);
// The keys of the city's logs, and of its auditor; of the made city's too.
const bundle::Trust& CityKeys();

Json ParseJson(const std::string& text);
// Equal texts for what is equal.
std::string Write(const Json& json);
// What stands in a field; it has to be there.
Json& Field(Json& object, const std::string& name);
const Json& Field(const Json& object, const std::string& name);
bool HasField(const Json& object, const std::string& name);

// Of an entry, stored or printed: "12". 0 is left out of a file.
std::string PositionOf(const Json& entry);

// files/NAME.json, or what MadeEvidence has of that name, in the format asked for; "retracted" and what is
// made was never of the first format and stays as it is.
Json EvidenceFile(std::string_view name, std::string_view format);
// Its entry at that position of the log.
Json EntryOf(std::string_view name, std::string_view log, int position);
// Without the entry at that position.
void RemoveEntry(Json& evidence, std::string_view log, int position);
void AddEntry(Json& evidence, const Json& entry);

// What `auditor verify -o json` prints of it.
absl::StatusOr<Json> Verify(const Json& evidence, const std::vector<Evidence>& since = {});

}  // namespace seisaku::auditor
