"""Which reasons the sources of the services give: the literals that reach MakeError, directly or through a function
that hands its own parameter on."""

import re
from collections.abc import Iterator

from harness.city import REPOSITORY

SERVICES = REPOSITORY / "services"
LITERAL = re.compile(r'"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)"')
# A function that makes an error of its parameter `reason`, up to its body.
FORWARDER = re.compile(r"\b(\w+)\(([^(){};]*\breason\b[^(){};]*)\)\s*\{")
COMMENT = re.compile(r"//[^\n]*")


def _sources() -> dict[str, str]:
    return {
        str(file.relative_to(REPOSITORY)): COMMENT.sub("", file.read_text(encoding="utf-8"))
        for file in sorted(SERVICES.rglob("*"))
        if file.suffix in (".cc", ".h")
    }


def arguments(text: str, begin: int) -> list[str]:
    """The arguments of the call whose parenthesis is opened before `begin`."""
    found, depth, start, quoted = [], 0, begin, False
    for index in range(begin, len(text)):
        character = text[index]
        if character == '"' and text[index - 1] != "\\":
            quoted = not quoted
        if quoted:
            continue
        if character in "({[":
            depth += 1
        elif character in ")}]" and depth:
            depth -= 1
        elif character == "," and not depth:
            found.append(text[start:index].strip())
            start = index + 1
        elif character == ")":
            return [*found, text[start:index].strip()]
    raise AssertionError(f"a call without an end: {text[begin:begin + 80]}")


def _calls(text: str, function: str) -> Iterator[list[str]]:
    for match in re.finditer(rf"(?<![\w.>]){function}\(", text):
        yield arguments(text, match.end())


def reasons() -> dict[str, set[str]]:
    """Each reason with the files that give it."""
    sources = _sources()
    found: dict[str, set[str]] = {}
    forwarders = {name for text in sources.values() for name, _ in FORWARDER.findall(text)} - {"MakeError"}
    for file, text in sources.items():
        for words in _calls(text, "MakeError"):
            given = words[1] if len(words) > 1 else ""
            if literal := LITERAL.fullmatch(given):
                found.setdefault(literal[1], set()).add(file)
            elif given != "reason" and "reason()" not in given and "std::string_view reason" not in given:
                raise AssertionError(f"{file}: which reason MakeError gets cannot be read: {given}")
        for function in forwarders:
            for words in _calls(text, function):
                for literal in filter(None, map(LITERAL.fullmatch, words)):
                    found.setdefault(literal[1], set()).add(file)
    return found
