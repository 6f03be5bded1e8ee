#include "tools/auditor/archive_options.h"

#include "fmt/format.h"
#include "services/base/status.h"
#include "services/base/timestamp.h"
#include "tools/auditor/trust_option.h"
#include "tools/bundle/trust.h"
#include "tools/policyctl/arguments.h"

namespace seisaku::auditor {
namespace {

using policyctl::Text;

constexpr Text kBundleArgument = {"Folder that `auditor export` wrote",
                                  "`auditor export` が書き出したフォルダー"};
constexpr Text kUntrusted = {
    "Without --trust the signatures are not checked: what follows is only what the files say.",
    "--trust がないため署名を確かめていません。以下はファイルの内容そのままです。"};

constexpr Text kNothingYet = {"Nothing had been recorded up to {}.",
                              "{} までには、まだ何も記録されていません。"};

// What the note says, whoever signed it.
absl::StatusOr<ledger::Checkpoint> Unsigned(const std::string& note) {
  return ledger::ParseCheckpoint(std::string_view(note).substr(0, note.find("\n\n") + 1));
}

}  // namespace

void AddArchiveOptions(const policyctl::CommandLine& line, CLI::App& command, ArchiveOptions& options) {
  command.add_option("BUNDLE", options.bundle, line.In(kBundleArgument))->required();
  AddTrustOption(line, command, options.trust);
}

absl::StatusOr<std::unique_ptr<ArchivedCity>> OpenArchive(policyctl::Session& session,
                                                          const ArchiveOptions& options,
                                                          const std::string& to) {
  ASSIGN_OR_RETURN(const auto as_of, policyctl::ParseAsOf(to));
  ASSIGN_OR_RETURN(const bundle::Trust trust, bundle::Trust::Read(options.trust));
  if (options.trust.empty()) session.Note(session.In(kUntrusted));
  const auto open = [&](const std::string& note) {
    return options.trust.empty() ? Unsigned(note) : trust.Open(note);
  };
  ASSIGN_OR_RETURN(auto city, ArchivedCity::Open(options.bundle, open, as_of.value_or(type::v1::AsOf())));
  const bool is_empty = city->catalog().size() == 0 && city->progress().size() == 0;
  if (is_empty && !to.empty()) session.Note(session.Say(kNothingYet, to));
  return city;
}

absl::Status CheckOrder(const std::string& from, const std::string& to) {
  ASSIGN_OR_RETURN(const auto first, policyctl::ParseAsOf(from));
  ASSIGN_OR_RETURN(const auto last, policyctl::ParseAsOf(to));
  if (!first || !last || first->at_case() != last->at_case()) return absl::OkStatus();
  const bool in_order =
      first->has_size() ? first->size() <= last->size() : ToMicros(first->time()) <= ToMicros(last->time());
  if (in_order) return absl::OkStatus();
  return MakeError(absl::StatusCode::kInvalidArgument, "FROM_AFTER_TO",
                   fmt::format("{} is later than {}", from, to), {{"from", from}, {"to", to}});
}

}  // namespace seisaku::auditor
