#!/usr/bin/env python3
"""Enforces the house rules that a compiler does not: tidy.py [root]. The tables are in rules.py.

Prints one line per finding, with its reason, and exits 1 when there is any.
"""

import os
import posixpath
import re
import sys
from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Iterator

import rules
from source_text import code_only, line_of, without_comments, without_hash_comments

SKIPPED_FOLDERS = {".git", ".cache", "build", "target", "quipu-data", "__pycache__"}
CODE_FOLDERS = ("src", "tests", "bench")


@dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


Tree = dict[str, str]  # path below the root, with forward slashes -> text


def read_tree(root: Path) -> Tree:
    tree = {}
    for folder, folders, files in os.walk(root):
        folders[:] = [f for f in folders if f not in SKIPPED_FOLDERS]
        for file in files:
            if file == ".git":  # of a linked worktree
                continue
            path = Path(folder, file)
            try:
                tree[path.relative_to(root).as_posix()] = path.read_text(encoding="utf-8")
            except (UnicodeDecodeError, OSError):
                continue  # binary samples, sockets, dangling links
    return tree


def below(path: str, folder: str) -> bool:
    return folder == "" or path == folder or path.startswith(folder + "/")


def below_any(path: str, folders: tuple[str, ...]) -> bool:
    return any(below(path, folder) for folder in folders)


def is_code(path: str) -> bool:
    return path.endswith((".h", ".cc"))


def is_adapter(path: str) -> bool:
    name = PurePosixPath(path).name
    return any(fnmatch(name, pattern) for pattern in rules.ADAPTER_NAMES)


def area_of(inside_src: str) -> str | None:
    """The longest folder of MAY_INCLUDE that holds a path below src/."""
    fitting = [area for area in rules.MAY_INCLUDE if inside_src.startswith(area + "/")]
    return max(fitting, key=len, default=None)


def includes(text: str) -> Iterator[tuple[int, str, bool]]:
    """Line, path and whether it is quoted, of every include."""
    code = without_comments(text)
    for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', code, re.MULTILINE):
        yield line_of(code, match.start(2)), match[2], match[1] == '"'


def check_include_direction(tree: Tree) -> Iterator[Finding]:
    for path, text in tree.items():
        if not is_code(path) or not below(path, "src"):
            continue
        area = area_of(path.removeprefix("src/"))
        if area is None:
            yield Finding(path, 1, "this folder has no row in the include table of tests/tidy/rules.py")
            continue
        for line, header, quoted in includes(text):
            target = "schemas" if header.endswith(".pb.h") else area_of(header)
            if target is None:
                if quoted:
                    yield Finding(
                        path, line, f'"{header}" does not name its folder; write "{area}/{header}"'
                    )
            elif target not in rules.MAY_INCLUDE[area] | {area, "base"}:
                allowed = ", ".join(sorted(rules.MAY_INCLUDE[area] | {area, "base"}))
                yield Finding(
                    path, line, f"src/{area} may not include {header}: it knows only {allowed}, "
                    "so that what is pure stays free of what is around it",
                )  # fmt: skip


def check_technology_headers(tree: Tree) -> Iterator[Finding]:
    for path, text in tree.items():
        if not is_code(path) or not below_any(path, CODE_FOLDERS):
            continue
        name = PurePosixPath(path).name
        for line, header, _ in includes(text):
            for technology in rules.TECHNOLOGIES:
                if not technology.has(header) or below_any(path, technology.folders):
                    continue
                if any(fnmatch(name, pattern) for pattern in technology.names):
                    continue
                places = ", ".join((*technology.names, *(f + "/" for f in technology.folders)))
                yield Finding(
                    path, line, f"{header}: {technology.name} is included only by {places}, "
                    "so that it can be replaced in one place",
                )  # fmt: skip


def check_bans(tree: Tree) -> Iterator[Finding]:
    for path, text in tree.items():
        code = None
        for ban in rules.BANS:
            if not below_any(path, ban.folders) or below_any(path, ban.except_folders):
                continue
            if not ban.adapters_too and is_adapter(path):
                continue
            if not ban.in_comments and not path.endswith((".h", ".cc", ".proto")):
                continue
            if not ban.in_comments and code is None:
                code = code_only(text)
            searched = text if ban.in_comments else code
            for match in ban.pattern.finditer(searched):
                yield Finding(path, line_of(searched, match.start()), f"'{match[0]}': {ban.reason}")


