// Prints what the memory image and the domain cost per entry: progress's state after 10^5 figures (recorded,
// then corrected), each with its reason beside the entry, over a catalog of 1,000 KPIs.
#include <malloc.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <string>
#include <vector>

#include "fmt/format.h"
#include "seisaku/catalog/v1/changes.pb.h"
#include "seisaku/catalog/v1/events.pb.h"
#include "seisaku/log/v1/entry.pb.h"
#include "seisaku/progress/v1/changes.pb.h"
#include "seisaku/progress/v1/events.pb.h"
#include "services/catalog/domain/machine.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/frontier.h"
#include "services/progress/domain/machine.h"

namespace seisaku {
namespace {

constexpr int kKpis = 1000;
constexpr int kFigures = 100'000;
constexpr int kCatalogBatch = 500;

const Caller kPlanner = {.subject = "seisaku://bench/planner/p1", .role = Role::kPlanner, .department = {}};
const Caller kPeer = {.subject = "seisaku://bench/peer/progress", .role = Role::kPeer, .department = {}};

template <typename T>
T Check(absl::StatusOr<T> result) {
  if (!result.ok()) {
    std::cerr << result.status() << "\n";
    std::exit(1);
  }
  return *std::move(result);
}
void Check(const absl::Status& status) {
  if (!status.ok()) Check(absl::StatusOr<int>(status));
}

log::v1::Entry Seal(const NewEvent& event, Position position, const Caller& caller) {
  log::v1::Entry entry;
  entry.set_event_id("0192f0c1-2345-7000-8000-0123456789ab");
  entry.set_type(event.type);
  entry.set_resource(event.resource);
  entry.mutable_recorded_at()->set_seconds(1'700'000'000 + static_cast<int64_t>(position));
  entry.set_actor(caller.subject);
  entry.set_request_id("0192f0c1-2345-7000-8000-0123456789ab");
  entry.set_request_digest(std::string(32, 'd'));
  entry.set_payload(event.payload);
  entry.set_command_size(1);
  for (size_t i = 0; i < event.texts.size(); ++i) entry.add_texts()->set_salted_sha256(std::string(32, 's'));
  return entry;
}

// Decides and folds, and returns the bytes of the entry.
std::string Step(StateMachine& machine, Position& next, const google::protobuf::Message& step,
                 const Caller& caller) {
  for (const NewEvent& event : Check(machine.Decide(step, caller, absl::UnixEpoch()))) {
    log::v1::Entry entry = Seal(event, next, caller);
    Check(machine.Evolve(next++, entry));
    machine.Publish(next);
    return entry.SerializeAsString();
  }
  return "";
}

std::vector<std::string> CatalogEntries() {
  catalog::Machine machine;
  Position next = 0;
  std::vector<std::string> entries;
  catalog::v1::Change change;
  change.mutable_create_plan()->set_name("plans/p");
  change.mutable_create_plan()->set_title("計画");
  change.mutable_create_plan()->add_levels("施策");
  entries.push_back(Step(machine, next, change, kPlanner));
  change.mutable_create_node()->set_name("plans/p/nodes/n");
  change.mutable_create_node()->set_title("施策");
  entries.push_back(Step(machine, next, change, kPlanner));
  for (int i = 0; i < kKpis; ++i) {
    auto* kpi = change.mutable_create_kpi();
    kpi->set_name(fmt::format("plans/p/kpis/kpi-{:04}", i));
    kpi->set_node("plans/p/nodes/n");
    kpi->set_title(fmt::format("指標その{}", i));
    kpi->set_unit("人");
    kpi->set_direction(type::v1::DIRECTION_INCREASE);
    entries.push_back(Step(machine, next, change, kPlanner));
  }
  return entries;
}

void FeedCatalog(progress::Machine& machine, Position& next, const std::vector<std::string>& entries) {
  auto key = Check(ledger::SigningKey::Generate("bench.example/catalog", ledger::KeyType::kLog));
  ledger::Frontier frontier;
  for (size_t begin = 0; begin < entries.size(); begin += kCatalogBatch) {
    progress::v1::CatalogAdvanced advance;
    advance.set_start(begin);
    for (size_t i = begin; i < std::min(entries.size(), begin + kCatalogBatch); ++i) {
      advance.add_entries(entries[i]);
      frontier.Append(ledger::LeafHash(entries[i]));
    }
    advance.set_checkpoint(
        Check(ledger::SignCheckpoint({key.name(), frontier.size(), frontier.Root()}, key)));
    Step(machine, next, advance, kPeer);
  }
}

size_t BytesInUse() { return mallinfo2().uordblks + mallinfo2().hblkhd; }

// CPU time of this process so far: what else runs on the machine does not count.
double CpuSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Records figures, then corrects them; returns the entries that came of it.
std::vector<std::string> Record(progress::Machine& machine, Position& next) {
  std::vector<std::string> entries;
  progress::v1::Change change;
  change.set_reason("窓口での集計の誤りを正した");
  for (int i = 0; i < kFigures; ++i) {
    auto* actual =
        i < kKpis * 10 ? change.mutable_record_actual() : change.mutable_correct_actual()->mutable_actual();
    actual->set_kpi(fmt::format("plans/p/kpis/kpi-{:04}", i % kKpis));
    actual->set_reporting_year(2015 + i / kKpis % 10);
    actual->mutable_value()->mutable_number()->mutable_value()->set_value(std::to_string(1000 + i));
    actual->mutable_value()->mutable_number()->set_unit("人");
    entries.push_back(Step(machine, next, change, kPlanner));
  }
  return entries;
}

// What a start does with each entry: parse, fold, hash.
void Fold(progress::Machine& machine, Position next, const std::vector<std::string>& entries) {
  ledger::Frontier frontier;
  log::v1::Entry entry;
  for (const std::string& bytes : entries) {
    if (!entry.ParseFromString(bytes)) std::exit(1);
    Check(machine.Evolve(next++, entry));
    frontier.Append(ledger::LeafHash(bytes));
    if (next % kCatalogBatch == 0) machine.Publish(next);
  }
}

void Run() {
  const std::vector<std::string> catalog = CatalogEntries();
  progress::Machine machine;
  Position next = 0;
  FeedCatalog(machine, next, catalog);
  const Position before_figures = next;
  double started = CpuSeconds();
  const std::vector<std::string> entries = Record(machine, next);
  const double decided = CpuSeconds() - started;

  progress::Machine folded;
  Position copied = 0;
  FeedCatalog(folded, copied, catalog);
  const size_t before = BytesInUse();
  started = CpuSeconds();
  Fold(folded, before_figures, entries);
  const double folding = CpuSeconds() - started;
  const size_t bytes = BytesInUse() - before;
  fmt::print("memory: {:.1f} MiB for {} entries of progress = {} bytes per entry\n",
             static_cast<double>(bytes) / (1 << 20), entries.size(), bytes / entries.size());
  fmt::print("per second of CPU: {:.0f} decided and folded, {:.0f} folded from their bytes\n",
             kFigures / decided, kFigures / folding);
}

}  // namespace
}  // namespace seisaku

int main() { seisaku::Run(); }
