#include "tools/policyctl/option_checks.h"

#include <algorithm>
#include <filesystem>
#include <functional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"
#include "services/base/errors.h"
#include "services/base/period.h"
#include "services/base/status.h"
#include "tools/policyctl/arguments.h"
#include "tools/policyctl/expectations.h"

namespace seisaku::policyctl {
namespace {

using Accept = std::function<absl::Status(std::string&)>;

// CLI11 knows errors as text only, which it puts behind the option's name: the facts travel in it.
CLI::Validator Accepts(Accept accept, const std::string& form) {
  return CLI::Validator(
      [accept = std::move(accept)](std::string& text) {
        const absl::Status refusal = accept(text);
        return refusal.ok() ? std::string() : GetErrorInfo(refusal)->ShortDebugString();
      },
      form);
}

template <typename Parse>
CLI::Validator Parsed(Parse parse, const std::string& form) {
  return Accepts([parse](std::string& text) { return parse(text).status(); }, form);
}

class Silent : public google::protobuf::io::ErrorCollector {
  void AddError(int, int, const std::string&) override {}
};

absl::StatusOr<int64_t> WholeNumber(const std::string& text) {
  int64_t number = 0;
  if (absl::SimpleAtoi(text, &number)) return number;
  return errors::InvalidField("", expected::WHOLE_NUMBER, {{"actual", text}});
}

bool IsHostAndPort(std::string_view text) {
  const size_t colon = text.rfind(':');
  int port = 0;
  return colon != std::string_view::npos && colon > 0 &&
         absl::SimpleAtoi(std::string(text.substr(colon + 1)), &port) && port > 0 && port < 65536;
}

absl::Status CheckWord(const std::vector<std::string>& words, const std::string& text) {
  if (std::find(words.begin(), words.end(), text) != words.end()) return absl::OkStatus();
  return errors::InvalidField("", expected::ONE_OF,
                              {{"allowed", absl::StrJoin(words, ", ")}, {"actual", text}});
}

}  // namespace

CLI::Validator IsFiscalYear() { return Parsed(ParseFiscalYear, "YEAR"); }
CLI::Validator IsAsOf() { return Parsed(ParseAsOf, "WHEN"); }
CLI::Validator IsObservedPeriod() { return Parsed(ParseObserved, "PERIOD"); }
CLI::Validator IsJudgement() { return Parsed(ParseJudgement, "JUDGEMENT"); }
CLI::Validator IsCause() { return Parsed(ParseCause, "CAUSE"); }

CLI::Validator IsAtLeast(int64_t min) {
  const auto accept = [min](std::string& text) -> absl::Status {
    ASSIGN_OR_RETURN(const int64_t number, WholeNumber(text));
    if (number >= min) return absl::OkStatus();
    return errors::InvalidField("", expected::AT_LEAST, {{"min", min}, {"actual", number}});
  };
  return Accepts(accept, "");
}

CLI::Validator IsBetween(int64_t min, int64_t max) {
  const auto accept = [min, max](std::string& text) -> absl::Status {
    ASSIGN_OR_RETURN(const int64_t number, WholeNumber(text));
    if (number >= min && number <= max) return absl::OkStatus();
    return errors::InvalidField("", expected::BETWEEN, {{"min", min}, {"max", max}, {"actual", number}});
  };
  return Accepts(accept, fmt::format("{}-{}", min, max));
}

CLI::Validator IsAddress() {
  const auto accept = [](std::string& text) {
    if (IsHostAndPort(text)) return absl::OkStatus();
    return errors::InvalidField("", expected::ADDRESS, {{"actual", text}});
  };
  return Accepts(accept, "");
}

CLI::Validator IsAddressOf(std::vector<std::string> names) {
  const auto accept = [names = std::move(names)](std::string& text) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(text, absl::MaxSplits('=', 1));
    if (std::count(names.begin(), names.end(), parts.first) > 0 && IsHostAndPort(parts.second)) {
      return absl::OkStatus();
    }
    return errors::InvalidField("", expected::ADDRESS_OF,
                                {{"allowed", absl::StrJoin(names, ", ")}, {"actual", text}});
  };
  return Accepts(accept, "");
}

CLI::Validator IsOneOf(std::vector<std::string> words) {
  const std::string form = absl::StrJoin(words, "|");
  return Accepts([words = std::move(words)](std::string& text) { return CheckWord(words, text); }, form);
}

CLI::Validator EndsIn(std::vector<std::string> endings) {
  const auto accept = [endings = std::move(endings)](std::string& text) -> absl::Status {
    const std::string ending = absl::AsciiStrToLower(std::filesystem::path(text).extension().string());
    const bool names_format =
        std::any_of(ending.begin(), ending.end(), [](char c) { return absl::ascii_isalpha(c); });
    if (!names_format || std::find(endings.begin(), endings.end(), ending) != endings.end()) {
      return absl::OkStatus();
    }
    return errors::InvalidField("", expected::FILE_ENDING,
                                {{"allowed", absl::StrJoin(endings, ", ")}, {"actual", text}});
  };
  return Accepts(accept, "");
}

CLI::Validator IsChoice(std::vector<std::pair<std::string, int>> choices) {
  std::vector<std::string> words;
  for (const auto& [word, number] : choices) words.push_back(word);
  const std::string form = absl::StrJoin(words, "|");
  const auto accept = [choices = std::move(choices),
                       words = std::move(words)](std::string& text) -> absl::Status {
    absl::AsciiStrToLower(&text);
    RETURN_IF_ERROR(CheckWord(words, text));
    const size_t chosen = std::find(words.begin(), words.end(), text) - words.begin();
    text = std::to_string(choices[chosen].second);
    return absl::OkStatus();
  };
  return Accepts(accept, form);
}

std::optional<absl::Status> RefusalOf(const CLI::ParseError& error) {
  const std::string_view text = error.what();
  const size_t colon = text.find(": ");
  google::rpc::ErrorInfo info;
  if (colon == std::string_view::npos || error.get_name() != "ValidationError") return std::nullopt;
  google::protobuf::TextFormat::Parser parser;
  Silent silent;
  parser.RecordErrorsTo(&silent);
  if (!parser.ParseFromString(std::string(text.substr(colon + 2)), &info)) return std::nullopt;
  (*info.mutable_metadata())["field"] = std::string(text.substr(0, colon));
  return MakeError(absl::StatusCode::kInvalidArgument, "OPTION_VALUE_INVALID",
                   "an option's value is not right", {info.metadata().begin(), info.metadata().end()});
}

}  // namespace seisaku::policyctl
