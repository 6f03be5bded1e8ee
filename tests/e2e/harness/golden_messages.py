"""What policyctl or auditor says, in both languages, compared with what a person has read and found good.

golden/messages/NAME.txt has one section for each message: its title is the test's name as a sentence, then come the
command and, for each language, the exit code, standard output (1|) and standard error (2|). A section that is
missing, that differs or that no test has is a failure. SEISAKU_UPDATE_GOLDEN=1 writes the file anew; read it."""

import os
import pathlib
import re
import shlex
import sys
import unittest

from harness.answers import GOLDEN
from harness.city import REPOSITORY, Answer, City

UPDATE = os.environ.get("SEISAKU_UPDATE_GOLDEN") == "1"
LANGUAGES = ("ja", "en")
# What differs from run to run, as one word each.
VOLATILE = (
    (re.escape(f"{REPOSITORY}/"), ""),
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID"),
    (r"(?:ipv4:)?127\.0\.0\.1:\d+", "ADDRESS"),
)


class Goldens:
    """One file of messages. Used as a context: on leaving it is written, if that was asked for."""

    def __init__(self, name: str, city: City):
        self.city = city
        self.file: pathlib.Path = GOLDEN / "messages" / f"{name}.txt"
        self.expected = parsed(self.file.read_text(encoding="utf-8")) if self.file.exists() else {}
        self.seen: dict[str, str] = {}

    def __enter__(self) -> "Goldens":
        return self

    def __exit__(self, *_):
        kept = {title: text for title, text in self.expected.items() if test_of(title) in tests_of_this_program()}
        if UPDATE:
            sections = sorted({**kept, **self.seen}.items())
            self.file.parent.mkdir(exist_ok=True)
            self.file.write_text("\n".join(f"== {title}\n{text}" for title, text in sections), encoding="utf-8")
        elif kept.keys() != self.expected.keys():
            raise AssertionError(f"{self.file}: sections without a test: {self.expected.keys() - kept.keys()}")

    def stable(self, text: str, hidden: tuple[tuple[str, str], ...] = ()) -> str:
        for pattern, word in (*hidden, (re.escape(str(self.city.directory)), "DIR"), *VOLATILE):
            text = re.sub(pattern, word, text)
        return text


def test_of(title: str) -> str:
    """The name of the test that a section belongs to."""
    return "test_" + title.partition(": ")[0].replace(" ", "_")


def tests_of_this_program() -> set[str]:
    module = sys.modules["__main__"]
    classes = [one for one in vars(module).values() if isinstance(one, type) and issubclass(one, MessageTest)]
    return {name for one in classes for name in unittest.defaultTestLoader.getTestCaseNames(one)}


def parsed(text: str) -> dict[str, str]:
    """The sections of a file of messages by their titles."""
    sections = re.split(r"^== (.*)\n", text, flags=re.MULTILINE)[1:]
    return {title: body.rstrip("\n") + "\n" for title, body in zip(sections[::2], sections[1::2])}


def drawn(language: str, answer: Answer) -> str:
    """An answer as a file of messages has it."""
    text = f"-- {language}: exit code {answer.code}\n"
    for stream, lines in ((1, answer.out), (2, answer.err)):
        text += "".join(f"{stream}| {line}\n" for line in lines.splitlines())
    return text


class MessageTest(unittest.TestCase):
    """Tests whose messages are compared. A module's setUpModule sets `goldens`."""

    goldens: Goldens
    program = "policyctl"

    @property
    def city(self) -> City:
        return self.goldens.city

    def sizes(self) -> tuple[int, int]:
        return self.city.log_size("catalog"), self.city.log_size("progress")

    def title(self, about: str = "") -> str:
        name = self._testMethodName.removeprefix("test_").replace("_", " ")
        return f"{name}: {about}" if about else name

    def tearDown(self):
        """A test that was green has used all of its sections."""
        unused = [title for title in self.goldens.expected if test_of(title) == self._testMethodName]
        if not UPDATE and self._outcome.success:
            self.assertEqual([title for title in unused if title not in self.goldens.seen], [])

    def compare(self, words, answers: dict[str, Answer], about: str = "", hidden=()):
        """Compares the answers to one command, by language, with the section of this test."""
        title = self.title(about)
        text = f"$ {shlex.join([self.program, *map(str, words)])}\n"
        text += "".join(drawn(language, answer) for language, answer in answers.items())
        text = self.goldens.stable(text, tuple(hidden))
        self.assertNotIn(title, self.goldens.seen, "two messages have the same title")
        self.goldens.seen[title] = text
        if not UPDATE:
            self.assertIn(title, self.goldens.expected, f"{self.goldens.file} has no such section; now:\n{text}")
            self.assertEqual(text, self.goldens.expected[title])

    def message(self, *words, code: int, about: str = "", hidden=(), **how):
        """Runs the command in both languages: `code` is the exit code, the rest is golden."""
        how["program"] = self.program
        answers = {one: self.city.ask(*words, expect=None, language=one, **how) for one in LANGUAGES}
        self.compare(words, answers, about, hidden)
        for answer in answers.values():
            self.assertEqual(answer.code, code, answer.out + answer.err)

    def refused(self, *words, code: int, **how):
        """The same, and no log has grown."""
        before = self.sizes()
        self.message(*words, code=code, **how)
        self.assertEqual(self.sizes(), before)
