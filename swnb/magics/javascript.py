"""Just enough of JavaScript's grammar to read a cell: which names its top-level code binds, and which bracket it left open.

It is a scanner, not a parser: strings, templates, comments and regular expressions are told apart, the rest is names, numbers
and punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

CLOSES = {"(": ")", "[": "]", "{": "}", "${": "}"}
DECLARING = frozenset({"const", "let", "var"})
BEFORE_REGEX = frozenset(
    {"return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do", "await", "yield"}
)
"""Words after which a slash begins a regular expression."""
INFIX_WORDS = frozenset({"in", "of", "instanceof"})

TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n\u2028\u2029]*|/\*(?s:.*?)\*/|\A\#![^\n]*)
      | (?P<name>[\w$\u200c\u200d]+|\#[\w$]+)
      | (?P<string>"(?:[^"\\\n]|\\(?s:.))*"|'(?:[^'\\\n]|\\(?s:.))*')
      | (?P<punctuator>=>|===|!==|==|!=|>>>=|<<=|>>=|\*\*=|&&=|\|\|=|\?\?=|[-+*/%&|^<>]=|\.\.\.|\+\+|--|&&|\|\||\?\?|(?s:.))
    """,
    re.VERBOSE,
)
REGEX = re.compile(r"/(?![*/])(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[A-Za-z]*")
TEMPLATE_PART = re.compile(r"(?:[^`\\$]|\\(?s:.)|\$(?!\{))*(?P<end>`|\$\{)?")


class Token(NamedTuple):
    """One token; `kind` is name, string, template, regex, punctuator or open (what is never closed)."""

    kind: str
    text: str
    at: int


@dataclass(frozen=True)
class Unclosed:
    """What was opened and not closed.

    Attributes
    ----------
    what
        The bracket, or "comment", "string", "template".
    line, column
        Where it was opened, from 1.
    """

    what: str
    line: int
    column: int

    def __str__(self) -> str:
        what = f"the {self.what}" if self.what.isalpha() else f"the bracket {self.what}"
        return f"{what} that opens in line {self.line}, column {self.column} is never closed"


def tokens(source: str) -> Iterator[Token]:
    """Yield the tokens of `source`, without space and comments."""
    at, last = 0, Token("punctuator", ";", 0)
    braces: list[str] = []  # which `}` goes on with a template
    while at < len(source):
        start, char = at, source[at]
        if char == "`" or (char == "}" and braces and braces[-1] == "${"):
            if char == "}":
                braces.pop()
                yield Token("punctuator", "}", start)
            part = TEMPLATE_PART.match(source, at + 1)
            assert part is not None
            at = part.end()
            if part["end"] is None:
                yield Token("open", "template", start)
                return
            last = Token("template", source[start:at], start)
            yield last
            if part["end"] == "${":
                braces.append("${")
                last = Token("punctuator", "${", at - 2)
                yield last
            continue
        if source.startswith("/*", at) and source.find("*/", at + 2) < 0:
            yield Token("open", "comment", start)
            return
        match, kind = _next(source, at, last)
        text, at = match[0], match.end()
        if kind == "space":
            continue
        if kind == "punctuator" and text in "\"'":
            yield Token("open", "string", start)
            return
        if text == "{":
            braces.append("{")
        elif text == "}" and braces:
            braces.pop()
        last = Token(kind, text, start)
        yield last


def _next(source: str, at: int, last: Token) -> tuple[re.Match[str], str]:
    regex = REGEX.match(source, at) if source[at] == "/" and _regex_may_follow(last) else None
    if regex is not None:
        return regex, "regex"
    match = TOKEN.match(source, at)
    assert match is not None  # its last alternative takes any character
    return match, str(match.lastgroup)


def _regex_may_follow(last: Token) -> bool:
    if last.kind == "name":
        return last.text in BEFORE_REGEX
    return last.kind == "punctuator" and last.text not in (")", "]", "}", "++", "--")


def find_unclosed(source: str) -> Unclosed | None:
    """Return the innermost thing that `source` opens and does not close; None where all is closed."""
    opened: list[Token] = []
    for token in tokens(source):
        if token.kind == "open":
            return _place(source, token)
        if token.kind != "punctuator":
            continue
        if token.text in CLOSES:
            opened.append(token)
        elif opened and token.text == CLOSES[opened[-1].text]:
            opened.pop()
        elif token.text in ")]}":
            return _place(source, opened[-1]) if opened else None
    return _place(source, opened[-1]) if opened else None


def _place(source: str, token: Token) -> Unclosed:
    line = source.count("\n", 0, token.at) + 1
    return Unclosed(token.text, line, token.at - source.rfind("\n", 0, token.at))


def bound_names(source: str) -> set[str]:
    """Return the names that top-level code declares or assigns.

    Declared by ``const``, ``let``, ``var``, ``function`` and ``class``, destructured or not, or assigned with ``=`` and its
    relatives. What stands inside brackets is not top-level, but for the pattern in ``({a, b} = value)``.
    """
    return _Binding(list(tokens(source))).names


