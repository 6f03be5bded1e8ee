// C2SP signed notes: a text, an empty line, and one line "— <key name> <base64 of key id and signature>" for
// each signature. Pure and thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/ledger/tree/key.h"

namespace seisaku::ledger {

// A longer note, or one with more signatures, is malformed.
inline constexpr size_t kMaxNoteBytes = 1'000'000;
inline constexpr size_t kMaxNoteSignatures = 100;

// A signature that was verified with a known key.
struct VerifiedSignature {
  std::string key_name;
  uint32_t key_id = 0;
  // When a cosigner says it saw the text, to the second; nullopt for a log's signature.
  std::optional<absl::Time> cosigned_at;
  // As it stands in the note, with its newline.
  std::string line;
};

struct Note {
  std::string text;  // With its last newline.
  // In the order of the note, one for each key.
  std::vector<VerifiedSignature> signatures;
};

// The note of `text` signed by `key`, of type kLog. INVALID_ARGUMENT MALFORMED: the text does not end in a
// newline, is not UTF-8, has control characters or makes the note too long; or the key is a cosigner's.
absl::StatusOr<std::string> SignNote(std::string_view text, const SigningKey& key);
// The same signed by each of `keys`, in their order.
absl::StatusOr<std::string> SignNote(std::string_view text, absl::Span<const SigningKey> keys);

// `message`, a signed note, with the cosignature of `key` (of type kCosigner) added as its last line: a
// statement by the key's owner that at `time` this was the newest text it had seen and verified (C2SP
// tlog-cosignature). Does not verify the existing signatures: open the note first. INVALID_ARGUMENT MALFORMED:
// no signed note, or no room for another signature; a time before 1970; a key of another type.
absl::StatusOr<std::string> CosignNote(std::string_view message, const SigningKey& key, absl::Time time);

// The text of `message` and who of `verifiers` signed it. Signatures of other keys are ignored, as the
// specification asks. INVALID_ARGUMENT MALFORMED: not a signed note. UNAUTHENTICATED SIGNATURE_INVALID: a
// signature that bears the name and id of a verifier is not its; SIGNATURE_MISSING: none bears them.
absl::StatusOr<Note> OpenNote(std::string_view message, absl::Span<const VerifierKey> verifiers);

// The key that the signature line `line` (with its newline) names: its name, "+" and its id in 8 hexadecimal
// digits. nullopt: it is no signature line. Verifies nothing.
std::optional<std::string> SignerOf(std::string_view line);

// Adds to the signed note `note` those of `lines` that are signature lines. A line that names one of `cosigners`
// must be its signature. Lines that would spoil the note, or make it too long, are left out. `*verified`, where
// given, is the number of lines by `cosigners`.
std::string WithCosignatures(std::string note, const std::vector<std::string>& lines,
                             absl::Span<const VerifierKey> cosigners, size_t* verified = nullptr);

}  // namespace seisaku::ledger
