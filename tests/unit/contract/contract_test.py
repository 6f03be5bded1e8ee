#!/usr/bin/env python3
"""Proves that tools/contract sees a gap at every kind of element and only gaps, and shows what there is."""

import html.parser
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOL = pathlib.Path(__file__).resolve().parents[3] / "tools/contract"
sys.path.insert(0, str(TOOL))

import image as images  # noqa: E402
import markup  # noqa: E402
import roles  # noqa: E402
import sample  # noqa: E402
from page import Page  # noqa: E402

REASONS = "# Reasons\n\n## Ours\n\n| reason | code |\n|---|---|\n| SAMPLE_GONE, SAMPLE_OLD | NOT_FOUND |\n"
REASONS += "\n## Else\n\n| code | English |\n|---|---|\n| `UUID` | a UUID |\n"
class Reader(html.parser.HTMLParser):
    """Ids, links inside the page, resources outside it, and whether every tag is closed in order."""

    VOID = {"meta", "input"}

    def __init__(self, text: str):
        super().__init__()
        self.ids, self.links, self.outside, self.open, self.words = [], [], [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            if name == "href" and value.startswith("#"):
                self.links.append(value[1:])
            elif name in ("href", "src"):
                self.outside.append(value)

    def handle_endtag(self, tag):
        if self.open.pop() != tag:
            raise AssertionError(f"</{tag}> closes nothing")

    def handle_data(self, data):
        self.words += data


class CheckTest(unittest.TestCase):
    def test_a_documented_contract_has_no_gap(self):
        self.assertEqual(images.undocumented(sample.image()), (12, []))

    def test_each_missing_comment_is_one_gap(self):
        for index in range(12):
            image = sample.image()
            place = sample.comments(image)[index]
            del place["leadingComments"]
            with self.subTest(path=place["path"]):
                self.assertEqual(len(images.undocumented(image)[1]), 1)

    def test_an_empty_comment_and_one_behind_are_gaps(self):
        for comment in ({"leadingComments": " \n"}, {"leadingComments": "", "trailingComments": " Here.\n"}):
            image = sample.image()
            sample.comments(image)[-1].update(comment)
            self.assertEqual(images.undocumented(image)[1], ["sample/v1/sample.proto: rpc sample.v1.Samples.Get"])

    def run_check(self, image: dict) -> subprocess.CompletedProcess:
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            json.dump(image, file)
            file.flush()
            command = [sys.executable, TOOL / "contract.py", "--check", "--image", file.name]
            return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)

    def test_the_program_fails_where_there_is_a_gap_or_nothing_at_all(self):
        self.assertEqual(self.run_check(sample.image()).returncode, 0)
        image = sample.image()
        del sample.comments(image)[0]["leadingComments"]
        failed = self.run_check(image)
        self.assertEqual(failed.returncode, 1)
        self.assertIn("message sample.v1.Sample: no comment in front of it", failed.stdout)
        self.assertEqual(self.run_check({"file": []}).returncode, 1)


class PageTest(unittest.TestCase):
    def setUp(self):
        self.html = Page(sample.image(), REASONS, {"sample.v1.Samples.Get": ["planner", "peer"]}, "1.2").html()
        self.reader = Reader(self.html)

    def test_nothing_that_was_written_is_lost(self):
        for place in sample.image()["file"][1]["sourceCodeInfo"]["location"]:
            texts = [place["leadingComments"], place.get("trailingComments", "")]
            texts += place.get("leadingDetachedComments", [])
            for line in "".join(texts).splitlines():
                self.assertIn(line.strip().removeprefix("- ").replace("`", ""), self.reader.words)

    def test_every_element_has_its_place_once_and_every_link_leads_somewhere(self):
        names = {e.name for file in images.files(sample.image()) for top in file.elements for e in top.walk()}
        self.assertLessEqual(names, set(self.reader.ids))
        self.assertEqual(len(self.reader.ids), len(set(self.reader.ids)))
        self.assertLessEqual(set(self.reader.links), set(self.reader.ids))
        self.assertEqual(self.reader.open, [])

    def test_it_needs_nothing_outside(self):
        self.assertEqual(self.reader.outside, [])
        self.assertNotIn("@import", self.html)
        self.assertNotIn("url(", self.html)

    def test_text_is_escaped_and_its_forms_are_shown(self):
        self.assertIn("<ul><li>of <code>code</code></li><li>of &lt;b&gt; &amp; ", self.html)
        self.assertIn('<span lang="ja">政策</span>', self.html)

    def test_fields_say_how_many_and_of_what_type(self):
        self.assertIn('<span class="keyword">map</span>&lt;string, <a href="#sample.v1.Sample.Inner"', self.html)
        self.assertIn('<span class="keyword">optional</span> string', self.html)
        self.assertIn('<span class="keyword">repeated</span> <span>google.protobuf.Timestamp</span>', self.html)
        self.assertIn('<span class="keyword">one of</span>', self.html)
        self.assertIn("deprecated", self.reader.words)

    def test_methods_say_what_streams_and_who_may_call(self):
        self.assertIn('→ (<span class="keyword">stream</span> <a href="#sample.v1.Sample"', self.html)
        self.assertIn("Roles: planner, peer", self.reader.words)

    def test_names_and_reasons_in_comments_are_links(self):
        self.assertIn('see <a href="#sample.v1.Sample.first">Sample.first</a>.', self.html)
        self.assertIn('<a href="#reason-SAMPLE_GONE"><code>SAMPLE_GONE</code></a>', self.html)
        self.assertIn("reason-SAMPLE_OLD", self.reader.ids)
        self.assertNotIn("reason-UUID", self.reader.ids)
        self.assertIn("<td><code>UUID</code></td><td>a UUID</td>", self.html)


class RolesTest(unittest.TestCase):
    def test_are_those_of_the_methods_option(self):
        image = sample.image()
        method = image["file"][1]["service"][0]["method"][0]
        method["options"] = {roles.OPTION: {"roles": ["ROLE_PLANNER", "ROLE_PEER"]}}
        self.assertEqual(roles.read(image), {"sample.v1.Samples.Get": ["planner", "peer"]})

    def test_a_method_without_the_option_is_an_error(self):
        with self.assertRaisesRegex(ValueError, "sample.v1.Samples.Get says no roles"):
            roles.read(sample.image())


class MarkupTest(unittest.TestCase):
    def test_a_page_has_headings_tables_and_emphasis(self):
        text = "## Every\nOne **of** [these](#a) and [those](b.md).\n\n| a | b |\n|---|---|\n| x | `y_z` |\n"
        self.assertEqual(
            markup.blocks(text, lambda _: None),
            "<h5>Every</h5>\n"
            '<p>One <strong>of</strong> <a href="#a">these</a> and those (<code>b.md</code>).</p>\n'
            "<table><thead><tr><th>a</th><th>b</th></tr></thead>"
            "<tbody><tr><td>x</td><td><code>y_z</code></td></tr></tbody></table>",
        )


if __name__ == "__main__":
    unittest.main()
