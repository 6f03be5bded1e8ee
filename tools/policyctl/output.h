// Where answers go, and in which form.
#pragma once

#include <functional>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "tools/policyctl/csv_file.h"
#include "tools/policyctl/table.h"

namespace seisaku::policyctl {

enum class Format { kTable, kJson, kCsv };

struct OutputOptions {
  Format format = Format::kTable;
  std::string file;                     // empty: standard output
  bool to_terminal = false;             // whether that is a terminal
  Encoding encoding = Encoding::kUtf8;  // of CSV
  Language language = Language::kEnglish;
  TableLayout layout;
};

// Prints answers. An answer has three forms; only the one asked for is made.
class Output {
 public:
  // `standard` outlives this; used where options.file is empty.
  Output(OutputOptions options, std::ostream& standard);

  const OutputOptions& options() const { return options_; }

  // json: `response` in protojson with JSON names, one line per field, UTF-8 as it is. table: what `text`
  // makes. csv: what `records` makes, header first: on standard output byte for byte, for programs; in a file
  // for Excel, with a BOM where it is UTF-8, and WithoutFormulas. What is for people is always Visible; JSON
  // and CSV have every byte of the answer, but on a terminal, where JSON is VisibleJson and CSV Visible. Each
  // call is one whole answer; a file is replaced. FAILED_PRECONDITION OUTPUT_UNWRITABLE (metadata `file`),
  // and EncodeCsv's: then nothing was written.
  absl::Status Print(const google::protobuf::Message& response,
                     const std::function<std::string(const TableLayout&)>& text,
                     const std::function<Records()>& records) const;
  // The same where the answer is not one message: `json` makes it.
  absl::Status Print(const std::function<std::string()>& json,
                     const std::function<std::string(const TableLayout&)>& text,
                     const std::function<Records()>& records) const;
  // The same where a table says everything.
  absl::Status Print(const google::protobuf::Message& response, const Table& table) const;

 private:
  absl::StatusOr<std::string> Csv(const std::function<Records()>& records) const;
  absl::Status Write(const std::string& content) const;

  OutputOptions options_;
  std::ostream& standard_;
};

// The table as it fits into the terminal, and which columns were left out for that. See Fitting and Render.
std::string RenderFitting(Language language, const Table& table, const TableLayout& layout);

// `message` in protojson as Print writes it, ended by '\n'; the keys of a map (such as a Struct's) in order.
std::string ToJson(const google::protobuf::Message& message);

}  // namespace seisaku::policyctl
