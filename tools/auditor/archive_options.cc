#include "tools/auditor/archive_options.h"

#include "services/base/status.h"
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
  if (options.trust.empty()) {
    session.Note(session.In(kUntrusted));
    return ArchivedCity::Open(options.bundle, Unsigned, as_of.value_or(type::v1::AsOf()));
  }
  ASSIGN_OR_RETURN(const bundle::Trust trust, bundle::Trust::Read(options.trust));
  return ArchivedCity::Open(
      options.bundle, [&](const std::string& note) { return trust.Open(note); },
      as_of.value_or(type::v1::AsOf()));
}

}  // namespace seisaku::auditor
