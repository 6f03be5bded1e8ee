"""The help of every command: in the reader's language, on one screen, with examples that run as they stand."""

import re
import unicodedata
import unittest

from harness import cases
from harness.city import City
from harness.shell import Shell

JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
LEFT_COLUMN = 30
MOST_LINES, MOST_COLUMNS = 40, 125


def setUpModule():
    global SHELL, HELP
    city = unittest.enterModuleContext(City())
    city.load()
    SHELL = Shell(city, city.directory / "desk")
    HELP = {language: dict(helps(language)) for language in ("en", "ja")}


def helps(language: str, *command: str):
    """The words and the help of the command and of all below it, in the order of the help."""
    text = SHELL.must(*command, "--help", "--lang", language)
    yield command, text
    for name in section(text, {"en": "Commands:", "ja": "コマンド:"}[language]):
        yield from helps(language, *command, name.split()[0])


def section(text: str, heading: str) -> list[str]:
    """The lines below a heading, without their indent; those of a wrapped description are left out."""
    lines = text.splitlines()
    if heading not in lines:
        return []
    below = lines[lines.index(heading) + 1 :]
    end = next((i for i, line in enumerate(below) if not line.startswith("  ")), len(below))
    return [line[2:] for line in below[:end] if line[2] != " "]


def examples(text: str, language: str = "en") -> list[str]:
    return section(text, {"en": "Example:", "ja": "例:"}[language])


def columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


class ExamplesTest(unittest.TestCase):
    def test_every_command_and_group_has_one_of_its_own(self):
        self.assertGreaterEqual(len(HELP["en"]), 30)
        for command, text in HELP["en"].items():
            with self.subTest(command=" ".join(command)):
                self.assertTrue(examples(text))
                for example in examples(text):
                    self.assertTrue(example.startswith(" ".join(["policyctl", *command])), example)

    def test_all_run_one_after_the_other(self):
        for command, text in HELP["en"].items():
            for example in examples(text):
                with self.subTest(example):
                    answer = SHELL.run_line(example)
                    self.assertEqual(answer.code, 0, answer.out + answer.err)

    def test_are_the_same_in_both_languages(self):
        for command, text in HELP["ja"].items():
            self.assertEqual(examples(text, "ja"), examples(HELP["en"][command]), command)


class LanguageTest(unittest.TestCase):
    def described(self, text: str, *headings: str):
        """Name and description of each option, argument and command."""
        for heading in headings:
            for line in section(text, heading):
                name, _, description = line.partition("  ")
                yield name, description.strip() if description else None

    def test_follows_the_locale_unless_an_option_says_otherwise(self):
        japanese, english = HELP["ja"][("sheet",)], HELP["en"][("sheet",)]
        for locale in ("ja_JP.UTF-8", "ja_JP", "ja"):
            self.assertEqual(SHELL.must("sheet", "--help", LC_ALL="", LANG=locale), japanese)
        for locale in ("", "C", "C.UTF-8", "en_US.UTF-8"):
            self.assertEqual(SHELL.must("sheet", "--help", LC_ALL="", LANG=locale), english)
        self.assertEqual(SHELL.must("sheet", "--help", "--lang", "en", LC_ALL="ja_JP.UTF-8"), english)

    def test_every_description_is_in_the_language(self):
        for command, text in HELP["ja"].items():
            for name, words in self.described(text, "オプション:", "引数:", "コマンド:"):
                if words is not None:
                    self.assertRegex(words, JAPANESE, f"{command} {name}")
        for command, text in HELP["en"].items():
            for name, words in self.described(text, "Options:", "Arguments:", "Commands:"):
                if words is not None:
                    self.assertRegex(words, "[a-z]{2}", f"{command} {name}")
            self.assertRegex(HELP["ja"][command].splitlines()[0], JAPANESE)

    def test_names_stand_in_a_column_of_ascii(self):
        for text in (*HELP["en"].values(), *HELP["ja"].values()):
            for heading in ("Options:", "Arguments:", "Commands:", "オプション:", "引数:", "コマンド:"):
                for line in section(text, heading):
                    self.assertTrue(line[: LEFT_COLUMN - 2].isascii(), line)

    def test_is_one_screen(self):
        for language, all_help in HELP.items():
            for command, text in all_help.items():
                with self.subTest(command=" ".join(command), language=language):
                    self.assertLessEqual(len(text.splitlines()), MOST_LINES)
                    # An example is one line, to be copied as it is.
                    lines = set(text.splitlines()) - {"  " + line for line in examples(text, language)}
                    self.assertLessEqual(max(map(columns, lines)), MOST_COLUMNS)


if __name__ == "__main__":
    cases.main()
