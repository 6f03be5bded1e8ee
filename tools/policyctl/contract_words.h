// The contract's names as a reader of Japanese sees them: events, changes, fields, values of enumerations.
#pragma once

#include <string>
#include <string_view>

#include "tools/policyctl/messages.h"

namespace seisaku::policyctl {

// An event ("target_set"), a change ("set_target") or the value of an enumeration ("JUDGEMENT_DELAYED") in
// words; as it is in English, and where there are none.
std::string InWords(Language language, std::string_view name);

// A field's path in words: "changes[3].create_kpi.unit" is 変更（4番目）の指標の作成の単位. In English as it
// is, and so any part that has no words.
std::string FieldInWords(Language language, std::string_view path);

// The words of exactly this name; "" for none.
std::string_view JapaneseWord(std::string_view name);

}  // namespace seisaku::policyctl
