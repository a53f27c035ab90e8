#!/usr/bin/env python3
"""Each rule of tidy.py finds its bad sample, leaves the good one alone, and says why."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True

from source_text import code_only, without_comments  # noqa: E402
from tidy import findings, read_tree  # noqa: E402

GOOD_HEADER = "// What this file is for.\n#pragma once\n"
TODO = "TO" + "DO"
HOME = "/ho" + "me/someone/quipu"


def listed(sources: dict[str, str]) -> dict[str, str]:
    """The given tree with every .cc listed in its folder, so that only the rule at hand speaks."""
    whole = dict(sources)
    for path in sources:
        if path.endswith(".cc"):
            folder, _, name = path.rpartition("/")
            whole[f"{folder}/CMakeLists.txt"] = whole.get(f"{folder}/CMakeLists.txt", "") + f"{name}\n"
    for path in [p for p in whole if p.endswith("/CMakeLists.txt")]:
        folder = path.removesuffix("/CMakeLists.txt")
        above, _, name = folder.rpartition("/")
        if f"{above}/CMakeLists.txt" in whole:
            whole[f"{above}/CMakeLists.txt"] += f"add_subdirectory({name})\n"
    return whole


class TidyCase(unittest.TestCase):
    def assert_clean(self, sources: dict[str, str]) -> None:
        self.assertEqual([str(f) for f in findings(listed(sources))], [])

    def assert_finds(self, part: str, path: str, text: str, line: int = 1) -> None:
        found = findings(listed({path: text}))
        self.assertEqual([(f.path, f.line) for f in found], [(path, line)], [str(f) for f in found])
        self.assertIn(part, found[0].message)


class IncludeDirection(TidyCase):
    def test_a_folder_may_include_what_the_table_names(self):
        self.assert_clean({
            "src/base/money.cc": '#include "base/money.h"\n#include <vector>\n',
            "src/rating/price.cc": '#include "base/money.h"\n#include "rating/price.h"\n',
            "src/ledger/fold/decide.cc": '#include "rating/price.h"\n#include "ledger/decide.h"\n',
            "src/ledger/log/memory_log.cc": '#include "ledger/log.h"\n#include "base/instant.h"\n',
            "src/server/wire.cc": '#include "ledger/log/memory_log.h"\n#include "ingest/gateway.h"\n',
        })

    def test_a_lower_folder_may_not_include_a_higher_one(self):
        for path, header in (
            ("src/base/a.cc", "rating/price.h"),
            ("src/rating/a.cc", "ledger/log.h"),
            ("src/ledger/a.cc", "projections/fold.h"),
            ("src/ledger/a.cc", "ledger/fold/decide.h"),
            ("src/ledger/usage/a.cc", "ledger/log/memory_log.h"),
            ("src/ledger/log/a.cc", "rating/price.h"),
            ("src/projections/rows/a.cc", "projections/fold.h"),
            ("src/projections/a.cc", "ingest/gateway.h"),
            ("src/ingest/a.cc", "projections/fold.h"),
            ("src/ingest/a.cc", "server/config.h"),
        ):
            with self.subTest(path=path, header=header):
                self.assert_finds("may not include", path, f'\n#include "{header}"\n', line=2)
                self.assert_finds("may not include", path, f"#include <{header}>\n")

    def test_generated_messages_stay_out_of_the_pure_folders(self):
        self.assert_finds("may not include", "src/rating/price_codec.cc", '#include "quipu/record.pb.h"\n')
        self.assert_finds("may not include", "src/ledger/record_codec.cc", '#include "quipu/record.pb.h"\n')
        self.assert_clean({"src/ledger/codec/record_codec.cc": '#include "quipu/record.pb.h"\n'})

    def test_an_include_names_its_folder(self):
        self.assert_finds('write "rating/price.h"', "src/rating/price.cc", '#include "price.h"\n')

    def test_a_new_folder_needs_a_row(self):
        self.assert_finds("no row", "src/billing/a.cc", "")

    def test_a_commented_include_does_not_count(self):
        self.assert_clean({"src/base/a.cc": '// #include "server/config.h"\n/*\n#include "cli/x.h"\n*/\n'})


class TechnologyHeaders(TidyCase):
    SAMPLES = (
        ("rocksdb/db.h", "src/projections/store/rocksdb_store.cc", "src/projections/store.cc"),
        ("rocksdb/db.h", "src/ledger/log/embedded_log.cc", "src/ledger/log/memory_log.cc"),
        ("librdkafka/rdkafka.h", "src/ledger/log/kafka_log.cc", "src/ingest/consumer.cc"),
        ("boost/asio.hpp", "src/http/asio_loop.cc", "src/projections/loop.cc"),
        ("boost/asio/post.hpp", "src/http/http_server.cc", "src/server/wire.cc"),
        ("boost/beast/http.hpp", "tests/server/http_client.cc", "tests/server/client.cc"),
        ("boost/url/parse.hpp", "src/http/http_url.cc", "src/api/callback.cc"),
        ("openssl/evp.h", "src/base/openssl_sha256.cc", "src/base/sha256.cc"),
        ("simdjson.h", "src/ingest/json_body.cc", "src/ingest/body.cc"),
        ("nlohmann/json.hpp", "src/cli/demo.cc", "src/server/answer.cc"),
        ("nlohmann/json.hpp", "tests/ledger/vectors_test.cc", "src/rating/card.cc"),
        ("prometheus/registry.h", "src/http/prometheus_metrics.cc", "src/server/metrics.cc"),
        ("google/protobuf/arena.h", "src/ledger/record_codec.cc", "src/ledger/record.cc"),
        ("quipu/record.pb.h", "src/ledger/codec/record_codec.cc", "src/ledger/codec/record.cc"),
        ("CLI/CLI.hpp", "src/cli/main.cc", "src/server/main.cc"),
        ("toml++/toml.h", "src/server/config.cc", "src/server/wire.cc"),
        ("xxhash.h", "src/ledger/log/xxhash_checksum.cc", "src/base/hash.cc"),
        ("spdlog/spdlog.h", "src/server/wire.cc", "src/ledger/fold/decide.cc"),
        ("gtest/gtest.h", "tests/base/money_test.cc", "src/base/money.cc"),
        ("rapidcheck.h", "tests/base/money_test.cc", "bench/fold.cc"),
        ("benchmark/benchmark.h", "bench/fold.cc", "tests/base/money_test.cc"),
    )

    def test_only_files_of_its_name_include_a_technology(self):
        for header, good, bad in self.SAMPLES:
            with self.subTest(header=header, good=good, bad=bad):
                self.assert_clean({good: f"#include <{header}>\n"})
                self.assert_finds("is included only by", bad, f"#include <{header}>\n")


class BannedWords(TidyCase):
    def test_binary_floating_point_stays_out_of_money(self):
        for folder in ("base", "rating", "ledger", "ledger/log", "projections"):
            for text in ("double x;", "const float y = 1;", "auto z = std::strtod(p, &e);"):
                with self.subTest(folder=folder, text=text):
                    self.assert_finds("base::Decimal", f"src/{folder}/a.cc", text)
        self.assert_finds("base::Decimal", "schemas/record.proto", "message A {\n  double b = 1;\n}", line=2)
        self.assert_finds("base::Decimal", "src/projections/store/rocksdb_store.cc", "double x;")

    def test_words_in_comments_strings_and_longer_names_are_free(self):
        self.assert_clean({
            "src/base/a.cc": '// a double would round\n/* float */ auto s = "double";\nint doubled = 1\'000;\n',
            "src/base/b.cc": 'auto s = R"(float "x" double)";\nchar q = \'"\';\n',
            "schemas/record.proto": "// no float or double here\n",
            "src/server/metrics.cc": "double seconds;",
        })

    def test_the_core_reads_no_clock_randomness_or_environment(self):
        for text in (
            "auto t = std::chrono::system_clock::now();",
            "auto t = steady_clock::now();",
            "int r = std::rand();",
            "std::random_device d;",
            'auto h = std::getenv("HOME");',
            "#include <mutex>",
            "#include <fstream>",
            "void f() { throw 1; }",
        ):
            for folder in ("base", "rating", "ledger"):
                with self.subTest(text=text, folder=folder):
                    self.assertEqual(len(findings(listed({f"src/{folder}/a.cc": text}))), 1)
            with self.subTest(text=text, adapter=True):
                self.assert_clean({"src/base/system_clock.cc": text, "src/server/a.cc": text})

    def test_the_log_adapters_may_use_clocks_and_threads_but_not_the_environment(self):
        self.assert_clean({"src/ledger/log/memory_log.cc": "#include <mutex>\nauto t = steady_clock::now();\n"})
        self.assert_finds("environment", "src/ledger/log/memory_log.cc", 'getenv("A");')

    def test_only_an_adapter_catches_everything(self):
        text = "void f() { try { g(); } catch ( ... ) {} }"
        self.assert_finds("name the type", "src/projections/fold.cc", text)
        self.assert_clean({"src/ledger/log/kafka_log.cc": text, "tests/base/a.cc": text})

    def test_namespace_std_is_not_opened(self):
        self.assert_finds("write std::", "tests/base/a_test.cc", "using namespace std;")
        self.assert_clean({"tests/base/a_test.cc": "using namespace std::chrono_literals;"})

    def test_a_skip_has_a_reason(self):
        self.assert_finds("says why", "tests/log/kafka_test.cc", "GTEST_SKIP();")
        self.assert_clean({"tests/log/kafka_test.cc": 'GTEST_SKIP()\n    << "no broker here";'})
        self.assert_finds("disabled", "tests/log/a_test.cc", "TEST(Log, DISABLED_Works) {}")

    def test_open_work_is_not_left_in_comments(self):
        for path in ("src/base/a.cc", "tests/base/a.cc"):
            self.assert_finds("an issue", path, f"\n// {TODO}: later\n", line=2)
        self.assert_finds("an issue", "scripts/build", f"# {TODO}\n")
        self.assert_finds("an issue", "CMakeLists.txt", f"# {TODO}\n")
        self.assert_clean({"scripts/build": "mktemp -d quipu.XXXXXX\n"})

    def test_no_path_of_one_machine(self):
        self.assert_finds("absolute path", "docs/guide.md", f"cd {HOME}\n")
        self.assert_finds("absolute path", "src/base/a.cc", f'auto p = "{HOME}";\n')
        self.assert_clean({"docs/guide.md": "See https://example.org/work/page and docs/home/page.\n"})


class Files(TidyCase):
    def test_a_header_does_not_shadow_the_c_library(self):
        for name in ("time", "math", "limits", "sched"):
            self.assert_finds("shadow", f"src/base/{name}.h", GOOD_HEADER)
        self.assert_clean({"src/base/instant.h": GOOD_HEADER, "src/base/time.cc": ""})

    def test_names_are_snake_case_and_say_something(self):
        self.assert_finds("snake_case", "src/base/MoneyType.cc", "")
        self.assert_finds(".cc and headers", "src/base/money.cpp", "")
        self.assert_finds("whatever is around", "src/base/string_util.h", GOOD_HEADER)

    def test_a_header_says_what_it_is_for(self):
        self.assert_clean({"src/base/a.h": GOOD_HEADER})
        self.assert_clean({"src/base/a.h": "// A sentence that goes on\n// to a second line.\n#pragma once\n"})
        self.assert_finds("one sentence", "src/base/a.h", "#pragma once\nint a();\n")
        self.assert_finds("one sentence", "src/base/a.h", "// money\n#pragma once\n")
        self.assert_finds("#pragma once", "src/base/a.h", "// What this file is for.\nint a();\n")

    def test_a_long_file_holds_a_second_idea(self):
        self.assert_clean({"src/base/a.cc": "int a;\n" * 450})
        self.assert_finds("second idea", "src/base/a.cc", "int a;\n" * 451, line=451)

    def test_a_full_folder_holds_a_second_subject(self):
        tree = {f"src/ledger/part{n}.h": GOOD_HEADER for n in range(39)}
        tree["src/ledger/CMakeLists.txt"] = ""
        below = {f"src/ledger/usage/part{n}.h": GOOD_HEADER for n in range(40)}
        elsewhere = {f"tests/base/part{n}.h": GOOD_HEADER for n in range(50)}
        self.assert_clean(tree | below | elsewhere)
        found = findings(tree | below | elsewhere | {"src/ledger/state.proto": ""})
        self.assertEqual([f.path for f in found], ["src/ledger"])
        self.assertIn("41 files; over 40 there is a second subject", found[0].message)

    def test_a_source_that_is_not_listed_is_found(self):
        for path in ("src/base/b.cc", "tests/base/b_test.cc", "bench/b.cc"):
            folder = path.rpartition("/")[0]
            found = findings({
                path: "", f"{folder}/CMakeLists.txt": "add_library(a a.cc) # b.cc b_test.cc\n",
                f"{folder}/a.cc": "",
            })  # fmt: skip
            self.assertEqual([f.path for f in found], [path])
            self.assertIn("not listed", found[0].message)
        self.assertEqual(len(findings({"tests/base/b_test.cc": ""})), 1)

    def test_a_subfolder_may_be_listed_from_above(self):
        self.assertEqual(findings({"src/base/x/a.cc": "", "src/base/CMakeLists.txt": "x/a.cc"}), [])

    def test_a_folder_that_its_parent_forgets_is_found(self):
        sources = {"tests/new/CMakeLists.txt": "", "tests/CMakeLists.txt": "foreach(area base new_one)\n"}
        self.assertIn("does not name this folder", findings(sources)[0].message)
        sources["tests/CMakeLists.txt"] = "foreach(area base new)\n"
        self.assertEqual(findings(sources), [])

    def test_cmake_lists_by_hand_and_finds_once(self):
        self.assert_finds("a glob", "src/base/CMakeLists.txt", "file(GLOB all *.cc)\n")
        self.assert_finds("found once", "src/base/CMakeLists.txt", "find_package(OpenSSL)\n")
        self.assert_clean({"cmake/dependencies.cmake": "find_package(OpenSSL)\n"})


class Citations(TidyCase):
    PAGE = '# Credits\n\n## Who pays, first\n\n<a id="funding-order"></a>\n**Funding order.**\n'

    def assert_cited(self, citation: str, path: str, part: str | None) -> None:
        tree = listed({"docs/contract/credits.md": self.PAGE, path: f"\n{citation}\n"})
        found = findings(tree)
        self.assertEqual([(f.path, f.line) for f in found], [] if part is None else [(path, 2)])
        if part is not None:
            self.assertIn(part, found[0].message)

    def test_a_rule_that_is_cited_is_there(self):
        for path in ("src/ledger/a.cc", "tests/ledger/a_test.cc", "tests/sdk/credits.test.ts", "README.md"):
            with self.subTest(path=path):
                self.assert_cited("// Who pays (docs/contract/credits.md#funding-order).", path, None)
                self.assert_cited("// As docs/contract/credits.md says.", path, None)
                self.assert_cited("// docs/contract/credits.md#order", path, "has no anchor order")
                self.assert_cited("// docs/contract/debits.md#funding-order", path, "is not there")

    def test_numbers_of_papers_that_are_not_here_are_not_cited(self):
        for words in ("reference 17.2", "Reference 3", "reference (7.2)", "contract B7", "Contract B10",
                      "contract C", "contract, section C", "defect B-28", "as B-1 says", "D-12"):  # fmt: skip
            for path in ("src/ledger/a.cc", "tests/ledger/a_test.cc", "tests/sdk/a.test.ts", "docs/guide.md"):
                with self.subTest(words=words, path=path):
                    self.assert_finds("cite the rule", path, f"\n// Why ({words}).\n", line=2)
        self.assert_clean({
            "src/http/a.cc": "// RFC 8259, section 6; by reference, one contract suite; a B-tree; USB-3x.\n",
            "docs/guide.md": "The contract. A body is JSON.\n",
        })

    def test_links_between_pages_lead_somewhere(self):
        for path, link in (
            ("docs/contract/rating.md", "credits.md"),
            ("docs/payments.md", "contract/credits.md"),
            ("docs/adr/0001.md", "../contract/credits.md"),
        ):
            with self.subTest(path=path):
                self.assert_cited(f"[a]({link}) and [b]({link}#funding-order)", path, None)
                self.assert_cited(f"[a heading]({link}#who-pays-first)", path, None)
                self.assert_cited(f"[a]({link}#who-pays)", path, "has no anchor who-pays")
        self.assert_cited("[a](credit.md)", "docs/contract/rating.md", "docs/contract/credit.md is not there")
        self.assert_cited("[a](#nowhere)", "docs/contract/rating.md", "has no anchor nowhere")
        self.assert_cited("[a](https://example.org/a.md#b) [c](../openapi/)", "docs/contract/rating.md", None)

    def test_anchors_of_the_contract_are_words(self):
        for anchor in ("rule-7", "Rule", "a_rule", ""):
            self.assert_finds("words and hyphens", "docs/contract/a.md", f'<a id="{anchor}"></a>')
        self.assert_finds("stands twice", "docs/contract/a.md", '<a id="b"></a>\n<a id="b"></a>', line=2)
        self.assert_clean({"docs/contract/a.md": '<a id="b"></a>', "docs/contract/b.md": '<a id="b"></a>'})


class ErrorPage(TidyCase):
    TABLE = GOOD_HEADER + '    {"broken", 500},\n    {"not_there", 404},\n'
    ROWS = "| `broken` | no HTTP | a | b |\n| `not_there` | 404 | a | b |\n"

    def assert_page(self, page: str, *expected: tuple[str, int, str]) -> None:
        found = findings({"src/base/error_code.h": self.TABLE, "docs/errors.md": page})
        self.assertEqual([(f.path, f.line) for f in found], [e[:2] for e in expected], [str(f) for f in found])
        for finding, (_, _, part) in zip(found, expected):
            self.assertIn(part, finding.message)

    def test_each_code_has_one_row_with_its_status(self):
        page = "docs/errors.md"
        self.assert_page(self.ROWS)
        self.assert_page(self.ROWS.replace("no HTTP", "500"))
        self.assert_page(self.ROWS + "| `broken` | 500 | c | d |\n", (page, 3, "a row already"))
        self.assert_page(self.ROWS.replace("404", "400"), (page, 2, "is 404 in"))
        self.assert_page(self.ROWS.replace("404", "no HTTP"), (page, 2, "is 404 in"))
        self.assert_page("| `broken` | 500 | a | b |\n", ("src/base/error_code.h", 4, "has no row"))
        self.assertEqual(len(findings({"src/base/error_code.h": self.TABLE})), 2)

    def test_no_code_that_is_not_in_the_table_is_named(self):
        page = "docs/errors.md"
        self.assert_page("See `not_there`, `code` and `--data`.\n" + self.ROWS)
        self.assert_page("See `not_here`.\n" + self.ROWS, (page, 1, "is no code of"))
        self.assert_page(self.ROWS + "| `gone` | 404 | a | b |\n", (page, 3, "is no code of"))


class ReadingFiles(unittest.TestCase):
    def test_blanking_keeps_lines_and_include_paths(self):
        text = '#include "a/b.h" // why\nint n = 1\'000; /* x\ny */ auto s = "a // b";\n'
        self.assertEqual(text.count("\n"), code_only(text).count("\n"))
        self.assertIn('"a/b.h"', without_comments(text))
        self.assertIn('"a // b"', without_comments(text))
        self.assertNotIn("why", without_comments(text))
        self.assertIn("int n = 1'000;", code_only(text))

    def test_the_tree_on_disk_is_read_without_builds_and_binaries(self):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for path in ("src/base/a.cc", "build/b.cc", "scripts/target/c.cc"):
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text("int x;\n")
            (root / "golden.bin").write_bytes(b"\xff\xfe\x00")
            self.assertEqual(set(read_tree(root)), {"src/base/a.cc"})


if __name__ == "__main__":
    unittest.main(verbosity=1)
