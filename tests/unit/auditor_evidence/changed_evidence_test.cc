// Whatever is changed in a file of evidence, alone or in pairs: it is refused, or nothing about it is claimed
// as proven. Every leaf and every element is walked, so that fields which come later are tried as well.
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <variant>

#include "absl/strings/str_replace.h"
#include "fmt/format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/status.h"
#include "tests/support/matchers.h"
#include "tests/unit/auditor_evidence/evidence_files.h"

namespace seisaku::auditor {
namespace {

// Of one log at one size: what one of them has, may stand in another.
constexpr const char* kFiles[] = {"judged", "other-kpi", "other-year", "earlier", "components", "retracted"};
// The same of the made city's.
constexpr const char* kMade[] = {"unconfirmed", "confirmed", "taken-back", "qualified", "by-words"};
// The same, of a larger log.
constexpr char kOfOtherSize[] = "other-size";

bool IsFull() {
  const char* scale = std::getenv("SEISAKU_SCALE");
  return scale != nullptr && std::string_view(scale) == "full";
}

// The way to a value: names of fields and indexes.
using Step = std::variant<std::string, int>;
using Path = std::vector<Step>;

std::string Text(const Path& path) {
  std::string text;
  for (const Step& step : path) {
    const auto* name = std::get_if<std::string>(&step);
    text += name != nullptr ? "." + *name : fmt::format("[{}]", std::get<int>(step));
  }
  return text;
}

// nullptr where there is nothing.
Json* At(Json& root, const Path& path) {
  Json* at = &root;
  for (const Step& step : path) {
    if (const auto* name = std::get_if<std::string>(&step)) {
      auto& fields = *at->mutable_struct_value()->mutable_fields();
      const auto found = fields.find(*name);
      if (found == fields.end()) return nullptr;
      at = &found->second;
    } else {
      auto& values = *at->mutable_list_value()->mutable_values();
      if (std::get<int>(step) >= values.size()) return nullptr;
      at = values.Mutable(std::get<int>(step));
    }
  }
  return at;
}

void Walk(const Json& value, Path& path, std::vector<Path>& paths) {
  if (!path.empty()) paths.push_back(path);
  if (value.has_struct_value()) {
    std::set<std::string> names;  // a map has no order
    for (const auto& [name, one] : value.struct_value().fields()) names.insert(name);
    for (const std::string& name : names) {
      path.emplace_back(name);
      Walk(value.struct_value().fields().at(name), path, paths);
      path.pop_back();
    }
  } else if (value.has_list_value()) {
    for (int i = 0; i < value.list_value().values_size(); ++i) {
      path.emplace_back(i);
      Walk(value.list_value().values(i), path, paths);
      path.pop_back();
    }
  }
}

std::vector<Path> PathsIn(const Json& root) {
  Path path;
  std::vector<Path> paths;
  Walk(root, path, paths);
  return paths;
}

struct Mutation {
  Path path;
  std::string what;
  std::optional<Json> value;  // nullopt: taken out
  bool is_added = false;      // to the list at `path`

  std::string Name() const { return Text(path) + " " + what; }

