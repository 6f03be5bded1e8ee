#!/usr/bin/env python3
"""Proves that proto_docs.py sees a gap at every kind of element, and only gaps."""

import pathlib
import tempfile
import unittest

import proto_docs

DOCUMENTED = """\
syntax = "proto3";
package sample.v1;

// A message.
message Sample {
  // A nested message.
  message Inner {
    // A nested field.
    string text = 1;
  }
  // A nested enum.
  enum State {
    // A value.
    STATE_UNSPECIFIED = 0;
  }
  // A oneof.
  oneof choice {
    // A choice.
    string first = 1;
  }
  // An optional field: protoc adds a oneof that nobody can document.
  optional string maybe = 2;
  // A map field: protoc adds a message that nobody can document.
  map<string, Inner> by_name = 3;
}
// A service.
service Samples {
  // An rpc.
  rpc Get(Sample) returns (Sample);
}
"""
COMMENTS = [line for line in DOCUMENTED.splitlines() if line.lstrip().startswith("//")]


class ProtoDocsTest(unittest.TestCase):
    def gaps(self, proto: str) -> list[str]:
        with tempfile.TemporaryDirectory() as root:
            (pathlib.Path(root) / "sample.proto").write_text(proto, encoding="utf-8")
            return proto_docs.undocumented(proto_docs.compile_protos(pathlib.Path(root)))[1]

    def test_a_documented_file_has_no_gap(self):
        self.assertEqual(self.gaps(DOCUMENTED), [])

    def test_each_missing_comment_is_one_gap(self):
        self.assertEqual(len(COMMENTS), 11)
        for comment in COMMENTS:
            with self.subTest(comment=comment.strip()):
                self.assertEqual(len(self.gaps(DOCUMENTED.replace(comment + "\n", "", 1))), 1)

    def test_an_empty_comment_is_a_gap(self):
        self.assertEqual(
            self.gaps(DOCUMENTED.replace("  // An rpc.", "  //")),
            ["sample.proto: rpc sample.v1.Samples.Get"],
        )

    def test_a_comment_after_the_element_does_not_count(self):
        moved = DOCUMENTED.replace("    // A choice.\n", "").replace("first = 1;", "first = 1;  // A choice.")
        self.assertEqual(self.gaps(moved), ["sample.proto: field sample.v1.Sample.first"])


if __name__ == "__main__":
    unittest.main()
