// The smallest state machine: a notebook of lines, for testing the ledger without a domain.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/wrappers.pb.h"
#include "services/base/errors.h"
#include "services/base/state_machine.h"

namespace seisaku::ledger {

// A step is a StringValue: "write KEY WORDS" sets KEY (a second time only with other words); "claim KEY" is
// refused where KEY is set; "refuse" is refused. WORDS after a "|" are a free text beside the entry.
class Notebook final : public StateMachine {
 public:
  absl::StatusOr<std::vector<NewEvent>> Decide(const google::protobuf::Message& step, const Caller&,
                                               absl::Time) const override {
    const auto& text = dynamic_cast<const google::protobuf::StringValue&>(step).value();
    std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits(' ', 2));
    if (parts[0] == "refuse")
      return errors::InvalidField("step", expected::OTHER_THAN, {{"actual", "refuse"}});
    const std::string* present = Find(parts[1], kNewest);
    if (parts[0] == "claim" && present != nullptr) return errors::AlreadyExists(parts[1]);
    std::string words = parts.size() > 2 ? parts[2] : "claimed";
    if (present != nullptr && *present == words) return std::vector<NewEvent>{};
    NewEvent event{.type = "test/written", .resource = parts[1], .payload = words, .texts = {}, .source = {}};
    if (size_t bar = words.find('|'); bar != std::string::npos) {
      event.texts.push_back(words.substr(bar + 1));
      event.payload = words.substr(0, bar);
    }
    return std::vector<NewEvent>{event};
  }

  // The entry itself stands for its event.
  absl::StatusOr<const google::protobuf::Message*> Parse(Position position, const log::v1::Entry& entry,
                                                         google::protobuf::Arena& arena) const override {
    if (!IsLogEvent(entry) && entry.type() != "test/written") {
      return errors::LogCorrupt(position, "unknown type " + entry.type());
    }
    auto* event = google::protobuf::Arena::CreateMessage<log::v1::Entry>(&arena);
    *event = entry;
    return event;
  }

  absl::Status Fold(Position position, const google::protobuf::Message& event) override {
    const auto& entry = dynamic_cast<const log::v1::Entry&>(event);
    if (!IsLogEvent(entry)) lines_[entry.resource()].Set(position, entry.payload());
    return absl::OkStatus();
  }

  void Truncate(Position size) override {
    for (auto& [key, line] : lines_) line.Truncate(size);
  }
  void Publish(Position size) override { published_ = size; }

  using StateMachine::VisitRecords;
  void VisitRecords(Position size, Visit visit, Pause pause) const override {
    for (auto next = lines_.begin(); next != lines_.end();) {
      const std::string key = next->first;
      const Revisions<std::string>& line = next->second;
      uint32_t number = 0;
      for (const auto& revision : line.all()) {
        if (revision.position >= size) break;
        visit({key, ++number, revision.position, revision.value});
      }
      if (!pause()) return;
      next = lines_.upper_bound(key);
    }
  }

  const std::string* Find(const std::string& key, Position size) const {
    auto found = lines_.find(key);
    return found == lines_.end() ? nullptr : found->second.At(size);
  }
  Position published() const { return published_; }

 private:
  static bool IsLogEvent(const log::v1::Entry& entry) {
    return absl::StartsWith(entry.type(), "seisaku.log.v1.LogEvent/");
  }

  static constexpr Position kNewest = ~Position{0};
  std::map<std::string, Revisions<std::string>> lines_;
  Position published_ = 0;
};

inline std::shared_ptr<const google::protobuf::Message> Step(const std::string& text) {
  auto step = std::make_shared<google::protobuf::StringValue>();
  step->set_value(text);
  return step;
}

}  // namespace seisaku::ledger
