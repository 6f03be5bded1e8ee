// Writes the seeds in corpus/: notes, checkpoints, logs and bundles that this project's own code makes.
// usage: fuzz_seeds FOLDER    the folder is tests/fuzz/corpus
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "seisaku/log/v1/log_event.pb.h"
#include "services/ledger/tree/note.h"
#include "tests/fuzz/keys.h"
#include "tests/fuzz/property.h"
#include "tests/unit/catalog_domain/catalog.h"
#include "tests/unit/progress_domain/city.h"
#include "tools/bundle/bundle.h"

namespace seisaku::fuzz {
namespace {

namespace fs = std::filesystem;
using log::v1::StoredEntry;

fs::path corpus;

void Write(const std::string& target, const std::string& name, const std::string& content) {
  fs::create_directories(corpus / target);
  std::ofstream(corpus / target / name, std::ios::binary | std::ios::trunc) << content;
}

// Commands of one event each, with their texts, as a ledger stores them.
class Log {
 public:
  void Add(const NewEvent& event) {
    log::v1::Entry entry;
    entry.set_event_id(fmt::format("01890000-0000-7000-8000-{:012}", entries_.size()));
    entry.set_type(event.type);
    entry.set_resource(event.resource);
    entry.mutable_recorded_at()->set_seconds(1'700'000'000 + static_cast<int64_t>(entries_.size()));
    entry.set_actor("seisaku://city/planner/sato");
    entry.set_request_id(fmt::format("01890000-0000-4000-8000-{:012}", entries_.size()));
    entry.set_request_digest(ledger::ToBytes(ledger::Sha256(event.payload)));
    entry.set_payload(event.payload);
    entry.set_command_size(1);
    StoredEntry& stored = entries_.emplace_back();
    stored.set_position(entries_.size() - 1);
    for (const std::string& content : event.texts) {
      log::v1::StoredText& text = *stored.add_texts();
      text.set_salt("0123456789abcdef");
      text.set_text(content);
      entry.add_texts()->set_salted_sha256(ledger::ToBytes(ledger::Sha256(text.salt() + text.text())));
    }
    stored.set_entry(entry.SerializeAsString());
  }

  void Add(const absl::StatusOr<std::vector<NewEvent>>& events) {
    RequireOk(events.status());
    for (const NewEvent& event : *events) Add(event);
  }

  // What the log says about itself.
  void Say(const std::string& action, const log::v1::LogEvent& event) {
    Add(NewEvent{"seisaku.log.v1.LogEvent/" + action, "log", event.SerializeAsString(), {"理由"}, {}});
  }

  // The first that has any, withdrawn by a further entry.
  void WithdrawTexts() {
    for (StoredEntry& stored : entries_) {
      if (stored.texts().empty()) continue;
      log::v1::LogEvent event;
      event.mutable_text_redacted()->set_position(stored.position());
      event.mutable_text_redacted()->mutable_reason();
      stored.mutable_texts(0)->Clear();
      return Say("text_redacted", event);
    }
  }

  const std::vector<StoredEntry>& entries() const { return entries_; }

 private:
  std::vector<StoredEntry> entries_;
};

constexpr const char* kCatalogChanges[] = {
    R"(update_plan { plan { name: "plans/p" title: "改" } update_mask { paths: "title" } })",
    R"(reason: "改正" set_rule { plan: "plans/p" rule { method: "baseline/1" on_track_percent { value: "90.5" }
       mostly_on_track_percent { value: "80" } } })",
    R"(update_node { node { name: "plans/p/nodes/n2" title: "改" } update_mask { paths: "title" } })",
    R"(move_node { name: "plans/p/nodes/n2" parent: "plans/p/nodes/n1" order: 4 })",
    R"(update_kpi { kpi { name: "plans/p/kpis/k1" title: "総人口" departments: "departments/d1" }
       update_mask { paths: "title" paths: "departments" } })",
    R"(update_department { department { name: "departments/d1" title: "課" } update_mask { paths: "title" } })",
    R"(reason: "統合" retire_kpi { name: "plans/p/kpis/k1" from_year: 2024 })",
    R"(reason: "終了" retire_node { name: "plans/p/nodes/n2" from_year: 2024 })",
    R"(reason: "改組" retire_department { name: "departments/d2" from_year: 2024 })",
};

Log CatalogLog() {
  catalog::Catalog catalog;
  catalog::HavePlan(catalog);
  Log log;
  for (const log::v1::Entry& entry : catalog.entries()) {
    log.Add(NewEvent{entry.type(), entry.resource(), entry.payload(), {}, {}});
  }
  for (const char* change : kCatalogChanges) {
    log.Add(catalog.Decide(change));
    catalog.Have(change);
  }
  return log;
}

Log ProgressLog() {
  using namespace progress;
  City city;
  Log log;
  for (const log::v1::Entry& entry : city.entries) {
    log.Add(NewEvent{entry.type(), entry.resource(), entry.payload(), {}, {}});
  }
  log.Add(city.Do(Record(Figure(kKpi, "18人"))));
  log.Add(city.Do(Record(Figure(kSchools, "93.5%", "小学校"))));
  log.Add(city.Do(Correct(Figure(kKpi, "19人"))));
  log.Add(city.Do(Say(kKpi, v1::NARRATIVE_KIND_ISSUES, "担い手が足りない")));
  log.Add(city.Do(Declare(kAccidents, type::v1::JUDGEMENT_ON_TRACK, {})));
  log.Add(city.Do(Retract(Figure(kKpi, "19人"))));
  city.catalog.SetTarget(kKpi, 2023, "30人", "見直し");
  log.Add(city.Do(city.catalog.Stretch(city.machine.state().catalog().size(), city.catalog.size()), Peer()));
  log.WithdrawTexts();
  return log;
}

