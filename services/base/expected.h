// What a value should have been, as a code with parameters: a caller can say it in any language.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "fmt/format.h"
#include "services/base/status.h"

namespace seisaku {

// A code (UPPER_SNAKE, in the metadata `expected` of an error) and its English, with {parameters}.
struct Expectation {
  std::string_view code;
  std::string_view english;
};

// The codes that services give: expected::AT_MOST_BYTES. A program may have more of its own.
namespace expected {
#define SEISAKU_EXPECTED(code, english) inline constexpr Expectation code{#code, english};
#include "services/base/expected.inc"
#undef SEISAKU_EXPECTED
}  // namespace expected

// All of expected.inc.
absl::Span<const Expectation> AllExpectations();

// A named parameter of any type that fmt writes: {"max", 255}.
class Fact {
 public:
  template <typename Value>
  Fact(std::string_view name, Value&& value)
      : name_(name), value_(fmt::format("{}", std::forward<Value>(value))) {}

  const std::string& name() const { return name_; }
  const std::string& value() const { return value_; }

 private:
  std::string name_;
  std::string value_;
};
using Facts = absl::Span<const Fact>;

// `expected`: the code, and the facts under their names.
Metadata ToMetadata(const Expectation& expectation, Facts facts);

// The names that stand in braces, in order, each as often as it stands there: "{max} of {all}" has max and
// all.
std::vector<std::string> PlacesOf(std::string_view pattern);

// `pattern` with each {name} replaced by value(name); what a value holds is left as it is.
std::string Fill(std::string_view pattern, const std::function<std::string(std::string_view name)>& value);

// The expectation's English with its facts.
std::string Describe(const Expectation& expectation, Facts facts);

}  // namespace seisaku
