#include "tools/auditor/verify/bundle_source.h"

#include <charconv>
#include <filesystem>
#include <utility>

#include "services/base/status.h"
#include "services/progress/domain/catalog_copy.h"
#include "tools/bundle/bundle.h"

namespace seisaku::auditor {
namespace {

// The position that an error of a bundle names.
std::optional<uint64_t> PositionOf(const absl::Status& status) {
  const auto info = GetErrorInfo(status);
  if (!info || info->metadata().count("position") == 0) return std::nullopt;
  const std::string& text = info->metadata().at("position");
  uint64_t position = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), position).ec != std::errc())
    return std::nullopt;
  return position;
}

class BundledLog final : public LogSource, public LogTiles {
 public:
  BundledLog(LogKind kind, const std::string& folder, const bundle::Trust& trust)
      : kind_(kind),
        place_(folder),
        trust_(trust),
        reader_(bundle::Reader::Open(
            folder, [](const std::string& note) { return progress::CheckpointOfNote(note); })) {
    if (reader_.ok()) origin_ = reader_->checkpoint().origin;
  }

  LogKind kind() const override { return kind_; }
  const std::string& origin() const override { return origin_; }
  const std::string& place() const override { return place_; }
  LogTiles* tiles() override { return reader_.ok() ? this : nullptr; }
  std::optional<uint64_t> exported_size() const override {
    return reader_.ok() ? std::make_optional(reader_->checkpoint().size) : std::nullopt;
  }
  bool is_unfinished() const override { return bundle::IsUnfinished(place_); }
  // An export that was ended and gone on with has texts of before.
  bool may_keep_withdrawn() const override { return true; }

  absl::StatusOr<std::string> Read(int level, uint64_t index) override {
    return reader_->ReadTile(level, index);
  }
  bool has_edge() const override { return true; }

  std::vector<Evidence> ReadEvidences(LogVerifier& verifier) override {
    if (!reader_.ok()) return {};
    auto evidence = ReadEvidence(place_ + "/checkpoint", reader_->note(), trust_);
    if (evidence.ok()) return {*std::move(evidence)};
    verifier.Report({.code = "CHECKPOINT_INVALID",
                     .expected = {phrases::CHECKPOINT_SIGNED, {{"origin", origin_}}},
                     .found = std::string(evidence.status().message()),
                     .below = reader_->checkpoint().size});
    return {Evidence{.from = place_ + "/checkpoint", .checkpoint = reader_->checkpoint()}};
  }

  absl::Status Feed(LogVerifier& verifier, std::vector<Evidence>&) override {
    if (is_unfinished()) return absl::OkStatus();
    absl::Status read = reader_.status();
    if (read.ok()) {
      read = reader_->ForEach([&](log::v1::StoredEntry& stored) {
        verifier.Take(stored);
        return absl::OkStatus();
      });
    }
    if (read.ok()) return read;
    verifier.Report({PositionOf(read).value_or(verifier.size()), "FILE_DAMAGED", phrases::WHOLE_FILES,
                     std::string(read.message())});
    return absl::OkStatus();
  }

 private:
  const LogKind kind_;
  const std::string place_;
  const bundle::Trust& trust_;
  std::string origin_;
  absl::StatusOr<bundle::Reader> reader_;
};

}  // namespace

bool HasContracts(const std::string& folder) {
  std::error_code error;
  return std::filesystem::exists(std::filesystem::symlink_status(folder + "/contracts.binpb", error));
}

std::unique_ptr<LogSource> OpenBundledLog(LogKind kind, const std::string& folder,
                                          const bundle::Trust& trust) {
  return std::make_unique<BundledLog>(kind, folder, trust);
}

}  // namespace seisaku::auditor