def check_file_names(tree: Tree) -> Iterator[Finding]:
    for path in tree:
        name = PurePosixPath(path)
        if not below_any(path, CODE_FOLDERS):
            continue
        if name.suffix in {".hpp", ".hh", ".cpp", ".cxx", ".c"}:
            yield Finding(path, 1, "sources end in .cc and headers in .h")
        if not is_code(path):
            continue
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name.stem):
            yield Finding(path, 1, "file names are snake_case")
        if name.suffix == ".h" and name.stem in rules.SYSTEM_HEADERS:
            yield Finding(path, 1, f"<{name.name}> is a header of the C library; this one would shadow it")
        if below(path, "src") and rules.GROWING_NOUNS & set(name.stem.split("_")):
            yield Finding(path, 1, "the name gathers whatever is around; say what the file does")


def check_openings(tree: Tree) -> Iterator[Finding]:
    for path, text in tree.items():
        if not path.endswith(".h") or not below_any(path, CODE_FOLDERS):
            continue
        comment = re.match(r"(?://[^\n]*\n)+", text)
        if below(path, "src") and (not comment or not re.search(r"\w[^\n]*[.:](\s|$)", comment[0])):
            yield Finding(path, 1, "a header opens with a comment: one sentence that says what it is for")
        if not re.search(r"^#pragma once$", text, re.MULTILINE):
            yield Finding(path, 1, "a header has #pragma once")


def check_length(tree: Tree) -> Iterator[Finding]:
    for path, text in tree.items():
        lines = text.count("\n")
        if is_code(path) and below_any(path, CODE_FOLDERS) and lines > rules.MAX_LINES:
            yield Finding(
                path, lines, f"{lines} lines; over {rules.MAX_LINES} there is a second idea in it, "
                "which wants a file of its own",
            )  # fmt: skip


def check_folder_sizes(tree: Tree) -> Iterator[Finding]:
    files = Counter(posixpath.dirname(path) for path in tree if below(path, "src"))
    for folder, count in files.items():
        if count > rules.MAX_FILES:
            yield Finding(
                folder, 1, f"{count} files; over {rules.MAX_FILES} there is a second subject in it, "
                "which wants a folder of its own",
            )  # fmt: skip


def cmake_words(tree: Tree, folder: str) -> set[str]:
    text = tree.get(f"{folder}/CMakeLists.txt", "")
    return set(re.split(r"[\s();\"]+", without_hash_comments(text)))


def check_built(tree: Tree) -> Iterator[Finding]:
    """Each source is listed in the nearest CMakeLists.txt, and each of these by the one above."""
    lists = {str(PurePosixPath(p).parent) for p in tree if PurePosixPath(p).name == "CMakeLists.txt"}
    words = {folder: cmake_words(tree, folder) for folder in lists}

    def nearest(folder: PurePosixPath) -> str | None:
        return next((str(f) for f in (folder, *folder.parents) if str(f) in lists), None)

    for path in sorted(p for p in tree if p.endswith(".cc") and below_any(p, CODE_FOLDERS)):
        owner = nearest(PurePosixPath(path).parent)
        inside = path if owner in (None, ".") else path.removeprefix(owner + "/")
        if owner is None or inside not in words[owner]:
            where = "any CMakeLists.txt" if owner is None else f"{owner}/CMakeLists.txt"
            yield Finding(path, 1, f"not listed in {where}: what is not built is not tested")
    for folder in sorted(f for f in lists if PurePosixPath(f).parts[:1] in (("tests",), ("src",), ("bench",))):
        above = PurePosixPath(folder).parent
        owner = nearest(above)
        if owner is None or owner == ".":
            continue
        if PurePosixPath(folder).relative_to(owner).as_posix() not in words[owner]:
            yield Finding(
                f"{folder}/CMakeLists.txt", 1, f"{owner}/CMakeLists.txt does not name this folder: "
                "what is not built is not tested",
            )  # fmt: skip


def check_cmake(tree: Tree) -> Iterator[Finding]:
    for path, text in tree.items():
        if PurePosixPath(path).name != "CMakeLists.txt" and not path.endswith(".cmake"):
            continue
        for number, line in enumerate(without_hash_comments(text).split("\n"), 1):
            if re.search(r"\bfile\s*\(\s*GLOB", line, re.IGNORECASE):
                yield Finding(path, number, "sources are listed by hand; a glob misses new files silently")
            if path != "cmake/dependencies.cmake" and re.search(r"\bfind_package\s*\(", line):
                yield Finding(path, number, "outside libraries are found once, in cmake/dependencies.cmake")


