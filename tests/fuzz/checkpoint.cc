// Checkpoints and the texts of keys: what is read is written the same again, to the byte.
#include "services/ledger/tree/checkpoint.h"

#include <fuzzer/FuzzedDataProvider.h>

#include "tests/fuzz/keys.h"
#include "tests/fuzz/property.h"

namespace seisaku::fuzz {
namespace {

using ledger::Checkpoint;

// Of a reader and a writer: what is accepted is exactly what the writer gives.
template <typename Read, typename Write>
void CheckText(std::string_view text, Read read, Write write) {
  const auto value = read(text);
  if (value.ok()) {
    Require(write(*value) == text);
  } else {
    RequireClear(value.status());
  }
}

void CheckTexts(std::string_view text) {
  CheckText(text, ledger::ParseCheckpoint, ledger::Format);
  CheckText(text, ledger::FromBase64, ledger::ToBase64);
  CheckText(text, ledger::HashFromBytes, ledger::ToBytes);
  CheckText(text, ledger::VerifierKey::Parse, [](const auto& key) { return key.ToString(); });
  CheckText(text, ledger::SigningKey::Parse, [](const auto& key) { return key.ToSecretString(); });
}

void CheckCheckpoint(const Checkpoint& checkpoint) {
  const auto again = ledger::ParseCheckpoint(ledger::Format(checkpoint));
  Require(again.ok() == ledger::IsKeyName(checkpoint.origin));
  if (!again.ok()) return;
  Require(*again == checkpoint);

  const auto key = ledger::SigningKey::FromSeed(checkpoint.origin, ledger::ToBytes(checkpoint.root),
                                                ledger::KeyType::kLog);
  RequireOk(key.status());
  const auto verifier = ledger::VerifierKey::Parse(key->verifier().ToString());
  RequireOk(verifier.status());
  Require(verifier->id() == key->verifier().id() && verifier->name() == checkpoint.origin);
  const auto note = ledger::SignCheckpoint(checkpoint, *key);
  // A name may have control characters beyond ASCII's, a note none at all, and it has an end.
  if (!note.ok()) return RequireClear(note.status());
  const auto opened = ledger::OpenCheckpoint(*note, checkpoint.origin, *verifier);
  RequireOk(opened.status());
  Require(*opened == checkpoint);
  Require(!ledger::OpenCheckpoint(*note, checkpoint.origin, LogKey().verifier()).ok());
}

}  // namespace
}  // namespace seisaku::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace seisaku::fuzz;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  CheckTexts(text);
  const auto opened = seisaku::ledger::OpenCheckpoint(text, LogKey().name(), LogKey().verifier());
  if (opened.ok()) Require(text.starts_with(seisaku::ledger::Format(*opened) + "\n"));

  FuzzedDataProvider in(data, size);
  seisaku::ledger::Checkpoint checkpoint;
  checkpoint.size = in.ConsumeIntegral<uint64_t>();
  in.ConsumeData(checkpoint.root.data(), checkpoint.root.size());
  checkpoint.origin = in.ConsumeRemainingBytesAsString();
  CheckCheckpoint(checkpoint);
  return 0;
}
