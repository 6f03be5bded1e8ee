#include "tests/unit/auditor_evidence/made_city.h"

#include <cstdlib>
#include <iostream>
#include <vector>

#include "fmt/format.h"
#include "google/protobuf/text_format.h"
#include "seisaku/catalog/v1/events.pb.h"
#include "seisaku/progress/v1/events.pb.h"
#include "services/catalog/domain/event.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/key.h"
#include "services/progress/domain/event.h"
#include "services/progress/domain/names.h"
#include "tests/unit/ledger_tree/tile_store.h"
#include "tools/auditor/evidence/tlog_proof.h"

namespace seisaku::auditor {
namespace {

using progress::v1::JudgementEvidence;

template <typename Event>
Event EventOf(const std::string& text) {
  Event event;
  if (google::protobuf::TextFormat::ParseFromString(text, &event)) return event;
  std::cerr << "no event: " << text << "\n";
  std::abort();
}

// One log, signed with a key of its own.
class MadeLog {
 public:
  explicit MadeLog(std::string name)
      : name_(std::move(name)),
        key_(*ledger::SigningKey::FromSeed("made.example/" + name_, std::string(32, name_[0]),
                                           ledger::KeyType::kLog)) {}

  void Add(const std::string& type, const std::string& resource, const std::string& payload) {
    log::v1::Entry entry;
    entry.set_type(type);
    entry.set_resource(resource);
    entry.set_payload(payload);
    entry.set_actor("seisaku://made/planner/sato");
    entry.set_command_size(1);
    entry.mutable_recorded_at()->set_seconds(1'780'000'000 + static_cast<int64_t>(entries_.size()));
    entries_.push_back(entry);
    tree_.Append(ledger::LeafHash(entry.SerializeAsString()));
  }

  // All entries that are about the resource, or below it.
  void AddProven(std::string_view resource, JudgementEvidence& evidence) {
    ledger::TiledHashes hashes = tree_.Hashes();
    const uint64_t size = entries_.size();
    TlogProof proof;
    proof.checkpoint = *ledger::SignCheckpoint({key_.name(), size, tree_.builder.frontier().Root()}, key_);
    for (uint64_t position = 0; position < size; ++position) {
      if (entries_[position].resource().compare(0, resource.size(), resource) != 0) continue;
      progress::v1::ProvenEntry& proven = *evidence.add_entries();
      proven.set_log(name_);
      proven.mutable_stored()->set_position(position);
      proven.mutable_stored()->set_entry(entries_[position].SerializeAsString());
      proof.index = position;
      proof.hashes = *ledger::InclusionProof(position, size, hashes);
      proven.set_proof(Format(proof));
    }
  }

  std::string key() const { return key_.verifier().ToString(); }

 private:
  const std::string name_;
  const ledger::SigningKey key_;
  std::vector<log::v1::Entry> entries_;
  ledger::testing::TileStore tree_;
};

class MadeCity {
 public:
  MadeCity() {
    Catalog(R"(plan_created { name: "plans/strategy" title: "総合戦略" levels: "目標" rule { method: "ratio/1"
        on_track_percent { value: "100" } mostly_on_track_percent { value: "97" } } })");
    const std::string proposed = "direction: DIRECTION_INCREASE direction_unconfirmed: true";
    Kpi("created", "unconfirmed", "火災発生件数", "件", proposed);
    Kpi("created", "confirmed", "浸水件数", "件", proposed);
    Kpi("updated", "confirmed", "浸水件数", "件", "direction: DIRECTION_DECREASE");
    Kpi("created", "taken-back", "刑法犯認知件数", "件", proposed);
    Kpi("updated", "taken-back", "刑法犯認知件数", "件", "direction: DIRECTION_INCREASE");
    Kpi("updated", "taken-back", "刑法犯認知件数", "件", proposed);
    Kpi("created", "qualified", "延べ利用者数", "人", "direction: DIRECTION_INCREASE");
    Kpi("created", "by-words", "放課後子供教室数", "校", "direction: DIRECTION_INCREASE");
    for (const char* kpi : {"unconfirmed", "confirmed", "taken-back"}) {
      Target(kpi, R"(number { value { value: "25" } unit: "件" })");
      Actual(kpi, R"(value { number { value { value: "31" } unit: "件" } })");
    }
    Target("qualified",
           R"(number { value { value: "60" } unit: "人" } qualifier: QUALIFIER_AT_LEAST note: "累計")");
    Actual("qualified", R"(value { number { value { value: "60" } unit: "人" } qualifier: QUALIFIER_AT_MOST
        note: "速報値" })");
    Target("by-words", R"(text: "全校で実施")");
    Actual("by-words", R"(value { text: "一部で実施" } by_words: true)");
  }

  JudgementEvidence Evidence(const std::string& kpi) {
    JudgementEvidence evidence;
    const std::string name = "plans/strategy/kpis/" + kpi;
    evidence.set_format("seisaku-evidence/2");
    evidence.set_evaluation(name + "/evaluations/2022");
    catalog_.AddProven(name, evidence);
    if (evidence.entries_size() == 0) return evidence;
    JudgementEvidence of_rule;
    catalog_.AddProven("plans/strategy", of_rule);
    *evidence.add_entries() = of_rule.entries(0);
    progress_.AddProven(name, evidence);
    return evidence;
  }

  std::string Keys() const { return catalog_.key() + "\n" + progress_.key() + "\n"; }

 private:
  void Catalog(const std::string& text) {
    const auto event = EventOf<catalog::v1::Event>(text);
    catalog_.Add(catalog::EventType(event), catalog::EventResource(event), event.SerializeAsString());
  }
  void Kpi(const char* how, const char* id, const char* title, const char* unit, const std::string& rest) {
    Catalog(fmt::format(R"(kpi_{} {{ name: "plans/strategy/kpis/{}" node: "plans/strategy/nodes/goal"
        title: "{}" unit: "{}" order: 1 {} }})",
                        how, id, title, unit, rest));
  }
  void Target(const char* kpi, const char* value) {
    Catalog(fmt::format(R"(target_set {{ kpi: "plans/strategy/kpis/{}" target {{ reporting_year: 2022
        values {{ value {{ {} }} }} }} }})",
                        kpi, value));
  }
  void Actual(const char* kpi, const char* rest) {
    const auto event = EventOf<progress::v1::Event>(fmt::format(
        R"(actual_recorded {{ kpi: "plans/strategy/kpis/{}" reporting_year: 2022 {} }})", kpi, rest));
    progress_.Add(progress::EventType(event), fmt::format("plans/strategy/kpis/{}/actuals/2022", kpi),
                  event.SerializeAsString());
  }

  MadeLog catalog_{"catalog"};
  MadeLog progress_{"progress"};
};

MadeCity& City() {
  static auto& city = *new MadeCity;
  return city;
}

}  // namespace

JudgementEvidence MadeEvidence(std::string_view name) { return City().Evidence(std::string(name)); }

std::string MadeKeys() { return City().Keys(); }

}  // namespace seisaku::auditor
