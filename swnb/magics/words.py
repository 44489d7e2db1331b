"""The line after ``%sw VERB``, as words.

A `` #`` after a space starts a comment, quotes hold words together, and a ``;`` at the end of the line is for the one who
shows results. Nothing is expanded: what is written is what a verb gets.
"""

from __future__ import annotations

from typing import NamedTuple


class Word(NamedTuple):
    """One word of a line: its text without quotes, and where it stands."""

    text: str
    start: int
    end: int


class Line(NamedTuple):
    """A line without its comment: its words, and whether a ``;`` at its end asks for silence."""

    text: str
    words: list[Word]
    silent: bool


def split(line: str) -> Line:
    """Return the words of a line, without its comment and without a ``;`` at its end."""
    words = _words(line)
    comment = next((word for word in words if line[word.start] == "#"), None)
    if comment is not None:
        words = words[: words.index(comment)]
        line = line[: comment.start]
    line = line.rstrip()
    silent = bool(words) and line.endswith(";") and line[words[-1].end - 1] == ";"
    if silent:
        line = line[:-1].rstrip()
        words = _words(line)
    return Line(line, words, silent)


def _words(line: str) -> list[Word]:
    words: list[Word] = []
    at = 0
    while at < len(line):
        if line[at].isspace():
            at += 1
            continue
        start, text = at, ""
        while at < len(line) and not line[at].isspace():
            close = line.find(line[at], at + 1) if line[at] in "\"'" else -1
            if close > 0:  # a quote that is never closed is a character like others
                text += line[at + 1 : close]
                at = close + 1
            else:
                text += line[at]
                at += 1
        words.append(Word(text, start, at))
    return words
