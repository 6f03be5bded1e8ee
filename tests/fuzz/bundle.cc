// A bundle whose every file is the input's: manifest, checkpoint, and the files of entries, with kBetween
// between them.
#include "tools/bundle/bundle.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "services/base/status.h"
#include "tests/fuzz/keys.h"
#include "tests/fuzz/mutate.h"
#include "tests/fuzz/property.h"
#include "tools/bundle/forensic.h"

namespace seisaku::fuzz {
namespace {

namespace fs = std::filesystem;
using bundle::EntryCheck;
using bundle::Reader;
using bundle::Writer;

constexpr std::string_view kBetween = "\n==== next file ====\n";

std::vector<std::string> Split(std::string_view input) {
  std::vector<std::string> files;
  for (size_t end; (end = input.find(kBetween)) != std::string_view::npos;) {
    files.emplace_back(input.substr(0, end));
    input.remove_prefix(end + kBetween.size());
  }
  files.emplace_back(input);
  return files;
}

std::string Join(const std::vector<std::string>& files) {
  std::string input = files[0];
  for (size_t i = 1; i < files.size(); ++i) input.append(kBetween).append(files[i]);
  return input;
}

// One folder for all inputs of this program.
class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "fuzz-bundle-XXXXXX").string();
    Require(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~Folder() { fs::remove_all(path_); }

  void Write(const std::string& name, std::string_view content) const {
    std::ofstream file(path_ / name, std::ios::binary | std::ios::trunc);
    Require(
        static_cast<bool>(file.write(content.data(), static_cast<std::streamsize>(content.size())).flush()));
  }
  void Remove(const std::string& name) const { fs::remove(path_ / name); }
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

// As the writer names files of one entry each.
std::string NameOf(size_t file) {
  return file == 0 ? "manifest.json" : file == 1 ? "checkpoint" : fmt::format("entries-{}.binpb", file - 2);
}

void RequireClearIfAny(const absl::Status& status) {
  if (!status.ok()) RequireClear(status);
}

// Whether every entry passes, and the tree of them.
struct Seen {
  absl::Status each;
  absl::Status check;
  ledger::Frontier frontier;
};

Seen See(const Reader& reader) {
  Seen seen;
  EntryCheck check;
  std::vector<std::pair<Reader::Place, std::string>> places;
  seen.each = reader.ForEach([&](log::v1::StoredEntry& entry, const Reader::Place& place) {
    if (seen.check.ok()) seen.check = check.Take(entry).status();
    seen.frontier.Append(ledger::LeafHash(entry.entry()));
    places.emplace_back(place, entry.SerializeAsString());
    return absl::OkStatus();
  });
  RequireClearIfAny(seen.each);
  if (seen.check.ok()) seen.check = check.Finish();
  // A few do, opening files takes its time.
  for (uint64_t position = 0; position < places.size(); position += 1 + places.size() / 3) {
    const auto again = reader.ReadAt(position, places[position].first);
    RequireOk(again.status());
    Require(again->SerializeAsString() == places[position].second);
  }
  return seen;
}

// The same folder with a checkpoint that this key signs: of the manifest's size, and of what root.
absl::StatusOr<Reader> OpenSigned(const Folder& folder, uint64_t size, const ledger::Hash& root) {
  folder.Write("checkpoint", *ledger::SignCheckpoint({LogKey().name(), size, root}, LogKey()));
  return Reader::Open(folder.path(), LogKey().verifier());
}

// A checkpoint cannot be guessed; with one that is signed, the bundle is whole exactly where its entries are.
void CheckEntries(const Folder& folder, const std::string& json) {
  log::v1::BundleManifest manifest;
  if (!google::protobuf::util::JsonStringToMessage(json, &manifest).ok()) return;
  const auto first = OpenSigned(folder, manifest.size(), ledger::EmptyRoot());
  if (!first.ok()) return RequireClear(first.status());
  const Seen seen = See(*first);
  if (manifest.size() > 0) RequireClear(first->Verify());
  if (seen.each.ok()) Require(seen.frontier.size() == manifest.size());

  const auto whole = OpenSigned(folder, manifest.size(), seen.frontier.Root());
  RequireOk(whole.status());
  const absl::Status verified = whole->Verify();
  RequireClearIfAny(verified);
  Require(verified.ok() == (seen.each.ok() && seen.check.ok()));
}

void CheckBundle(const std::vector<std::string>& files) {
  static const Folder folder;
  for (size_t i = 0; i < files.size(); ++i) folder.Write(NameOf(i), files[i]);
  const auto reader = Reader::Open(folder.path(), LogKey().verifier());
  if (reader.ok()) {
    const Seen seen = See(*reader);
    const absl::Status verified = reader->Verify();
    RequireClearIfAny(verified);
    const bool whole = seen.each.ok() && seen.check.ok() && seen.frontier.Root() == reader->checkpoint().root;
    Require(verified.ok() == whole);
  } else {
    RequireClear(reader.status());
  }
  CheckEntries(folder, files[0]);
  const auto forensic = bundle::ForensicReader::Open(folder.path());
  RequireClearIfAny(forensic.ok() ? forensic->ForEach([](log::v1::StoredEntry&) { return absl::OkStatus(); })
                                  : forensic.status());
  // Without its manifest it is what a writer left that was ended, and another one goes on there.
  folder.Remove(NameOf(0));
  RequireClearIfAny(Writer::Open(folder.path(), LogKey().name()).status());
  for (size_t i = 0; i < files.size(); ++i) folder.Remove(NameOf(i));
}

}  // namespace
}  // namespace seisaku::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  seisaku::fuzz::CheckBundle(seisaku::fuzz::Split({reinterpret_cast<const char*>(data), size}));
  return 0;
}

// A change in one of the files, those of entries keeping their form.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  using namespace seisaku::fuzz;
  std::minstd_rand random(seed);
  auto files = Split({reinterpret_cast<const char*>(data), size});
  if (files.size() <= 2 || random() % 3 == 0) return LLVMFuzzerMutate(data, size, max_size);
  std::string& file = files[2 + random() % (files.size() - 2)];
  file = MutateLog(file, random);
  const std::string changed = Join(files);
  if (changed.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::copy(changed.begin(), changed.end(), data);
  return changed.size();
}
