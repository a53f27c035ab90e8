"""The tables that tidy.py enforces: which folder may include which, and what may not be written.

To allow something new, change a row here and say why in the commit.
"""

import re
from dataclasses import dataclass

# Each folder of src/ and the folders it may include besides itself and base. A folder takes the
# longest entry that fits, so src/ledger/log is not src/ledger. `schemas` stands for the generated
# *.pb.h headers.
RULES_OF_ACCOUNTS = {"ledger/usage", "ledger/invoicing", "ledger/subscriptions", "ledger/payments", "ledger/fold"}
LEDGER = {"ledger", "ledger/control", "ledger/explain", "ledger/codec", "ledger/log"} | RULES_OF_ACCOUNTS
PROJECTIONS = {"projections", "projections/rows", "projections/store", "projections/dedupe", "projections/past"}
NODE = LEDGER | PROJECTIONS | {"rating", "ingest", "http", "engine", "payments", "payments/sandbox", "webhooks"}
MAY_INCLUDE = {
    "base": set(),
    "http": set(),
    "rating": set(),
    "ledger": {"rating", "ledger/log"},
    "ledger/log": {"ledger"},
    "ledger/usage": {"ledger", "rating"},
    "ledger/invoicing": {"ledger", "ledger/usage", "rating"},
    "ledger/subscriptions": {"ledger", "ledger/usage", "ledger/invoicing", "rating"},
    "ledger/payments": {"ledger", "ledger/usage", "ledger/invoicing", "ledger/subscriptions"},
    "ledger/fold": {"ledger", "rating"} | RULES_OF_ACCOUNTS,
    "ledger/control": {"ledger"},
    "ledger/explain": {"ledger", "ledger/usage", "ledger/log", "rating"},
    "ledger/codec": {"ledger", "schemas"},
    "projections": LEDGER | PROJECTIONS,
    "projections/rows": {"ledger", "ledger/log", "ledger/control"},
    "projections/store": {"ledger/log"},
    "projections/dedupe": {"projections/store", "projections/rows"},
    "projections/past": LEDGER | PROJECTIONS,
    "ingest": {"ledger", "ledger/codec", "ledger/log"},
    "engine": LEDGER | PROJECTIONS | {"ingest", "http"},
    "payments": LEDGER | {"engine", "http", "ingest"},
    "payments/sandbox": {"payments", "http", "ledger", "ledger/log"},
    "webhooks": LEDGER | {"engine", "http", "ingest"},
    "api": NODE,
    "server": NODE | {"api"},
    "cli": NODE | {"api", "server"},
}

# No clock, thread, file, randomness or environment here; adapters among them are exempt by name.
PURE = ("src/base", "src/rating", "src/ledger")
NOT_PURE = ("src/ledger/log",)


@dataclass(frozen=True)
class Technology:
    """An outside library: only files with one of `names`, or below one of `folders`, include it."""

    name: str
    headers: tuple[str, ...]  # the beginning of the include path, or *end
    names: tuple[str, ...] = ()  # file names, as for fnmatch
    folders: tuple[str, ...] = ()

    def has(self, header: str) -> bool:
        return any(
            header.endswith(h[1:]) if h.startswith("*") else header.startswith(h)
            for h in self.headers
        )


TECHNOLOGIES = (
    Technology("RocksDB", ("rocksdb/",), ("rocksdb_*", "embedded_*")),
    Technology("librdkafka", ("librdkafka/",), ("kafka_*",)),
    Technology("Boost.Asio or Beast", ("boost/asio", "boost/beast"), ("http_*", "asio_*")),
    Technology("Boost.URL", ("boost/url",), ("http_*",)),
    Technology("OpenSSL", ("openssl/",), ("openssl_*",)),
    Technology("simdjson", ("simdjson",), ("json_*",)),
    Technology("nlohmann-json", ("nlohmann/",), ("json_*",), ("src/cli", "tests", "bench")),
    Technology("prometheus-cpp", ("prometheus/",), ("prometheus_*",)),
    Technology(
        "protobuf", ("google/protobuf/", "*.pb.h"), ("*codec*", "*proto*", "cloudevents*"), ("tests",)
    ),
    Technology("CLI11", ("CLI/",), (), ("src/cli", "bench")),
    Technology("toml++", ("toml++/", "toml.hpp"), ("toml_*", "config*"), ("src/cli",)),
    Technology("xxHash", ("xxhash",), ("xxhash_*",)),
    Technology("spdlog", ("spdlog/",), ("spdlog_*",),
        ("src/engine", "src/payments", "src/webhooks", "src/api", "src/server", "src/cli")),
    Technology("GoogleTest", ("gtest/", "gmock/"), (), ("tests",)),
    Technology("rapidcheck", ("rapidcheck",), (), ("tests",)),
    Technology("Google Benchmark", ("benchmark/",), (), ("bench",)),
)
# An adapter is a file that bears the name of what it adapts; `system_*` adapts the machine itself.
ADAPTER_NAMES = (
    "rocksdb_*", "embedded_*", "kafka_*", "http_*", "asio_*", "openssl_*", "json_*",
    "prometheus_*", "spdlog_*", "toml_*", "xxhash_*", "system_*",
)  # fmt: skip


