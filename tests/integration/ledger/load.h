// Writers that do not give up, and what has to hold of everything that they were told.
#pragma once

#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/integration/ledger/log_fixture.h"

namespace seisaku::ledger {

// From its construction on, several threads write to some replicas, which outlive it. Each repeats a command
// until it is acknowledged.
class Load {
 public:
  explicit Load(const std::vector<Ledger*>& replicas) : acknowledged_(kWriters) {
    for (int w = 0; w < kWriters; ++w) {
      writers_.emplace_back([this, w, ledger = replicas[static_cast<size_t>(w) % replicas.size()]] {
        for (int i = 0; !stop_; ++i) Repeat(w, *ledger, absl::StrCat("write k", w, " ", i));
      });
    }
  }
  ~Load() { Stop(); }

  void Stop() {
    stop_ = true;
    for (std::thread& writer : writers_) writer.join();
    writers_.clear();
  }

  // What was acknowledged is in `ledger`, where it was said to be, and nothing is there twice. After Stop.
  void ExpectKept(Ledger& ledger) {
    std::map<std::string, Position> stored;
    Position next = 0;
    while (true) {
      ASSERT_OK_AND_ASSIGN(auto page, ledger.ReadEntries(next, 500, false));
      if (page.empty()) break;
      for (const StoredEntry& bytes : page) {
        log::v1::Entry entry;
        ASSERT_TRUE(entry.ParseFromString(bytes.bytes));
        EXPECT_EQ(bytes.position, next++);
        EXPECT_TRUE(stored.emplace(entry.request_id(), bytes.position).second) << "request doubled";
      }
    }
    size_t acknowledged = 0;
    for (const auto& of_writer : acknowledged_) {
      acknowledged += of_writer.size();
      for (const auto& [request_id, position] : of_writer) {
        ASSERT_TRUE(stored.contains(request_id)) << "acknowledged and lost";
        EXPECT_EQ(stored[request_id], position);
      }
    }
    EXPECT_GT(acknowledged, 0u);
  }

 private:
  static constexpr int kWriters = 4;

  void Repeat(int writer, Ledger& ledger, const std::string& step) {
    Command command{
        .caller = {.subject = "seisaku://test/planner/p1", .role = Role::kPlanner, .department = {}},
        .request_id = NewUuid(),
        .request_digest = Sha256(step),
        .correlation_id = {},
        .steps = {Step(step)}};
    absl::StatusOr<Outcome> outcome = absl::UnavailableError("");
    while (!outcome.ok() && !stop_) {
      outcome = ledger.Append(command, absl::Now() + absl::Milliseconds(500), [](const Outcome&) {});
    }
    if (outcome.ok()) {
      acknowledged_[static_cast<size_t>(writer)].emplace_back(command.request_id, outcome->begin);
    }
  }

  std::atomic<bool> stop_ = false;
  std::vector<std::vector<std::pair<std::string, Position>>> acknowledged_;
  std::vector<std::thread> writers_;
};

}  // namespace seisaku::ledger