  // Whether there was something to change.
  bool Apply(Json& root) const {
    Json* at = At(root, path);
    if (is_added) {
      if (at == nullptr || !at->has_list_value()) return false;
      *at->mutable_list_value()->add_values() = *value;
      return true;
    }
    if (at == nullptr) return false;
    if (value) {
      *at = *value;
      return true;
    }
    Path above = path;
    above.pop_back();
    Json& holder = *At(root, above);
    if (const auto* name = std::get_if<std::string>(&path.back())) {
      holder.mutable_struct_value()->mutable_fields()->erase(*name);
    } else {
      holder.mutable_list_value()->mutable_values()->DeleteSubrange(std::get<int>(path.back()), 1);
    }
    return true;
  }
};

Json OfString(const std::string& text) {
  Json json;
  json.set_string_value(text);
  return json;
}

// Other values of a leaf's kind.
std::vector<Json> OtherValues(const Json& leaf) {
  std::vector<Json> values;
  if (leaf.has_string_value()) {
    const std::string& text = leaf.string_value();
    values = {OfString(""), OfString(text + "0"), OfString(text + "\n"), OfString("\x1b[2J\xe2\x80\xae")};
    for (const size_t i : {size_t{0}, text.size() / 2, text.size() - 1}) {
      if (text.empty()) break;
      std::string changed = text;
      if (static_cast<signed char>(changed[i]) < 0) continue;  // inside a character
      changed[i] = changed[i] == 'A' ? 'B' : 'A';
      values.push_back(OfString(changed));
      changed[i] = text[i] == '1' ? '2' : '1';
      values.push_back(OfString(changed));
    }
  } else if (leaf.kind_case() == Json::kNumberValue) {
    for (const double number : {0.0, 1.0, leaf.number_value() + 1}) {
      values.emplace_back().set_number_value(number);
    }
  } else if (leaf.kind_case() == Json::kBoolValue) {
    values.emplace_back().set_bool_value(!leaf.bool_value());
  }
  return values;
}

// Every single change: of `base`, each value is taken out, replaced by others of its kind, and by what stands
// there in each of the `donors`; each list gets an element twice, and the elements of the donors' list.
std::vector<Mutation> MutationsOf(const Json& base, const std::map<std::string, Json>& donors) {
  std::vector<Mutation> all;
  Json root = base;
  for (const Path& path : PathsIn(base)) {
    const Json& here = *At(root, path);
    all.push_back({path, "taken out", std::nullopt});
    for (const Json& value : OtherValues(here))
      all.push_back({path, "= " + Write(value).substr(0, 40), value});
    if (here.has_list_value() && here.list_value().values_size() > 0) {
      all.push_back({path, "twice", here.list_value().values(0), true});
    }
    for (const auto& [name, donor] : donors) {
      Json other = donor;
      const Json* there = At(other, path);
      if (there != nullptr) all.push_back({path, "of " + name, *there});
      if (there == nullptr || !there->has_list_value()) continue;
      for (int i = 0; i < there->list_value().values_size(); ++i) {
        const std::string from = fmt::format("[{}] of {}", i, name);
        all.push_back({path, "with " + from, there->list_value().values(i), true});
        for (int at = 0; at < here.list_value().values_size(); ++at) {
          Path element = path;
          element.emplace_back(at);
          all.push_back({element, "= " + from, there->list_value().values(i)});
        }
      }
    }
  }
  return all;
}

// What is really in the logs, as the untouched files show it.
class Truth {
 public:
  Truth() {
    for (const char* name : kFiles) Take(name);
    for (const char* name : kMade) Take(name);
    Take(kOfOtherSize);
  }

  // Why what is printed as proven is not; "" where all of it is.
  std::string Objection(const Json& printed) const {
    const Json& proven = Field(printed, "proven");
    for (const auto& [name, value] : proven.struct_value().fields()) {
      if (name != "logs" && name != "entries" && name != "ifTheseWereAll") return "it proves " + name;
    }
    for (const Json& log : Field(proven, "logs").list_value().values()) {
      Json bare = log;
      const auto cosigned = Take(bare, "cosignatures");
      const auto known = logs_.find(Write(bare));
      if (known == logs_.end()) return "no such log: " + Write(log);
      for (const Json& one : cosigned.list_value().values()) {
        if (!known->second.contains(Write(one))) return "nobody cosigned so: " + Write(one);
      }
    }
    std::vector<std::string> places;
    for (const Json& entry : Field(proven, "entries").list_value().values()) {
      Json bare = entry;
      const auto texts = Take(bare, "texts");
      const auto known = entries_.find(Write(bare));
      if (known == entries_.end()) return "no such entry: " + Write(entry);
      for (const Json& text : texts.list_value().values()) {
        if (!known->second.contains(Write(text))) return "no such text: " + Write(text);
      }
      places.push_back(PlaceOf(Field(entry, "log"), PositionOf(entry), proven));
    }
    Json follows = Field(proven, "ifTheseWereAll");
    return WithoutWords(std::move(follows)) == FollowsFrom(Field(printed, "evaluation"), places)
               ? ""
               : "that does not follow: " + Write(Field(proven, "ifTheseWereAll"));
  }

