// The fold of a log that may say anything, by any state machine.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "seisaku/log/v1/entry.pb.h"
#include "tests/fuzz/property.h"

namespace seisaku::fuzz {

// A machine beside the list of what it has accepted: a refusal, and whatever was taken back, must leave no
// trace.
template <typename Machine>
class Fold {
 public:
  // Where the position is that of the end, the entry comes next; where it is a smaller one, what is not
  // published from there on is taken back first; where it is a greater one, all is published, and the entry
  // is refused. An entry that is refused is tried a second time as `mend` makes it.
  template <typename Mend>
  void Take(const log::v1::StoredEntry& stored, Mend mend) {
    log::v1::Entry entry;
    if (!entry.ParseFromString(stored.entry())) return;
    if (stored.position() > Size()) {
      published_ = Size();
      machine_.Publish(published_);
      return Refuse(machine_.Evolve(stored.position(), entry));
    }
    TakeBack(std::max(stored.position(), published_));
    if (Evolve(entry)) return;
    mend(entry, machine_);
    Evolve(entry);
  }

  // Another machine that sees only what was accepted comes to the same, also as of an earlier size; and where
  // all is taken back there is nothing.
  void CheckAgain() {
    Machine again;
    for (Position size = 0; size < Size(); ++size) {
      if (size == Size() / 2) Require(Records(again, size) == Records(machine_, size));
      RefuseAgain(again, size);
      RequireOk(again.Evolve(size, accepted_[size]));
    }
    RefuseAgain(again, Size());
    Require(Records(again, UINT64_MAX) == Records(machine_, UINT64_MAX));
    again.Truncate(0);
    Require(again.state().size() == 0 && Records(again, UINT64_MAX).empty());
  }

 private:
  Position Size() const { return accepted_.size(); }

  bool Evolve(const log::v1::Entry& entry) {
    const absl::Status folded = machine_.Evolve(Size(), entry);
    if (folded.ok()) {
      accepted_.push_back(entry);
    } else {
      Refuse(folded);
      refused_[Size()] = entry;
    }
    return folded.ok();
  }

  // What was refused last behind `size` entries is refused for what it is, not for what came and went before.
  void RefuseAgain(Machine& again, Position size) const {
    const auto refused = refused_.find(size);
    if (refused != refused_.end()) Require(!again.Evolve(size, refused->second).ok());
  }

  // What a refused entry had left would stand above the size; and what it had taken, CheckAgain misses.
  void Refuse(const absl::Status& folded) {
    RequireClear(folded);
    Require(machine_.state().size() == Size());
    Require(Records(machine_, Size()) == Records(machine_, UINT64_MAX));
  }

  void TakeBack(Position size) {
    if (size >= Size()) return;
    const std::string below = Records(machine_, size);
    machine_.Truncate(size);
    accepted_.resize(size);
    refused_.erase(refused_.upper_bound(size), refused_.end());
    Require(machine_.state().size() == size && Records(machine_, UINT64_MAX) == below);
  }

  Machine machine_;
  Position published_ = 0;
  std::vector<log::v1::Entry> accepted_;
  std::map<Position, log::v1::Entry> refused_;  // The last behind so many entries.
};

template <typename Machine, typename Mend>
void CheckFold(const uint8_t* data, size_t size, Mend mend) {
  Fold<Machine> fold;
  for (const log::v1::StoredEntry& stored : ReadLog(data, size)) fold.Take(stored, mend);
  fold.CheckAgain();
}

}  // namespace seisaku::fuzz
