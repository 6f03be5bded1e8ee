// Footnotes of a sheet: each text once, numbered in order of appearance.
#pragma once

#include <string>
#include <vector>

#include "seisaku/progress/v1/resources.pb.h"
#include "tools/policyctl/messages.h"

namespace seisaku::policyctl {

class SheetNotes {
 public:
  explicit SheetNotes(Language language) : language_(language) {}

  // The marks of everything that a reader of this component must know, such as "*1 *3"; "" for nothing.
  std::string MarksOf(const progress::v1::ComponentEvaluation& component);
  // The marks of what concerns the KPI as a whole and none of its components.
  std::string MarksOf(const progress::v1::Evaluation& evaluation);

  // "*1 …" in order.
  std::vector<std::string> Lines() const;

 private:
  std::string Mark(const std::string& note);

  Language language_;
  std::vector<std::string> notes_;
};

}  // namespace seisaku::policyctl