class _Binding:
    """Walks over the tokens once; each method takes and returns an index."""

    def __init__(self, all_tokens: list[Token]) -> None:
        self.tokens = all_tokens
        self.names: set[str] = set()
        at = 0
        while at < len(all_tokens):
            at = self._statement_part(at)

    def _text(self, at: int) -> str:
        if not 0 <= at < len(self.tokens):
            return ""
        token = self.tokens[at]
        return token.text if token.kind in ("name", "punctuator") else token.kind

    def _statement_part(self, at: int) -> int:
        text, before = self._text(at), self._text(at - 1)
        if before in (".", "?."):
            return at + 1
        if text in DECLARING:
            return self._declarators(at + 1)
        if text in ("function", "class"):
            name = at + 2 if self._text(at + 1) == "*" else at + 1
            if before in ("", ";", "}", "async") or self._starts_line(at):
                self._bind(name)
            return name
        if text in CLOSES:
            end = self._closing(at)
            pattern = at + 1 if text == "(" and self._text(at + 1) in ("{", "[") else at
            if self._text(pattern) in ("{", "[") and self._text(self._closing(pattern) + 1) == "=":
                self._pattern(pattern)
            return end + 1
        if self.tokens[at].kind == "name" and self._assigns(self._text(at + 1)):
            self._bind(at)
        return at + 1

    def _starts_line(self, at: int) -> bool:
        """Whether a declaration may begin here: after a value without a semicolon."""
        return self._text(at - 1) not in (
            "=",
            "(",
            ",",
            "[",
            "return",
            "=>",
            "?",
            ":",
            "new",
            "await",
            "&&",
            "||",
            "??",
            "!",
        )

    @staticmethod
    def _assigns(operator: str) -> bool:
        return operator.endswith("=") and operator not in ("==", "===", "!=", "!==", "<=", ">=")

    def _is_value(self, at: int) -> bool:
        """Whether an expression may end with this token."""
        token = self.tokens[at]
        if token.kind == "punctuator":
            return token.text in (")", "]", "}", "++", "--")
        return token.kind != "name" or token.text not in BEFORE_REGEX | {"async", "function", "class", "instanceof"}

    def _bind(self, at: int) -> None:
        if at < len(self.tokens) and self.tokens[at].kind == "name":
            self.names.add(self.tokens[at].text)

    def _closing(self, at: int) -> int:
        """Return the index of the bracket that closes the one at `at`, or that of the last token."""
        depth = 0
        for i in range(at, len(self.tokens)):
            if self.tokens[i].kind == "punctuator":
                depth += (self.tokens[i].text in CLOSES) - (self.tokens[i].text in ")]}")
                if depth == 0:
                    return i
        return len(self.tokens) - 1

    def _declarators(self, at: int) -> int:
        """Bind the names of ``a = 1, {b, c: [d]} = e``; return where the last one's value begins, or the statement ends."""
        while at < len(self.tokens):
            if self._text(at) in ("{", "["):
                self._pattern(at)
                at = self._closing(at) + 1
            else:
                self._bind(at)
                at += 1
            at = self._after_value(at)
            if self._text(at) != ",":
                return at
            at += 1
        return at

    def _after_value(self, at: int) -> int:
        """Return where a declarator's initializer ends: at a comma, a semicolon, or a word that can only begin a statement."""
        if self._text(at) != "=":
            return at
        at += 1
        while at < len(self.tokens):
            text = self._text(at)
            if text in (",", ";"):
                return at
            if self.tokens[at].kind == "name" and text not in INFIX_WORDS and self._is_value(at - 1):
                return at  # two values side by side: a semicolon was left out
            if self.tokens[at].kind == "name" and self._text(at - 1) == "=" and self._assigns(self._text(at + 1)):
                self._bind(at)
            at = self._closing(at) + 1 if text in CLOSES else at + 1
        return at

    def _pattern(self, at: int) -> None:
        """Bind the names of a destructuring pattern that begins with ``{`` or ``[``."""
        end = self._closing(at)
        is_object = self._text(at) == "{"
        at += 1
        while at < end:
            text = self._text(at)
            if is_object and text == "[":  # a computed key
                at = self._closing(at) + 1
            elif is_object and self._text(at + 1) == ":":
                at += 2
                is_key_done = self._text(at) in ("{", "[")
                at = self._target(at) if is_key_done or self.tokens[at].kind == "name" else at + 1
            elif is_object and text == ":":
                at = self._target(at + 1)
            elif text in ("...", ","):
                at += 1
            else:
                at = self._target(at)
            at = self._after_default(at, end)

    def _target(self, at: int) -> int:
        if self._text(at) in ("{", "["):
            self._pattern(at)
            return self._closing(at) + 1
        self._bind(at)
        return at + 1

    def _after_default(self, at: int, end: int) -> int:
        if self._text(at) == "=":
            while at < end and self._text(at) != ",":
                at = self._closing(at) + 1 if self._text(at) in CLOSES else at + 1
        return at
