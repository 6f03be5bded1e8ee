#include "services/ledger/tree/note.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "services/base/status.h"
#include "services/base/text.h"
#include "services/ledger/tree/errors.h"
#include "services/ledger/tree/hash.h"

namespace seisaku::ledger {
namespace {

constexpr std::string_view kSignatureStart = "\u2014 ";
constexpr size_t kIdBytes = 4;
constexpr size_t kTimeBytes = 8;

absl::Status CheckText(std::string_view text) {
  if (text.empty() || text.back() != '\n') return errors::Malformed("note", "the text must end in a newline");
  if (text.size() > kMaxNoteBytes) return errors::Malformed("note", "longer than 1,000,000 bytes");
  const auto is_control = [](unsigned char c) { return c < ' ' && c != '\n'; };
  if (!IsUtf8(text) || std::any_of(text.begin(), text.end(), is_control)) {
    return errors::Malformed("note", "not UTF-8 without control characters");
  }
  return absl::OkStatus();
}

uint64_t FromBigEndian(std::string_view bytes) {
  uint64_t value = 0;
  for (unsigned char byte : bytes) value = value << 8 | byte;
  return value;
}

// What a cosigner signs (C2SP tlog-cosignature, "Ed25519 signed message").
std::string CosignedMessage(uint64_t unix_seconds, std::string_view text) {
  return fmt::format("cosignature/v1\ntime {}\n{}", unix_seconds, text);
}

std::string SignatureLine(const SigningKey& key, std::string_view signature) {
  const std::string id = BigEndian(key.verifier().id(), kIdBytes);
  return fmt::format("{}{} {}\n", kSignatureStart, key.name(), ToBase64(fmt::format("{}{}", id, signature)));
}

struct SignatureParts {
  std::string_view name;
  uint32_t id;
  std::string signature;  // Without the id.
  std::string_view line;  // Without its newline.
};

absl::StatusOr<SignatureParts> ParseSignatureLine(const std::string_view whole) {
  std::string_view line = whole;
  const absl::Status malformed = errors::Malformed("note", "not a signature line");
  if (line.substr(0, kSignatureStart.size()) != kSignatureStart) return malformed;
  line.remove_prefix(kSignatureStart.size());
  const size_t space = line.find(' ');
  if (space == std::string_view::npos || !IsKeyName(line.substr(0, space))) return malformed;
  ASSIGN_OR_RETURN(std::string bytes, FromBase64(line.substr(space + 1)));
  if (bytes.size() <= kIdBytes) return malformed;
  return SignatureParts{line.substr(0, space),
                        static_cast<uint32_t>(FromBigEndian(bytes.substr(0, kIdBytes))),
                        bytes.substr(kIdBytes), whole};
}

// A note taken apart, nothing verified. The views point into the message.
struct NoteParts {
  std::string_view text;
  std::vector<SignatureParts> signatures;
};

absl::StatusOr<NoteParts> ParseNote(std::string_view message) {
  RETURN_IF_ERROR(CheckText(message));
  // The text may have empty lines of its own: the last one ends it.
  const size_t text_end = message.rfind("\n\n");
  if (text_end == std::string_view::npos)
    return errors::Malformed("note", "no empty line before the signatures");
  NoteParts note{message.substr(0, text_end + 1), {}};
  std::string_view lines = message.substr(text_end + 2);
  while (!lines.empty()) {
    if (note.signatures.size() == kMaxNoteSignatures) return errors::Malformed("note", "over 100 signatures");
    const size_t end = lines.find('\n');
    ASSIGN_OR_RETURN(SignatureParts signature, ParseSignatureLine(lines.substr(0, end)));
    note.signatures.push_back(std::move(signature));
    lines.remove_prefix(end + 1);
  }
  if (note.signatures.empty()) return errors::Malformed("note", "no signature");
  return note;
}

// `message`, unless OpenNote would refuse it.
absl::StatusOr<std::string> Openable(std::string message, size_t signatures) {
  if (message.size() > kMaxNoteBytes) return errors::Malformed("note", "longer than 1,000,000 bytes");
  if (signatures > kMaxNoteSignatures) return errors::Malformed("note", "over 100 signatures");
  return message;
}

absl::StatusOr<VerifiedSignature> Verify(std::string_view text, const SignatureParts& parts,
                                         const VerifierKey& key) {
  VerifiedSignature verified{key.name(), key.id(), std::nullopt, fmt::format("{}\n", parts.line)};
  if (key.type() == KeyType::kLog) {
    if (!key.Verify(text, parts.signature)) return errors::SignatureInvalid(key.name());
    return verified;
  }
  if (parts.signature.size() < kTimeBytes) return errors::SignatureInvalid(key.name());
  const std::string_view bytes = parts.signature;
  const uint64_t seconds = FromBigEndian(bytes.substr(0, kTimeBytes));
  if (seconds > INT64_MAX || !key.Verify(CosignedMessage(seconds, text), bytes.substr(kTimeBytes))) {
    return errors::SignatureInvalid(key.name());
  }
  verified.cosigned_at = absl::FromUnixSeconds(static_cast<int64_t>(seconds));
  return verified;
}

}  // namespace

absl::StatusOr<std::string> SignNote(std::string_view text, const SigningKey& key) {
  return SignNote(text, absl::MakeConstSpan(&key, 1));
}

absl::StatusOr<std::string> SignNote(std::string_view text, absl::Span<const SigningKey> keys) {
  RETURN_IF_ERROR(CheckText(text));
  std::string note = fmt::format("{}\n", text);
  for (const SigningKey& key : keys) {
    if (key.verifier().type() != KeyType::kLog)
      return errors::Malformed("key", "a cosigner's key signs no note");
    note += SignatureLine(key, key.Sign(text));
  }
  return Openable(std::move(note), keys.size());
}

absl::StatusOr<std::string> CosignNote(std::string_view message, const SigningKey& key, absl::Time time) {
  if (key.verifier().type() != KeyType::kCosigner) return errors::Malformed("key", "not a cosigner's key");
  const int64_t seconds = absl::ToUnixSeconds(time);
  if (seconds < 0 || time == absl::InfiniteFuture())
    return errors::Malformed("time", "not a time since 1970");
  ASSIGN_OR_RETURN(NoteParts note, ParseNote(message));
  const auto stamp = static_cast<uint64_t>(seconds);
  const std::string signature = BigEndian(stamp, kTimeBytes) + key.Sign(CosignedMessage(stamp, note.text));
  return Openable(fmt::format("{}{}", message, SignatureLine(key, signature)), note.signatures.size() + 1);
}

absl::StatusOr<Note> OpenNote(std::string_view message, absl::Span<const VerifierKey> verifiers) {
  ASSIGN_OR_RETURN(NoteParts parts, ParseNote(message));
  Note note{std::string(parts.text), {}};
  for (const SignatureParts& signature : parts.signatures) {
    const auto is_its = [&](const auto& key) {
      return key.name() == signature.name && key.id() == signature.id;
    };
    const auto key = std::find_if(verifiers.begin(), verifiers.end(), is_its);
    if (key == verifiers.end()) continue;
    ASSIGN_OR_RETURN(VerifiedSignature verified, Verify(parts.text, signature, *key));
    const bool repeated =
        std::any_of(note.signatures.begin(), note.signatures.end(), [&](const VerifiedSignature& earlier) {
          return earlier.key_name == verified.key_name && earlier.key_id == verified.key_id;
        });
    if (!repeated) note.signatures.push_back(std::move(verified));
  }
  if (note.signatures.empty()) return errors::SignatureMissing();
  return note;
}

std::optional<std::string> SignerOf(std::string_view line) {
  if (line.find('\n') != line.size() - 1) return std::nullopt;
  const absl::StatusOr<SignatureParts> parts = ParseSignatureLine(line.substr(0, line.size() - 1));
  if (!parts.ok() || !CheckText(line).ok()) return std::nullopt;
  return fmt::format("{}+{:08x}", parts->name, parts->id);
}

std::string WithCosignatures(std::string note, const std::vector<std::string>& lines,
                             absl::Span<const VerifierKey> cosigners, size_t* verified) {
  // Room for the log's own signatures, and for those that are added to the note afterwards.
  constexpr size_t kMost = kMaxNoteSignatures / 2, kMostBytes = kMaxNoteBytes / 2;
  const std::string text = note.substr(0, note.rfind("\n\n") + 2);
  // A line that names the log would count as the log's own signature, and be invalid.
  const std::string of_log = text.substr(0, text.find('\n')) + "+";
  std::vector<std::string> known, others;
  std::set<std::string> signers;  // of known
  for (const std::string& line : lines) {
    const std::optional<std::string> signer = SignerOf(line);
    if (!signer) continue;
    const absl::Status opened = OpenNote(text + line, cosigners).status();
    if (opened.ok() && signers.insert(*signer).second) known.push_back(line);
    if (ReasonOf(opened) == "SIGNATURE_MISSING" && !signer->starts_with(of_log)) others.push_back(line);
  }
  if (verified != nullptr) *verified = known.size();
  known.insert(known.end(), others.begin(), others.end());
  size_t added = 0;
  for (const std::string& line : known) {
    if (added == kMost || note.size() + line.size() > kMostBytes) continue;
    note += line;
    ++added;
  }
  return note;
}

}  // namespace seisaku::ledger
