"""What the script of a version says, as far as the lab's own origin served it, and how it differs from a version before."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from time import monotonic_ns
from typing import TYPE_CHECKING, Any, NamedTuple

from swnb.origin.scripts import Scripts, ServedScript
from swnb.text import STARTED_NS
from swnb.vocab import ServiceWorkerState

if TYPE_CHECKING:
    from swnb.lab.async_lab import AsyncLab
    from swnb.views.live.worker_rows import Path, WorkerRows

SHOWN = 2_000
"""Lines of a file, or of a difference, that are told; more are counted."""

WIDEST = 2_000
"""Characters of a line that are told."""

COMPARED = 10_000
"""Lines of the two files that are compared; more of them could take long."""

CONTEXT = 3
"""Equal lines that are shown around a difference."""

Line = tuple[str, int, int, str]
"""``+``, ``-``, a blank, or ``@`` for a place; the line's number before and now, 0 for none; its text."""


class File(NamedTuple):
    """A file of a version: its main script, or an import.

    Attributes
    ----------
    text
        None where it is not known.
    why
        Why it is not known: the key of a phrase.
    """

    url: str
    imported: bool
    served: ServedScript | None
    text: str | None
    why: str = ""


def files(lab: AsyncLab, label: str, path: Path) -> list[File]:
    """Return the files of a version, its main script first.

    A version's script is what was served last when it began to install: until then the browser compares or loads it, and an
    update check that finds other bytes later makes another version. What it imports may come until it has installed.
    """
    url = lab.world.workers[label].script_url
    site = next((site for site in lab.sites if url.startswith(f"{site.url}/")), None)
    if site is None:
        return [File(url, False, None, None, "source.elsewhere")]
    begun = next((when for state, when in path if state is not ServiceWorkerState.PARSED), None)
    if begun is None:
        return [File(url, False, None, None, "source.early")]
    main = site.scripts.at(url, begun)
    if main is None:
        return [File(url, False, None, None, _why_not(site.scripts, url))]
    before = (ServiceWorkerState.PARSED, ServiceWorkerState.INSTALLING)
    until = next((when for state, when in path if state not in before), monotonic_ns())
    imported = site.scripts.imported(main, until)
    return [_file(main, imported=False), *(_file(each, imported=True) for each in imported)]


def _why_not(scripts: Scripts, url: str) -> str:
    kept = scripts.revisions(url)
    return "source.forgotten" if kept and kept[0].number > 1 else "source.unknown"


def _file(served: ServedScript, *, imported: bool) -> File:
    text = served.text()
    return File(served.url, imported, served, text, "" if text is not None else "source.long")


def told(lab: AsyncLab, rows: WorkerRows, label: str, against: str = "") -> dict[str, Any]:
    """Return what a front end shows of a version: its files, each with what differs from a version before.

    Parameters
    ----------
    against
        Label of that version; "" for the last one before it whose script is known.

    Raises
    ------
    NameUnknown
        Nobody has that label.
    """
    now = files(lab, label, rows.path(label))
    earlier = rows.before(label)
    former: list[File] = []
    for other in [against] if against in earlier else reversed(earlier):
        former, chosen = files(lab, other, rows.path(other)), other
        if former[0].text is not None:
            break
    else:
        chosen = against if against in earlier else ""
    pairs = [(_counterpart(file, former), file) for file in now]
    gone = [(file, None) for file in former if file.imported and all(file.url != each.url for each in now)]
    told = [_told(before, after, compared=bool(chosen)) for before, after in [*pairs, *gone]]
    return {"of": label, "before": chosen, "earlier": earlier, "files": told}


def _counterpart(file: File, former: Sequence[File]) -> File | None:
    if not file.imported:
        return former[0] if former else None
    return next((each for each in former if each.imported and each.url == file.url), None)


def _told(before: File | None, after: File | None, *, compared: bool) -> dict[str, Any]:
    file = after or before
    assert file is not None
    change, lines = _change(before, after) if compared else ("", [])
    source = _alike(file.text or "")[0] if after is not None else []
    return {
        "url": file.url,
        "imported": file.imported,
        "why": file.why,
        "bytes": file.served.size if file.served is not None else 0,
        "served": (file.served.first_ns + STARTED_NS) / 1e6 if file.served is not None else None,
        "source": [_cut(line) for line in source[:SHOWN]],
        "more": max(0, len(source) - SHOWN),
        "change": change,
        "lines": lines[:SHOWN],
        "moreLines": max(0, len(lines) - SHOWN),
    }


def _change(before: File | None, after: File | None) -> tuple[str, list[Line]]:
    """Return what became of a file, in one word, and its lines where it can be said."""
    if after is None:
        return "removed", []
    if before is None:
        return "new", []
    if before.text is None or after.text is None:
        return "unknown", []
    if before.text == after.text:
        return "same", []
    old, new = _alike(before.text, after.text)
    return ("long", []) if len(old) + len(new) > 2 * COMPARED else ("changed", difference(old, new))


def _alike(*texts: str) -> list[list[str]]:
    """Return texts as lines. How a line ends, and whether the last one does, is a part of it where that differs."""
    if all("\r\n" in text and text.count("\r\n") == text.count("\n") for text in texts):
        texts = tuple(text.replace("\r\n", "\n") for text in texts)
    if all(text.endswith("\n") for text in texts):
        texts = tuple(text[:-1] for text in texts)
    return [text.split("\n") for text in texts]


def difference(old: Sequence[str], new: Sequence[str]) -> list[Line]:
    """Return a unified difference: a line ``@`` for each place, then what was taken away, what came, and what is around it."""
    lines: list[Line] = []
    for group in SequenceMatcher(None, old, new).get_grouped_opcodes(CONTEXT):
        (_, old_from, _, new_from, _), (_, _, old_to, _, new_to) = group[0], group[-1]
        lines.append(("@", 0, 0, f"@@ -{_span(old_from, old_to)} +{_span(new_from, new_to)} @@"))
        for what, begin, end, other, other_end in group:
            if what == "equal":
                lines += [(" ", i + 1, i - begin + other + 1, _cut(old[i])) for i in range(begin, end)]
                continue
            lines += [("-", i + 1, 0, _cut(old[i])) for i in range(begin, end)]
            lines += [("+", 0, i + 1, _cut(new[i])) for i in range(other, other_end)]
    return lines


def _span(begin: int, end: int) -> str:
    """Return a place as unified differences write it: lines count from 1, and an empty place is the line before it."""
    count = end - begin
    return f"{begin + 1}" if count == 1 else f"{begin + 1 if count else begin},{count}"


def _cut(line: str) -> str:
    return line if len(line) <= WIDEST else f"{line[:WIDEST]}… ({len(line):,} characters)"