def anchors_of(page: str) -> set[str]:
    """What a link may point at: explicit ids, and headings as GitHub names them."""
    headings = re.findall(r"^#+ +(.+?) *$", page, re.MULTILINE)
    slugs = (re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings)
    return {*re.findall(r'<a id="([^"]*)">', page), *slugs}


def cited_pages(path: str, text: str) -> Iterator[tuple[int, str, str | None]]:
    """Place, page and anchor of whatever names a page of docs/ or, in a page, links to another one."""
    for match in re.finditer(r"(?<![\w/.-])(docs/[\w./-]+\.md)(?:#([\w-]+))?", text):
        yield match.start(), match[1], match[2]
    if not path.endswith(".md"):
        return
    folder = posixpath.dirname(path)
    for match in re.finditer(r"\]\(([^():#\s]+\.md)?(?:#([\w-]+))?\)", text):
        page = posixpath.normpath(posixpath.join(folder, match[1])) if match[1] else path
        yield match.start(), page, match[2]


def check_citations(tree: Tree) -> Iterator[Finding]:
    anchors = {path: anchors_of(text) for path, text in tree.items() if path.endswith(".md")}
    for path, text in tree.items():
        if not below_any(path, rules.CITING) or below_any(path, rules.NOT_CITING):
            continue
        for at, page, anchor in cited_pages(path, text):
            if page not in anchors:
                yield Finding(path, line_of(text, at), f"{page} is not there: a rule that is cited can be read")
            elif anchor is not None and anchor not in anchors[page]:
                yield Finding(path, line_of(text, at), f"{page} has no anchor {anchor}: cite a rule that is there")


def check_contract_anchors(tree: Tree) -> Iterator[Finding]:
    for path, text in tree.items():
        if not below(path, "docs/contract"):
            continue
        seen = set()
        for match in re.finditer(r'<a id="([^"]*)">', text):
            line = line_of(text, match.start())
            if not re.fullmatch(r"[a-z]+(-[a-z]+)*", match[1]):
                yield Finding(path, line, f"anchor '{match[1]}': words and hyphens, so that it outlives any numbering")
            if match[1] in seen:
                yield Finding(path, line, f"anchor '{match[1]}' stands twice on this page: one rule, one anchor")
            seen.add(match[1])


def check_error_page(tree: Tree) -> Iterator[Finding]:
    table, page = tree.get(rules.ERROR_CODES, ""), tree.get(rules.ERROR_PAGE, "")
    known = {m[1]: m for m in re.finditer(r'^ *\{"(\w+)", (\d+)\},', table, re.MULTILINE)}
    seen = set()
    for match in re.finditer(r"^\| `(\w+)` \| ([^|]*) \|", page, re.MULTILINE):
        code, line = match[1], line_of(page, match.start())
        status = known[code][2] if code in known else match[2]
        if code in seen:
            yield Finding(rules.ERROR_PAGE, line, f"`{code}` has a row already: one code, one meaning")
        elif match[2] != status and (match[2], status) != ("no HTTP", "500"):
            yield Finding(rules.ERROR_PAGE, line, f"`{code}` is {status} in {rules.ERROR_CODES}, not {match[2]}")
        seen.add(code)
    # A row's code, and whatever in the prose looks like one.
    for match in re.finditer(r"^\| `(\w+)`|`([a-z0-9]+(?:_[a-z0-9]+)+)`", page, re.MULTILINE):
        code = match[1] or match[2]
        if code not in known:
            line = line_of(page, match.start())
            yield Finding(rules.ERROR_PAGE, line, f"`{code}` is no code of {rules.ERROR_CODES}: nobody can meet it")
    for code in known.keys() - seen:
        line = line_of(table, known[code].start())
        yield Finding(rules.ERROR_CODES, line, f"'{code}' has no row in {rules.ERROR_PAGE}: what is one to do?")


CHECKS = (
    check_include_direction,
    check_technology_headers,
    check_bans,
    check_file_names,
    check_openings,
    check_length,
    check_folder_sizes,
    check_built,
    check_cmake,
    check_citations,
    check_contract_anchors,
    check_error_page,
)


def findings(tree: Tree) -> list[Finding]:
    return sorted(finding for check in CHECKS for finding in check(tree))


def main() -> int:
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    tree = read_tree(root)
    if not any(below(path, "src") for path in tree):
        print(f"tidy: {root} holds no src folder", file=sys.stderr)
        return 2
    found = findings(tree)
    for finding in found:
        print(finding)
    print(f"tidy: {len(tree)} files, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
