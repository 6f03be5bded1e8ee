// Where a value stands in a request ("kpi.baseline[0].value.number.unit"), written down only for an error.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "fmt/format.h"

namespace seisaku {

// Refers to the path above it and to the names, which outlive it: a value for parameters and local variables.
class FieldPath {
 public:
  FieldPath(std::string_view name) : name_(name) {}    // NOLINT(google-explicit-constructor)
  FieldPath(const char* name) : name_(name) {}         // NOLINT(google-explicit-constructor)
  FieldPath(const std::string& name) : name_(name) {}  // NOLINT(google-explicit-constructor)
  // A field of the message at `above`.
  FieldPath(const FieldPath& above, std::string_view name) : above_(&above), name_(name) {}
  // An element of the list at `above`, counted from 0.
  FieldPath(const FieldPath& above, size_t index) : above_(&above), index_(index) {}

  std::string ToString() const {
    if (above_ == nullptr) return std::string(name_);
    if (index_) return fmt::format("{}[{}]", above_->ToString(), *index_);
    return fmt::format("{}.{}", above_->ToString(), name_);
  }

 private:
  const FieldPath* above_ = nullptr;
  std::string_view name_;
  std::optional<size_t> index_;
};

}  // namespace seisaku