@dataclass(frozen=True)
class Ban:
    """Words that may not stand in the given folders, and the sentence that says why."""

    words: str
    reason: str
    folders: tuple[str, ...]
    adapters_too: bool = True
    in_comments: bool = False
    except_folders: tuple[str, ...] = ()

    @property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(self.words)


BANS = (
    Ban(
        r"\b(float|double|stof|stod|stold|strtof|strtod|strtold|atof)\b",
        "binary floating point cannot hold money or quantities exactly; use base::Decimal",
        ("src/base", "src/rating", "src/ledger", "src/projections", "schemas"),
    ),
    Ban(
        r"\b(system_clock|steady_clock|high_resolution_clock)::now\b|\b(clock_gettime|gettimeofday)\b",
        "the core reads no clock, or a replay would differ; take the time as an argument",
        PURE,
        adapters_too=False,
        except_folders=NOT_PURE,
    ),
    Ban(
        r"\bstd::rand\b|\brandom_device\b|\bmt19937(_64)?\b",
        "the core is not random, or a replay would differ; derive ids from the record",
        PURE,
        adapters_too=False,
        except_folders=NOT_PURE,
    ),
    Ban(
        r"\b(secure_)?getenv\b",
        "the core reads no environment; the command line and the server do, once, at start",
        PURE,
        adapters_too=False,
    ),
    Ban(
        r"#\s*include\s*<(thread|mutex|shared_mutex|condition_variable|future|fstream|filesystem|random)>",
        "the core has no thread, lock, file or random source; put it in an adapter or a shell",
        PURE,
        adapters_too=False,
        except_folders=NOT_PURE,
    ),
    Ban(
        r"\bthrow\b",
        "pure code answers a rejection or a Result; a defect is a QUIPU_CHECK",
        PURE,
        adapters_too=False,
        except_folders=NOT_PURE,
    ),
    Ban(
        r"\bcatch\s*\(\s*\.\.\.\s*\)",
        "only an adapter may catch everything, where a C callback must not throw; name the type",
        ("src",),
        adapters_too=False,
    ),
    Ban(
        r"\busing\s+namespace\s+std\s*;",
        "it brings every name of the standard library in; write std::",
        ("src", "tests", "bench"),
    ),
    Ban(
        r"\bGTEST_SKIP\s*\(\s*\)\s*;",
        "a skipped test says why: GTEST_SKIP() << \"reason\"",
        ("tests",),
    ),
    Ban(
        r"\bDISABLED_\w+",
        "a disabled test says nothing; mend it, delete it, or skip it with a reason",
        ("tests",),
    ),
    Ban(
        r"\b(TO" r"DO|FIX" r"ME|X" r"XX)\b",
        "open work is an issue, not a comment; do it or open one",
        ("src", "tests", "bench", "schemas", "scripts", "cmake", "CMakeLists.txt"),
        in_comments=True,
        except_folders=("tests/tidy",),
    ),
    Ban(
        r"\b[Rr]eference \(?\d|\b[Cc]ontract,? (section )?[A-C]\d*\b|\b[BD]-\d+\b",
        "nobody can look up a number of a paper that is not here; cite the rule, docs/contract/…#words",
        ("src", "tests", "docs"),
        in_comments=True,
        except_folders=("tests/tidy",),
    ),
    Ban(
        r"(?<![\w./:-])/(work|farm|root|home|Users)/",
        "an absolute path of one machine means nothing on another; make it relative or an option",
        ("",),
        in_comments=True,
    ),
)

# Where pages of docs/ are cited; the samples of this folder cite what is not there.
CITING = ("src", "tests", "docs", "README.md", "CONTRIBUTING.md")
NOT_CITING = ("tests/tidy",)

# The table of error codes, and the page that says of each what it means and what to do about it.
ERROR_CODES = "src/base/error_code.h"
ERROR_PAGE = "docs/errors.md"

MAX_LINES = 450
MAX_FILES = 40  # in one folder of src/, its CMakeLists.txt among them

# Headers of the C library. On Debian all include roots are searched for both, so one of ours with
# such a name would shadow it.
SYSTEM_HEADERS = set(
    """
    aio alloca assert byteswap complex cpio ctype dirent dlfcn elf endian err errno error features
    fcntl fenv float fnmatch fts getopt glob grp iconv ifaddrs inttypes langinfo libgen limits link
    locale malloc math memory mntent monetary mqueue ndbm netdb poll pthread pty pwd regex resolv
    sched search semaphore setjmp sgtty shadow signal spawn stab stdalign stdarg stdatomic stdbool
    stddef stdint stdio stdlib string strings stropts syslog tar termio termios tgmath thread
    threads time uchar ucontext ulimit unistd utime utmp utmpx version wait wchar wctype wordexp
    """.split()
)
# Names that gather whatever is around; say what the file does instead.
GROWING_NOUNS = {"common", "helper", "helpers", "manager", "misc", "util", "utils"}
