// Signed notes: of what a foreign note says, only what the keys have signed is accepted.
#include "services/ledger/tree/note.h"

#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>

#include "tests/fuzz/keys.h"
#include "tests/fuzz/property.h"

namespace seisaku::fuzz {
namespace {

using ledger::Note;
using ledger::VerifiedSignature;
using ledger::VerifierKey;

std::string LastLine(std::string_view note) {
  return std::string(note.substr(note.rfind('\n', note.size() - 2) + 1));
}

// An Ed25519 key has one signature for each message: the line that stands there must be the line that it
// makes.
void RequireItsOwn(const std::string& text, const VerifiedSignature& signature) {
  const std::string signed_again = *ledger::SignNote(text, LogKey());
  if (!signature.cosigned_at) {
    Require(signature.key_name == LogKey().name() && signature.line == LastLine(signed_again));
    return;
  }
  const auto cosigned = ledger::CosignNote(signed_again, CosignerKey(), *signature.cosigned_at);
  RequireOk(cosigned.status());
  Require(signature.key_name == CosignerKey().name() && signature.line == LastLine(*cosigned));
}

void CheckOpened(std::string_view message, const Note& note) {
  Require(message.starts_with(note.text) && note.text.ends_with('\n'));
  Require(!note.signatures.empty() && note.signatures.size() <= 2);
  std::string again = note.text + "\n";
  for (const VerifiedSignature& signature : note.signatures) {
    RequireItsOwn(note.text, signature);
    again += signature.line;
  }
  const auto reopened = ledger::OpenNote(again, {LogKey().verifier(), CosignerKey().verifier()});
  RequireOk(reopened.status());
  Require(reopened->text == note.text && reopened->signatures.size() == note.signatures.size());
}

void CheckForeign(std::string_view message) {
  const VerifierKey keys[] = {LogKey().verifier(), CosignerKey().verifier()};
  const auto note = ledger::OpenNote(message, keys);
  if (note.ok()) {
    CheckOpened(message, *note);
    // A cosignature more changes nothing that stood there.
    const auto cosigned = ledger::CosignNote(message, CosignerKey(), absl::FromUnixSeconds(7));
    if (!cosigned.ok()) return RequireClear(cosigned.status());
    const auto reopened = ledger::OpenNote(*cosigned, keys);
    RequireOk(reopened.status());
    Require(reopened->text == note->text);
  } else {
    RequireClear(note.status());
  }
}

// Signs `text`, has it cosigned, changes one byte.
void CheckOwn(const std::string& text, FuzzedDataProvider& in) {
  const VerifierKey keys[] = {LogKey().verifier(), CosignerKey().verifier()};
  const auto time = absl::FromUnixSeconds(in.ConsumeIntegral<int64_t>());
  const auto note = ledger::SignNote(text, LogKey());
  if (!note.ok()) return RequireClear(note.status());
  auto cosigned = ledger::CosignNote(*note, CosignerKey(), time);
  Require(cosigned.ok() == (time >= absl::UnixEpoch() && time < absl::InfiniteFuture()));
  const std::string message = cosigned.ok() ? *cosigned : *note;

  const auto opened = ledger::OpenNote(message, keys);
  RequireOk(opened.status());
  Require(opened->text == text && opened->signatures.size() == (cosigned.ok() ? 2u : 1u));
  if (cosigned.ok()) Require(opened->signatures[1].cosigned_at == time);

  std::string changed = message;
  changed[in.ConsumeIntegralInRange<size_t>(0, message.size() - 1)] = in.ConsumeIntegral<char>();
  const auto of_changed = ledger::OpenNote(changed, keys);
  if (!of_changed.ok()) return;
  Require(of_changed->text == text);
  for (const VerifiedSignature& signature : of_changed->signatures) RequireItsOwn(text, signature);
}

}  // namespace
}  // namespace seisaku::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace seisaku::fuzz;
  CheckForeign({reinterpret_cast<const char*>(data), size});
  FuzzedDataProvider in(data, size);
  const auto numbers = in.ConsumeIntegral<uint8_t>() % 2;  // Half of the inputs are text to their end.
  const std::string text = numbers == 0 ? std::string(data, data + size) : in.ConsumeRandomLengthString();
  CheckOwn(text, in);
  return 0;
}
