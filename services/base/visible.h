// Text that somebody else wrote, as it may be shown on a terminal: nothing in it moves the cursor, changes
// the order in which the rest is read, or hides.
//
// Shown as a symbol or by its number are
//   control characters   U+0000 – U+001F and U+007F as ␀ … ␟ ␡ (ESC is ␛); U+0080 – U+009F as ⟨U+009B⟩
//   what is not seen     format characters (bidi controls such as U+202E and U+2066, U+200B, U+FEFF, tags),
//                        line and paragraph separators, fillers: ⟨U+202E⟩
//   bytes that are no UTF-8: ⟨0x9B⟩
// A zero-width joiner stays between two emoji, and one variation selector behind what it selects a form of:
// they are part of how Japanese and emoji are written. Everything else stays as it is; what these functions
// made stays too.
#pragma once

#include <string>
#include <string_view>

namespace seisaku {

// Of several lines: line breaks (LF, CR LF) and tabs stay.
std::string Visible(std::string_view text);

// As one line: a line break (LF, CR LF) or a tab becomes a space.
std::string VisibleLine(std::string_view text);

// Of JSON, which means the same afterwards: as \u202e in its strings.
std::string VisibleJson(std::string_view json);

}  // namespace seisaku
