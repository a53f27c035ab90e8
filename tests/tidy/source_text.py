"""C++, protobuf and CMake text with comments or strings blanked out, line numbers unchanged."""

import re

_TOKEN = re.compile(
    r"""
    (?P<comment> //(?:[^\n\\]|\\.|\\\n)* | /\*.*?\*/ )
  | (?P<raw>     R"(?P<mark>[^\s()\\]{0,16})\(.*?\)(?P=mark)" )
  | (?P<number>  \b\d[\w.']* )
  | (?P<string>  "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' )
    """,
    re.VERBOSE | re.DOTALL,
)


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def without_comments(text: str) -> str:
    return _TOKEN.sub(lambda m: _blank(m[0]) if m.lastgroup == "comment" else m[0], text)


def code_only(text: str) -> str:
    """Neither comments nor what strings hold; the quotes of a string stay."""

    def keep(match: re.Match[str]) -> str:
        if match["comment"]:
            return _blank(match[0])
        if match["raw"] or match["string"]:
            return match[0][0] + _blank(match[0][1:-1]) + match[0][-1]
        return match[0]

    return _TOKEN.sub(keep, text)


def without_hash_comments(text: str) -> str:
    return re.sub(r"#[^\n]*", "", text)


def line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
