#include "tools/policyctl/output.h"

#include <iostream>

#include "absl/strings/str_join.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/type_resolver.h"
#include "google/protobuf/util/type_resolver_util.h"
#include "services/base/status.h"
#include "services/base/visible.h"
#include "tools/policyctl/whole_file.h"

namespace seisaku::policyctl {
namespace {

namespace protobuf = google::protobuf;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr char kTypes[] = "type.googleapis.com";

// Serialized with the keys of its maps in order, which a map itself has in another order in each process.
std::string InOrder(const protobuf::Message& message) {
  std::string bytes;
  protobuf::io::StringOutputStream stream(&bytes);
  protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

}  // namespace

// What MessageToJsonString does, which writes maps in no order.
std::string ToJson(const protobuf::Message& message) {
  static protobuf::util::TypeResolver* const types =
      protobuf::util::NewTypeResolverForDescriptorPool(kTypes, protobuf::DescriptorPool::generated_pool());
  protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  std::string json;
  const std::string type = std::string(kTypes) + "/" + message.GetDescriptor()->full_name();
  // Fails for an Any of a type that is not linked in only, and no answer has one.
  (void)protobuf::util::BinaryToJsonString(types, type, InOrder(message), &json, options);
  return json;
}

std::string RenderFitting(Language language, const Table& table, const TableLayout& layout) {
  std::vector<std::string> left_out;
  std::string text = Render(Fitting(table, layout, left_out), layout);
  if (left_out.empty()) return text;
  const std::string titles = absl::StrJoin(left_out, language == Language::kJapanese ? "、" : ", ");
  return text + WrapLine(Say(language, text::kColumnsLeftOut, titles), layout);
}

Output::Output(OutputOptions options, std::ostream& standard)
    : options_(std::move(options)), standard_(standard) {}

absl::Status Output::Print(const google::protobuf::Message& response,
                           const std::function<std::string(const TableLayout&)>& text,
                           const std::function<Records()>& records) const {
  return Print([&response] { return ToJson(response); }, text, records);
}

absl::Status Output::Print(const std::function<std::string()>& json,
                           const std::function<std::string(const TableLayout&)>& text,
                           const std::function<Records()>& records) const {
  switch (options_.format) {
    case Format::kJson:
      return Write(options_.to_terminal ? VisibleJson(json()) : json());
    case Format::kCsv: {
      ASSIGN_OR_RETURN(const std::string csv, Csv(records));
      return Write(options_.to_terminal ? Visible(csv) : csv);
    }
    case Format::kTable:
      break;
  }
  return Write(Visible(text(options_.layout)));
}

absl::Status Output::Print(const google::protobuf::Message& response, const Table& table) const {
  return Print(
      response, [&](const TableLayout& layout) { return RenderFitting(options_.language, table, layout); },
      [&table] { return table.Records(); });
}

absl::StatusOr<std::string> Output::Csv(const std::function<Records()>& records) const {
  Records kept = options_.file.empty() ? records() : WithoutFormulas(records());
  if (options_.encoding == Encoding::kCp932) {
    const size_t changed = TakeCp932LookAlikes(kept);
    if (changed > 0) std::cerr << Say(options_.language, text::kLookAlikesTaken, changed) << "\n";
  }
  ASSIGN_OR_RETURN(const std::string csv, EncodeCsv(kept, options_.encoding, options_.language));
  if (options_.file.empty()) return csv;
  return options_.encoding == Encoding::kUtf8 ? std::string(kByteOrderMark) + csv : csv;
}

absl::Status Output::Write(const std::string& content) const {
  if (options_.file.empty()) {
    standard_ << content << std::flush;
    if (standard_.good()) return absl::OkStatus();
    return MakeError(absl::StatusCode::kFailedPrecondition, "OUTPUT_UNWRITABLE",
                     "standard output cannot be written");
  }
  return WriteWholeFile(options_.file, content);
}

}  // namespace seisaku::policyctl
