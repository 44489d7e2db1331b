"""Which known word was meant: a suggestion that is far off is worse than none."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

LIKENESS = 0.65
"""How much two words must have in common, by difflib's ratio: `widow` and `window` have 0.9, `foo` and `goto` 0.6."""


def near(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that `word` is a slip or the beginning of, or None where there is none."""
    words = list(known)
    found = get_close_matches(word, words, n=1, cutoff=LIKENESS)
    if not found and len(word) > 2:
        found = [other for other in words if other.startswith(word)]
    return found[0] if found else None