 private:
  static Json Take(Json& object, const std::string& name) {
    auto& fields = *object.mutable_struct_value()->mutable_fields();
    Json taken = fields.contains(name) ? fields.at(name) : Json();
    fields.erase(name);
    return taken;
  }
  // "catalog 12 of 214".
  static std::string PlaceOf(const Json& log, const std::string& position, const Json& proven) {
    for (const Json& one : Field(proven, "logs").list_value().values()) {
      if (Write(Field(one, "log")) != Write(log)) continue;
      return fmt::format("{} {} of {}", log.string_value(), position, Field(one, "size").string_value());
    }
    return "";
  }
  // A text may be missing, and then it is not shown.
  static std::string WithoutWords(Json follows) {
    if (HasField(follows, "official")) Take(Field(follows, "official"), "differenceReason");
    return Write(follows);
  }

  void Take(const char* name) {
    const Json file = EvidenceFile(name, kFormat2);
    const absl::StatusOr<Json> printed = Verify(file);
    if (!printed.ok()) {
      ADD_FAILURE() << name << ": " << printed.status();
      return;
    }
    const Json& proven = Field(*printed, "proven");
    for (const Json& entry : Field(file, "entries").list_value().values()) {
      files_[PlaceOf(Field(entry, "log"), PositionOf(Field(entry, "stored")), proven)] = entry;
    }
    for (const Json& log : Field(proven, "logs").list_value().values()) {
      Json bare = log;
      const Json cosigned = Take(bare, "cosignatures");
      auto& known = logs_[Write(bare)];
      for (const Json& one : cosigned.list_value().values()) known.insert(Write(one));
    }
    for (const Json& entry : Field(proven, "entries").list_value().values()) {
      Json bare = entry;
      const Json texts = Take(bare, "texts");
      auto& known = entries_[Write(bare)];
      for (const Json& text : texts.list_value().values()) known.insert(Write(text));
    }
  }

  // What the untouched entries of these places come to.
  std::string FollowsFrom(const Json& evaluation, const std::vector<std::string>& places) const {
    Json file;
    auto& fields = *file.mutable_struct_value()->mutable_fields();
    fields["format"].set_string_value(kFormat2);
    fields["evaluation"] = evaluation;
    fields["entries"].mutable_list_value();
    for (const std::string& place : places) AddEntry(file, files_.at(place));
    const absl::StatusOr<Json> printed = Verify(file);
    return printed.ok() ? WithoutWords(Field(Field(*printed, "proven"), "ifTheseWereAll"))
                        : std::string(printed.status().message());
  }

  std::map<std::string, std::set<std::string>> logs_;     // without cosignatures, and those
  std::map<std::string, std::set<std::string>> entries_;  // without texts, and those
  std::map<std::string, Json> files_;                     // the entries as the files have them, by place
};

// What a refusal may say: not that something inside broke.
bool IsRefusal(const absl::Status& status) {
  static const std::set<std::string> reasons = {"EVIDENCE_INVALID",  "PROOF_INVALID",   "MALFORMED",
                                                "SIGNATURE_INVALID", "LOG_KEY_MISSING", "SIGNATURE_MISSING"};
  return reasons.contains(ReasonOf(status));
}

class ChangedEvidenceTest : public testing::TestWithParam<std::tuple<const char*, const char*>> {
 protected:
  static const Truth& truth() {
    static const auto& truth = *new Truth;
    return truth;
  }

  ChangedEvidenceTest() {
    const auto& [name, format] = GetParam();
    base_ = EvidenceFile(name, format);
    const auto is_this = [name = name](const char* other) { return other == std::string_view(name); };
    const bool is_made = std::any_of(std::begin(kMade), std::end(kMade), is_this);
    const auto add = [&, format = format](const char* other) {
      if (!is_this(other)) donors_[other] = EvidenceFile(other, format);
    };
    if (is_made) std::for_each(std::begin(kMade), std::end(kMade), add);
    if (!is_made) std::for_each(std::begin(kFiles), std::end(kFiles), add);
    donors_[kOfOtherSize] = EvidenceFile(kOfOtherSize, format);
    mutations_ = MutationsOf(base_, donors_);
    const absl::StatusOr<Json> printed = Verify(base_);
    EXPECT_THAT(printed.status(), IsOk());
    if (printed.ok()) proven_ = Write(Field(*printed, "proven"));
  }

