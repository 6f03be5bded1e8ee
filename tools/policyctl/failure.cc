#include "tools/policyctl/failure.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/base/expected.h"
#include "services/base/status.h"
#include "services/base/visible.h"
#include "tools/policyctl/contract_words.h"
#include "tools/policyctl/expectations.h"
#include "tools/policyctl/field_options.h"

namespace seisaku::policyctl {
namespace {

constexpr Advice kAdvice[] = {
#define SEISAKU_ADVICE(reason, what_en, what_ja, next_en, next_ja) \
  {#reason, {what_en, what_ja}, {next_en, next_ja}},
#include "tools/policyctl/advice.inc"
#undef SEISAKU_ADVICE
};
constexpr Advice kUnknown = {"", text::kUnknownFailure, text::kTellOperators};

// Its fields are the cells of a table that policyctl made, and their descriptions are in the reader's
// language. All other descriptions are English, for developers.
constexpr std::string_view kDescribedHere = "OUTPUT_NOT_IN_CHARSET";

const Advice& Find(std::string_view reason) {
  const auto* found = std::find_if(std::begin(kAdvice), std::end(kAdvice),
                                   [&](const Advice& a) { return a.reason == reason; });
  return found == std::end(kAdvice) ? kUnknown : *found;
}

// The facts of one error, all of them made visible, and which of them were told.
class Telling {
 public:
  Telling(Language language, std::string_view command, std::string_view reader, const absl::Status& status)
      : language_(language),
        command_(command),
        reader_(reader),
        message_(VisibleLine(std::string(status.message()))),
        reason_(VisibleLine(ReasonOf(status))) {
    if (const auto info = GetErrorInfo(status)) {
      for (const auto& [name, value] : info->metadata()) facts_[VisibleLine(name)] = VisibleLine(value);
      has_facts_ = true;
    }
    if (const auto bad = GetBadRequest(status)) {
      for (const auto& violation : bad->field_violations()) {
        fields_.push_back(VisibleLine(violation.field()));
        descriptions_.push_back(VisibleLine(violation.description()));
      }
    }
    if (fields_.empty() && facts_.contains("field")) fields_ = {facts_["field"]};
    // What gRPC or the system says itself has a code only: UNAVAILABLE.
    if (reason_.empty()) reason_ = absl::StatusCodeToString(status.code());
  }

  std::string All() {
    const Advice& advice = Find(reason_);
    std::string text = fmt::format("{}: {}\n", command_, Filled(In(language_, advice.what)));
    const std::string next = Filled(In(language_, advice.next));
    text += Places() + Detail(&advice == &kUnknown) + Expected() + Closest();
    text += Say(language_, text::kReasonLine, reason_, Rest()) + '\n';
    return text + Say(language_, text::kNextLine, next) + '\n';
  }

 private:
  std::string Filled(std::string_view pattern) {
    return Fill(pattern, [this](std::string_view name) { return Value(std::string(name)); });
  }

  std::string Value(const std::string& name) {
    told_.insert(name);
    if (name == "help") return fmt::format("{} --help", command_);
    if (name == "reader") return std::string(reader_);
    if (name == "place") return Place();
    if (name == "field") return fields_.empty() ? Value("value") : WithOption(language_, fields_.front());
    const Text* expectation = name == "expected" ? FindExpectation(facts_["expected"]) : nullptr;
    return expectation == nullptr ? FactInWords(name) : Filled(In(language_, *expectation));
  }

  // Those facts are in words that are names of the contract, and no words of people.
  std::string FactInWords(const std::string& name) {
    if (name == "change" || name == "other") return FieldInWords(language_, facts_[name]);
    if (name == "enum" || name == "expected") return InWords(language_, facts_[name]);
    if (name != "allowed" || facts_["expected"] != expected::ONE_FIELD_OF.code) return facts_[name];
    std::vector<std::string> fields = absl::StrSplit(facts_[name], ", ");
    for (std::string& field : fields) field = FieldInWords(language_, field);
    return absl::StrJoin(fields, language_ == Language::kJapanese ? "、" : ", ");
  }

  // file:line:column, as far as they are known.
  std::string Place() {
    std::string place = facts_["file"];
    for (const char* part : {"line", "column"}) {
      if (!facts_[part].empty()) place += ":" + facts_[part];
    }
    told_.insert({"file", "line", "column"});
    return place;
  }

  // The fields and the place that what happened did not name.
  std::string Places() {
    std::string lines;
    for (size_t i = told_.contains("field") ? 1 : 0; i < fields_.size(); ++i) {
      lines += Say(language_, text::kFieldLine, WithOption(language_, fields_[i]));
      if (reason_ == kDescribedHere) lines += ": " + descriptions_[i];
      lines += '\n';
    }
    told_.insert("field");
    if (!told_.contains("place") && !facts_["line"].empty()) {
      lines += Say(language_, text::kPlaceLine, Place()) + '\n';
    }
    return lines;
  }

  // What the system below said, in its own words.
  std::string Detail(bool unknown) {
    std::string why = facts_["why"];
    told_.insert("why");
    if (why.empty() && (unknown || !has_facts_)) why = message_;
    return why.empty() ? "" : Say(language_, text::kDetailLine, why) + '\n';
  }

  // What would have been right, where no sentence says it: of other things than fields, and in Japanese.
  std::string Expected() {
    if (language_ != Language::kJapanese || told_.contains("expected") || facts_["expected"].empty())
      return "";
    return Say(language_, text::kExpectedLine, Value("expected")) + '\n';
  }

  // What was probably meant.
  std::string Closest() {
    told_.insert("closest");
    return facts_["closest"].empty() ? "" : Say(language_, text::kClosestLine, facts_["closest"]) + '\n';
  }

  std::string Rest() const {
    std::string rest;
    for (const auto& [name, value] : facts_) {
      if (!told_.contains(name) && !value.empty()) rest += fmt::format("  {}={}", name, value);
    }
    return rest;
  }

  const Language language_;
  const std::string_view command_;
  const std::string_view reader_;
  const std::string message_;
  std::string reason_;
  std::map<std::string, std::string> facts_;
  bool has_facts_ = false;  // else the words of gRPC or the system are all that there is
  std::vector<std::string> fields_;
  std::vector<std::string> descriptions_;
  std::set<std::string> told_;
};

}  // namespace

absl::Span<const Advice> AllAdvice() { return kAdvice; }

std::string DescribeFailure(Language language, std::string_view command, std::string_view reader,
                            const absl::Status& status) {
  return Telling(language, command, reader, status).All();
}

}  // namespace seisaku::policyctl
