// Whether two printed names are the same to a person.
#pragma once

#include <string>
#include <string_view>

namespace seisaku::documents {

// Names that a person takes for the same have the same key: 〜 and ～, NFD and NFC, full and half width, a
// blank inside, ー and － and −, カ and 力, か所 and ヶ所 and 箇所. For comparing and searching only; a name
// is never stored so. The key of a key is itself.
std::string SearchKey(std::string_view text);

// How alike two names are, from 0 (nothing in common) to 1 (the same key): for ordering candidates. A part of
// a name is more like it than another name of the same length.
double Likeness(std::string_view a, std::string_view b);

}  // namespace seisaku::documents