  // Counts what was refused and what changed nothing. Where the entries are those of the file, all that is
  // proven is as it was.
  void Check(const Json& changed, const std::string& how) {
    const absl::StatusOr<Json> printed = Verify(changed);
    if (!printed.ok()) {
      EXPECT_TRUE(IsRefusal(printed.status())) << how << ": " << printed.status();
      ++refused_;
      return;
    }
    if (Write(Field(*printed, "proven")) == proven_) {
      ++untouched_;
      return;
    }
    ++other_;
    EXPECT_NE(Write(Field(changed, "entries")), Write(Field(base_, "entries"))) << how;
    EXPECT_EQ(truth().Objection(*printed), "") << how;
  }

  void TellCounts(const char* what, uint64_t seed) const {
    std::cout << fmt::format(
        "{}, {}: {} {} (seed {}): {} refused, {} claim the same, {} claim less or another truth\n",
        std::get<0>(GetParam()), std::get<1>(GetParam()), refused_ + untouched_ + other_, what, seed,
        refused_, untouched_, other_);
  }

  Json base_;
  std::map<std::string, Json> donors_;
  std::vector<Mutation> mutations_;
  std::string proven_;
  int refused_ = 0, untouched_ = 0, other_ = 0;
};

TEST_P(ChangedEvidenceTest, EachChangeIsRefusedOrProvesNothingNew) {
  for (const Mutation& mutation : mutations_) {
    Json changed = base_;
    ASSERT_TRUE(mutation.Apply(changed)) << mutation.Name();
    Check(changed, mutation.Name());
  }
  TellCounts("changes", 0);
  EXPECT_GT(refused_, untouched_ + other_);
  EXPECT_GT(untouched_, 0) << "the walk did not reach what says nothing";
}

TEST_P(ChangedEvidenceTest, TwoChangesAtATimeAreRefusedOrProveNothingNew) {
  const uint64_t seed = IsFull() ? std::random_device()() : 14;
  std::mt19937_64 random(seed);
  const int count = IsFull() ? 20'000 : 1'000;
  for (int i = 0; i < count; ++i) {
    const Mutation& first = mutations_[random() % mutations_.size()];
    const Mutation& second = mutations_[random() % mutations_.size()];
    Json changed = base_;
    if (!first.Apply(changed) || !second.Apply(changed)) continue;  // the one took the other's place away
    Check(changed, fmt::format("seed {}: {}, {}", seed, first.Name(), second.Name()));
    if (HasFailure()) break;
  }
  TellCounts("pairs", seed);
}

TEST(ToldJudgementTest, ShowsInNothingThatIsPrinted) {
  for (const char* name : {"judged", "other-kpi", "other-year", "earlier", "components"}) {
    ASSERT_OK_AND_ASSIGN(const Json printed, Verify(EvidenceFile(name, kFormat1)));
    ASSERT_OK_AND_ASSIGN(const Json of_entries_alone, Verify(EvidenceFile(name, kFormat2)));
    EXPECT_EQ(Write(printed), Write(of_entries_alone)) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Files, ChangedEvidenceTest,
                         testing::Combine(testing::Values("judged", "components", "earlier"),
                                          testing::Values(kFormat1, kFormat2)),
                         [](const auto& info) {
                           return fmt::format("{}{}", std::get<0>(info.param),
                                              std::get<1>(info.param) == std::string_view(kFormat1) ? 1 : 2);
                         });

INSTANTIATE_TEST_SUITE_P(Made, ChangedEvidenceTest,
                         testing::Combine(testing::ValuesIn(kMade), testing::Values(kFormat2)),
                         [](const auto& info) {
                           const std::string name = std::get<0>(info.param);
                           return absl::StrReplaceAll(name, {{"-", ""}});
                         });

}  // namespace
}  // namespace seisaku::auditor
