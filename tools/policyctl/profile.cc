#include "tools/policyctl/profile.h"

#include <filesystem>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "services/base/files.h"
#include "services/base/status.h"
#include "toml++/toml.h"
#include "tools/policyctl/expectations.h"

namespace seisaku::policyctl {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxBytes = 1 << 20;

absl::Status ProfileError(std::string_view reason, const std::string& message, Metadata metadata) {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason, message, std::move(metadata));
}

absl::Status Invalid(const std::string& file, const std::string& key, const Expectation& expectation,
                     Metadata more) {
  Metadata metadata = ToMetadata(expectation, {{"file", file}, {"key", key}});
  metadata.insert(metadata.end(), more.begin(), more.end());
  return ProfileError("PROFILES_INVALID", fmt::format("{}: {}: {}", file, key, Describe(expectation, {})),
                      std::move(metadata));
}

absl::StatusOr<toml::table> ReadToml(const std::string& file) {
  const absl::StatusOr<std::string> content = ReadRegularFile(file, kMaxBytes, Links::kFollow);
  if (!content.ok())
    return ProfileError("PROFILES_MISSING", fmt::format("there is no profiles file {}", file),
                        {{"file", file}});
  try {
    return toml::parse(*content, file);
  } catch (const toml::parse_error& error) {
    return Invalid(
        file, "TOML", expected::TOML,
        {{"line", fmt::to_string(error.source().begin.line)}, {"why", std::string(error.description())}});
  }
}

// Which table is wanted; "" where nothing says so.
std::string ChooseName(const ProfileChoice& choice, const Environment& environment, const toml::table& file) {
  if (!choice.name.empty()) return choice.name;
  if (std::string named = environment("SEISAKU_PROFILE"); !named.empty()) return named;
  if (!choice.preferred.empty() && file["profiles"][choice.preferred].is_table()) return choice.preferred;
  return file["default"].value_or(std::string());
}

absl::Status Unknown(const std::string& file, const std::string& name, const toml::table& toml) {
  std::vector<std::string> known;
  if (const toml::table* profiles = toml["profiles"].as_table()) {
    for (const auto& [key, value] : *profiles) known.emplace_back(key.str());
  }
  const std::string all = absl::StrJoin(known, ", ");
  if (name.empty())
    return ProfileError("PROFILE_NOT_CHOSEN", fmt::format("{} names no default profile", file),
                        {{"file", file}, {"known", all}});
  return ProfileError("PROFILE_UNKNOWN", fmt::format("{} has no profile \"{}\"", file, name),
                      {{"file", file}, {"profile", name}, {"known", all}});
}

// One profile's table, with what is needed to read it.
class Reader {
 public:
  Reader(const std::string& file, const std::string& name, const toml::table& table)
      : file_(file), name_(name), table_(table) {}

  std::string Optional(std::string_view key) const { return table_[key].value_or(std::string()); }

  absl::StatusOr<std::string> Path(std::string_view key) const {
    const std::string path = Optional(key);
    if (path.empty()) return Missing(key);
    return (fs::path(file_).parent_path() / path).string();
  }

  // host:port, given or in a file that the service wrote.
  absl::StatusOr<std::string> Address(const std::string& key) const {
    if (std::string given = Optional(key); !given.empty()) return given;
    const std::string file_key = key + "_address_file";
    if (Optional(file_key).empty()) return Missing(key);
    ASSIGN_OR_RETURN(const std::string file, Path(file_key));
    const auto content = ReadRegularFile(file, kMaxBytes, Links::kFollow);
    const std::string lines = content.ok() ? *content : "";
    const std::string address(absl::StripAsciiWhitespace(lines.substr(0, lines.find('\n'))));
    if (address.empty())
      return ProfileError("ADDRESS_UNKNOWN", fmt::format("{} holds no address: {} is not running", file, key),
                          {{"file", file}, {"service", key}});
    return address;
  }

 private:
  absl::Status Missing(std::string_view key) const {
    return Invalid(file_, fmt::format("profiles.{}.{}", name_, key), expected::FILLED_IN, {});
  }

  const std::string& file_;
  const std::string& name_;
  const toml::table& table_;
};

}  // namespace

std::string FindProfilesFile(const ProfileChoice& choice, const Environment& environment) {
  if (!choice.file.empty()) return choice.file;
  if (std::string named = environment("SEISAKU_PROFILES"); !named.empty()) return named;
  std::string config = environment("XDG_CONFIG_HOME");
  if (config.empty()) config = environment("HOME") + "/.config";
  return config + "/seisaku/profiles.toml";
}

absl::StatusOr<Profile> LoadProfile(const ProfileChoice& choice, const Environment& environment) {
  const std::string file = FindProfilesFile(choice, environment);
  ASSIGN_OR_RETURN(const toml::table toml, ReadToml(file));
  Profile profile;
  profile.name = ChooseName(choice, environment, toml);
  const toml::table* table = toml["profiles"][profile.name].as_table();
  if (table == nullptr) return Unknown(file, profile.name, toml);

  const Reader reader(file, profile.name, *table);
  ASSIGN_OR_RETURN(profile.catalog, reader.Address("catalog"));
  ASSIGN_OR_RETURN(profile.progress, reader.Address("progress"));
  ASSIGN_OR_RETURN(profile.files.certificate, reader.Path("certificate"));
  ASSIGN_OR_RETURN(profile.files.key, reader.Path("key"));
  ASSIGN_OR_RETURN(profile.files.ca, reader.Path("ca"));
  profile.authority = reader.Optional("authority");
  profile.plan = reader.Optional("plan");
  return profile;
}

}  // namespace seisaku::policyctl
