#!/usr/bin/env python3
"""Runs the quick starts of README.md word for word, each in a folder of its own, and compares the digests they print.

Only `scripts/build` is left out: the binary is the one that was just built, and the folder holds links to it. Needs kcat,
protoc and a JDK; the second quick start is skipped without a broker unless QUIPU_REQUIRE_KAFKA=1.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SECTIONS = {"embedded": "Quick start, embedded log", "kafka": "Quick start, Kafka"}
EXPECTED = {
    "embedded": ['"duplicate":true', '"code":"overage_allowed"', '"total":100,', "equal"],
    "kafka": ['"usage":50,'],
}


def commands(section):
    text = (ROOT / "README.md").read_text()
    body = text.split(f"## {section}\n", 1)[1].split("\n## ", 1)[0]
    script = "\n".join(re.findall(r"```sh\n(.*?)```", body, re.S))
    return script.replace("scripts/build\n", "")


def run(kind, folder):
    for name in ("build", "docs", "schemas", "scripts", "tests"):
        (folder / name).symlink_to(ROOT / name)
    script = "set -m\n" + commands(SECTIONS[kind])
    environment = dict(os.environ)
    environment.pop("QUIPU_LISTEN", None)
    done = subprocess.run(["bash", "-eo", "pipefail", "-c", script], cwd=folder, env=environment, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=240)
    return done.returncode, done.stdout


def digests_agree(output):
    # digest and replay print the same lines, so each has to be there twice at least.
    lines = re.findall(r"^(control|events-\d+)\t(\d+)\t([0-9a-f]{64})", output, re.M)
    return len(lines) >= 4 and all(lines.count(line) >= 2 for line in lines)


def main():
    failures = 0
    for kind in SECTIONS:
        if kind == "kafka" and os.environ.get("QUIPU_REQUIRE_KAFKA") != "1" and not shutil.which("java"):
            print("kafka: skipped, no java")
            continue
        with tempfile.TemporaryDirectory() as folder:
            code, output = run(kind, pathlib.Path(folder))
            missing = [text for text in EXPECTED[kind] if text not in output]
            if kind == "kafka":
                subprocess.run(["scripts/kafka", "stop", "--dir", f"{folder}/kafka-data"], cwd=ROOT,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if code == 0 and not missing and digests_agree(output):
            print(f"{kind}: as the README says")
            continue
        failures += 1
        print(f"{kind}: exit {code}, missing {missing}, digests agree: {digests_agree(output)}\n{output}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
