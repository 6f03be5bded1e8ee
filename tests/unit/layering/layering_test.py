#!/usr/bin/env python3
"""Proves that layering.py sees what it is there to see: each breaking include fails."""

import pathlib
import tempfile
import unittest

import layering


class LayeringTest(unittest.TestCase):
    def broken(self, path: str, include: str) -> list[str]:
        with tempfile.TemporaryDirectory() as root:
            file = pathlib.Path(root) / path
            file.parent.mkdir(parents=True)
            file.write_text(f"#pragma once\n\n{include}\n", encoding="utf-8")
            return layering.check(pathlib.Path(root))[1]

    def test_an_include_of_a_lower_layer_is_accepted(self):
        for path, include in (
            ("services/base/decimal.cc", '#include "absl/status/status.h"'),
            ("services/base/decimal.cc", "#include <string>"),
            ("services/postgres/pool.cc", "#include <pqxx/connection>"),
            ("services/postgres/pool.cc", '#include "services/base/status.h"'),
            ("services/postgres/pool.cc", '#include "services/postgres/libpq/copy.h"'),
            ("services/postgres/libpq/copy.cc", "#include <libpq-fe.h>"),
            ("services/ledger/committer.cc", '#include "services/ledger/tree/frontier.h"'),
            ("services/catalog/domain/state.h", '#include "seisaku/catalog/v1/events.pb.h"'),
            ("services/progress/domain/state.h", '#include "services/catalog/domain/state.h"'),
            ("services/rpc/transport/server.h", "#include <grpcpp/grpcpp.h>"),
            ("services/rpc/checkpoint.h", '#include "services/ledger/tree/note.h"'),
            ("services/catalog/rpc/handlers.h", '#include "services/rpc/transport/server.h"'),
            ("services/catalog/main.cc", '#include "services/catalog/rpc/handlers.h"'),
            ("tools/policyctl/client.cc", '#include "services/rpc/status.h"'),
            ("tools/policyctl/import.cc", '#include "tools/policyctl/documents/lines.h"'),
        ):
            with self.subTest(path=path, include=include):
                self.assertEqual(self.broken(path, include), [])

    def test_an_include_that_breaks_the_layers_is_reported(self):
        for path, include in (
            ("services/base/status.cc", '#include "services/postgres/pool.h"'),
            ("services/base/status.cc", '#include "services/ledger/tree/hash.h"'),
            ("services/postgres/pool.cc", '#include "services/ledger/ledger.h"'),
            ("services/postgres/pool.cc", "#include <libpq-fe.h>"),
            ("services/postgres/libpq/copy.cc", '#include "services/postgres/pool.h"'),
            ("services/ledger/tree/note.cc", '#include "services/ledger/ledger.h"'),
            ("services/ledger/tree/note.cc", '#include "services/postgres/pool.h"'),
            ("services/ledger/reader.cc", "#include <pqxx/connection>"),
            ("services/ledger/reader.cc", "#include <libpq-fe.h>"),
            ("services/ledger/reader.cc", '#include "services/rpc/transport/server.h"'),
            ("services/catalog/domain/decide.cc", "#include <grpcpp/grpcpp.h>"),
            ("services/catalog/domain/decide.cc", '#include "services/ledger/ledger.h"'),
            ("services/catalog/domain/decide.cc", '#include "services/progress/domain/state.h"'),
            ("services/catalog/domain/decide.cc", '#include "seisaku/progress/v1/events.pb.h"'),
            ("services/catalog/domain/decide.cc", '#include "seisaku/catalog/v1/catalog_service.grpc.pb.h"'),
            ("services/progress/domain/actual.cc", '#include "services/ledger/ledger.h"'),
            ("services/progress/domain/actual.cc", '#include "services/catalog/rpc/handlers.h"'),
            ("services/rpc/transport/server.cc", '#include "services/catalog/domain/state.h"'),
            ("services/catalog/rpc/handlers.cc", '#include "services/progress/rpc/handlers.h"'),
            ("services/catalog/rpc/handlers.cc", '#include "services/postgres/pool.h"'),
            ("tools/policyctl/client.cc", '#include "services/rpc/transport/server.h"'),
            ("tools/policyctl/client.cc", '#include "services/catalog/domain/state.h"'),
            ("tools/policyctl/documents/lines.cc", '#include "tools/policyctl/client.h"'),
            ("tools/policyctl/documents/lines.cc", "#include <grpcpp/grpcpp.h>"),
            ("services/base/status.cc", '#include "tests/support/matchers.h"'),
        ):
            with self.subTest(path=path, include=include):
                self.assertEqual(len(self.broken(path, include)), 1)

    def test_the_ways_to_hide_an_include_do_not_help(self):
        for include in (
            '#include "../postgres/pool.h"',
            '#include "status.h"',
            '  #  include   "services/postgres/pool.h"',
            "#include POOL_HEADER",
            "#ifdef X\n#include <pqxx/connection>\n#endif",
        ):
            with self.subTest(include=include):
                self.assertEqual(len(self.broken("services/base/status.cc", include)), 1)

    def test_a_folder_without_a_layer_is_reported(self):
        self.assertEqual(len(self.broken("services/novel/thing.cc", "#include <string>")), 1)


if __name__ == "__main__":
    unittest.main()
