// The keys that the seeds in corpus/ are signed with.
#pragma once

#include <string>

#include "services/ledger/tree/key.h"

namespace seisaku::fuzz {

inline const ledger::SigningKey& LogKey() {
  static const auto& key = *new ledger::SigningKey(
      *ledger::SigningKey::FromSeed("fuzz.example/log", std::string(32, 'l'), ledger::KeyType::kLog));
  return key;
}

inline const ledger::SigningKey& CosignerKey() {
  static const auto& key = *new ledger::SigningKey(*ledger::SigningKey::FromSeed(
      "fuzz.example/auditor", std::string(32, 'c'), ledger::KeyType::kCosigner));
  return key;
}

}  // namespace seisaku::fuzz