Log ContinuedLog() {
  Log log;
  log::v1::LogEvent event;
  event.mutable_log_continued()->set_previous_origin("fuzz.example/lost");
  event.mutable_log_continued()->set_saved_size(17);
  event.mutable_log_continued()->mutable_reason();
  log.Say("log_continued", event);
  const Log saved = CatalogLog();
  for (const StoredEntry& stored : saved.entries()) {
    log::v1::Entry entry;
    entry.ParseFromString(stored.entry());
    std::vector<std::string> texts;
    for (const auto& text : stored.texts()) texts.push_back(text.text());
    log.Add(NewEvent{entry.type(), entry.resource(), entry.payload(), texts, {}});
  }
  log.WithdrawTexts();
  return log;
}

ledger::Frontier TreeOf(const Log& log) {
  ledger::Frontier frontier;
  for (const StoredEntry& stored : log.entries()) frontier.Append(ledger::LeafHash(stored.entry()));
  return frontier;
}

std::string NoteOf(const Log& log) {
  return *ledger::SignCheckpoint({LogKey().name(), log.entries().size(), TreeOf(log).Root()}, LogKey());
}

std::string ReadFile(const fs::path& path) {
  std::ostringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return std::move(content).str();
}

// All files of the bundle, as the target bundle takes them.
std::string BundleOf(const Log& log, int64_t max_file_bytes) {
  const fs::path folder = corpus / "new-bundle";
  auto writer = bundle::Writer::Open(folder.string(), LogKey().name(), max_file_bytes);
  RequireOk(writer.status());
  for (const StoredEntry& stored : log.entries()) RequireOk(writer->Add(stored));
  const uint64_t size = log.entries().size();
  RequireOk(writer->Finish({LogKey().name(), size, TreeOf(log).Root()}, NoteOf(log)));
  std::string all;
  for (const std::string name : {"manifest.json", "checkpoint"}) {
    all += (all.empty() ? "" : "\n==== next file ====\n") + ReadFile(folder / name);
  }
  for (uint64_t start = 0; start < size; ++start) {
    const fs::path path = folder / fmt::format("entries-{}.binpb", start);
    if (fs::exists(path)) all += "\n==== next file ====\n" + ReadFile(path);
  }
  fs::remove_all(folder);
  return all;
}

void WriteLogs(const std::string& name, const Log& log) {
  Write("entry", name, WriteLog(log.entries()));
  Write("bundle", name, BundleOf(log, bundle::kMaxFileBytes));
  if (log.entries().size() < 20) Write("bundle", name + "-in-files", BundleOf(log, 1));
}

void WriteNotes(const Log& log) {
  const std::string note = NoteOf(log);
  Write("note", "checkpoint", note);
  Write("note", "cosigned", *ledger::CosignNote(note, CosignerKey(), absl::FromUnixSeconds(1'700'000'000)));
  Write("note", "paragraphs", *ledger::SignNote("伊勢崎市\n\nthe second paragraph\n", LogKey()));
  std::string often = note;
  for (size_t more = 1; more < ledger::kMaxNoteSignatures; ++more)
    often += fmt::format("\u2014 a {}\n", ledger::ToBase64("stranger"));
  Write("note", "strangers", often);
  Write("note", "text", "only a text\n\nwithout a signature\n");
  Write("checkpoint", "checkpoint", note.substr(0, note.find("\n\n") + 1));
  Write("checkpoint", "signed", note);
  Write("checkpoint", "verifier", LogKey().verifier().ToString());
  Write("checkpoint", "cosigner", CosignerKey().verifier().ToString());
  Write("checkpoint", "secret", LogKey().ToSecretString());
  Write("checkpoint", "base64", ledger::ToBase64(ledger::ToBytes(TreeOf(log).Root())));
  Write("checkpoint", "name", std::string(40, '\1') + "origin.example/log");
}

// One input for each kind of check, of bytes that a generator gives: the target reads sizes and changes out
// of them.
void WriteProofs() {
  for (char kind = 0; kind < 5; ++kind) {
    std::string bytes;
    for (unsigned i = 1, value = 7; i < 64; ++i)
      bytes.push_back(static_cast<char>((value = value * 109 + i) >> 3));
    Write("proof", fmt::format("kind-{}", static_cast<int>(kind)), bytes + kind);
  }
}

void WriteAll() {
  const Log catalog = CatalogLog(), progress = ProgressLog(), continued = ContinuedLog();
  WriteNotes(catalog);
  WriteProofs();
  WriteLogs("catalog", catalog);
  WriteLogs("progress", progress);
  WriteLogs("continued", continued);
  WriteLogs("empty", Log());
  Write("catalog", "plan", WriteLog(catalog.entries()));
  Write("catalog", "continued", WriteLog(continued.entries()));
  Write("progress", "city", WriteLog(progress.entries()));
}

}  // namespace
}  // namespace seisaku::fuzz

int main(int count, char** arguments) {
  seisaku::fuzz::Require(count == 2);
  seisaku::fuzz::corpus = arguments[1];
  seisaku::fuzz::WriteAll();
}
