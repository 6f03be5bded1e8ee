"""The few forms that our comments and REASONS.md are written in, as HTML: paragraphs, lists, tables, headings,
`code`, **bold** and [links](…)."""

import html
import re
from collections.abc import Callable

# Where a word of the text leads to, as the href of a link; None: nowhere.
Resolve = Callable[[str], str | None]

_JAPANESE = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]+")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*")
_CONSTANT = re.compile(r"[A-Z]{7,}")  # UNAVAILABLE, and no abbreviation
_REASON = re.compile(r"\b[A-Z][A-Z0-9_]{3,}\b")
_SPAN = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^)\s]+)\)")
_ITEM = re.compile(r"\s*(?:[-*]|\d+\.)\s+")
_RULE = re.compile(r"[|:\- ]+$")


def escape(text: str) -> str:
    return html.escape(text, quote=True)


def japanese(text: str) -> str:
    """Escaped, and Japanese marked as such: its glyphs differ from the Chinese ones of the same characters."""
    return _JAPANESE.sub(lambda run: f'<span lang="ja">{run[0]}</span>', escape(text))


def plain(text: str, resolve: Resolve) -> str:
    """Escaped words: those that `resolve` knows as links, those_with_underscores and CONSTANTS as code."""
    parts, at = [], 0
    for word in _WORD.finditer(text):
        href = resolve(word[0])
        is_code = "_" in word[0] or _CONSTANT.fullmatch(word[0])
        if href is None and not is_code:
            continue
        shown = f"<code>{escape(word[0])}</code>" if is_code else escape(word[0])
        parts += [japanese(text[at : word.start()]), shown if href is None else f'<a href="{escape(href)}">{shown}</a>']
        at = word.end()
    return "".join(parts) + japanese(text[at:])


def inline(text: str, resolve: Resolve) -> str:
    parts, at = [], 0
    for span in _SPAN.finditer(text):
        parts.append(plain(text[at : span.start()], resolve))
        code, bold, label, target = span.groups()
        if code is not None:
            href = resolve(code)
            shown = f"<code>{japanese(code)}</code>"
            parts.append(shown if href is None else f'<a href="{escape(href)}">{shown}</a>')
        elif bold is not None:
            parts.append(f"<strong>{plain(bold, resolve)}</strong>")
        elif target.startswith("#"):
            parts.append(f'<a href="{escape(target)}">{japanese(label)}</a>')
        else:  # a file of the repository, which is not beside this page
            parts.append(f"{japanese(label)} (<code>{escape(target)}</code>)")
        at = span.end()
    return "".join(parts) + plain(text[at:], resolve)


def blocks(text: str, resolve: Resolve, heading: int = 4) -> str:
    """A comment or a page. Its highest headings become h`heading`."""
    lines = [line.removeprefix(" ").rstrip() for line in text.splitlines()]
    paragraphs = re.split(r"\n{2,}", "\n".join(lines).strip("\n"))
    return "\n".join(_block(p.split("\n"), resolve, heading) for p in paragraphs if p.strip())


def _block(lines: list[str], resolve: Resolve, heading: int) -> str:
    head = re.match(r"(#+)\s+(.*)", lines[0])
    if head:
        level = min(6, heading + len(head[1]) - 1)
        rest = _block(lines[1:], resolve, heading) if lines[1:] else ""
        return f"<h{level}>{inline(head[2], resolve)}</h{level}>\n{rest}"
    if lines[0].lstrip().startswith("|") and len(lines) > 1 and _RULE.match(lines[1]):
        return _table(lines, resolve)
    start = next((i for i, line in enumerate(lines) if _ITEM.match(line)), len(lines))
    words = f"<p>{inline(' '.join(line.strip() for line in lines[:start]), resolve)}</p>" if start else ""
    return words + (_list(lines[start:], resolve) if start < len(lines) else "")


def _list(lines: list[str], resolve: Resolve) -> str:
    items: list[str] = []
    for line in lines:
        mark = _ITEM.match(line)
        if mark:
            items.append(line[mark.end() :])
        else:
            items[-1] += " " + line.strip()
    tag = "ol" if re.match(r"\s*\d", lines[0]) else "ul"
    return f"<{tag}>" + "".join(f"<li>{inline(item, resolve)}</li>" for item in items) + f"</{tag}>"


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]


def reasons(text: str) -> set[str]:
    """The error reasons that the tables of a page define: the words in the first column, where it is so headed."""
    found, heads = set(), False
    before = ""
    for line in text.splitlines():
        if line.startswith("|"):
            heads = heads if before.startswith("|") else cells(line)[0] == "reason"
            found |= set(_REASON.findall(cells(line)[0])) if heads else set()
        before = line
    return found


def _table(lines: list[str], resolve: Resolve) -> str:
    """In a table of reasons these are places that links can lead to."""
    titles = cells(lines[0])
    head = "".join(f"<th>{inline(title, resolve)}</th>" for title in titles)
    rows = []
    for line in lines[2:]:
        first, *rest = cells(line)
        named = _REASON.sub(_anchored, escape(first)) if titles[0] == "reason" else inline(first, resolve)
        rows.append(f"<tr><td>{named}</td>" + "".join(f"<td>{inline(c, resolve)}</td>" for c in rest) + "</tr>")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _anchored(reason: re.Match) -> str:
    word = reason[0]
    return f'<span class="reason" id="reason-{word}" data-find="{word}" data-kind="reason"><code>{word}</code></span>'
