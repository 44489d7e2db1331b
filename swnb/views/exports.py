"""What happened, for other programs: Mermaid, SVG, Chrome trace events, CSV and Parquet; and a recording as a notebook.

Everything else is made of the events alone. What comes from pages stays text, whatever reads it.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from swnb.errors import InvalidArgument, SwnbError
from swnb.events import MessageReceived
from swnb.log import Log
from swnb.messages.payloads import preview
from swnb.text import short, visible, whole_pairs
from swnb.views import sequence
from swnb.views.live.timeline_rows import TimelineRows

if TYPE_CHECKING:
    from swnb.recording import Recording

FORMATS = {
    "mermaid": (".mmd", ".mermaid"),
    "svg": (".svg",),
    "trace": (".json", ".trace"),
    "csv": (".csv",),
    "parquet": (".parquet",),
    "notebook": (".ipynb",),
}
"""Formats, and how their files are called."""

LABEL = 60
"""Characters of a payload in a diagram."""

MOST = 2_000
"""Rows of a Mermaid diagram or a picture: the last ones; such programs take no more."""


def export(of: Log | Recording, path: str | Path, form: str | None = None) -> Path:
    """Write what happened into a file.

    Parameters
    ----------
    of
        A notebook is made of a recording; what happened alone is not enough for it.
    form
        ``mermaid``, ``svg``, ``trace``, ``csv``, ``parquet`` or ``notebook``; by default what the file's name says.

    Raises
    ------
    InvalidArgument
        If no such format is known, or a notebook is asked for without a recording.
    SwnbError
        If a library is missing that the format needs, or the file cannot be written.
    """
    path = Path(path)
    chosen = form or next((name for name, ends in FORMATS.items() if path.suffix.lower() in ends), None)
    if chosen not in FORMATS:
        raise InvalidArgument(f"{path.name} is of no known format", f"there are {', '.join(FORMATS)}")
    try:
        if chosen == "notebook":
            path.write_text(_notebook(of), "utf-8", newline="")
        elif chosen == "parquet":
            _parquet(_log(of), path)
        else:
            made = {"mermaid": mermaid, "svg": svg, "trace": trace, "csv": messages_csv}[chosen](_log(of))
            path.write_text(made, "utf-8", newline="")
    except OSError as error:
        raise SwnbError(f"{path} cannot be written: {error.strerror or error}", "name another file") from None
    return path


def _log(of: Log | Recording) -> Log:
    if isinstance(of, Log):
        return of
    from swnb.views.recorded import log_of

    return log_of(of)


def _notebook(of: Log | Recording) -> str:
    if isinstance(of, Log):
        raise InvalidArgument(
            "a notebook is made of a recording, and nothing is being recorded",
            "`%sw record FILE` before the first window; then export, or `swnb export FILE -o run.ipynb`",
        )
    from swnb.views.as_notebook import written

    return written(of)


# ---- Mermaid ------------------------------------------------------------------------------------------------------


def mermaid(log: Log) -> str:
    """Return a sequence diagram in Mermaid's words."""
    rows = TimelineRows(log)
    count = rows.look()
    made = [rows.made(at) for at in range(max(0, count - MOST), count)]
    used = sorted({lane for row in made for lane in (row[2], row[5]) if lane >= 0})
    lines = ["sequenceDiagram"]
    lines += [f"    participant a{lane} as {escaped(rows.lanes.all[lane].name)}" for lane in used]
    lines += [line for row in made if (line := _mermaid_row(log, row))]
    return "\n".join(lines) + "\n"


def _mermaid_row(log: Log, row: Any) -> str:
    seq, letter, lane, _, _, other, text, more = row
    if letter == "s":
        event: Any = log[seq]
        return f"    a{lane}-){f'a{other}' if other >= 0 else f'a{lane}'}: {escaped(short(preview(event), LABEL))}"
    if letter == "r":
        return f"    Note over a{lane}: nobody listened" if isinstance(more, list) and "unheard" in more else ""
    if letter == "u":
        return f"    Note over a{lane}: ✗ {escaped(short(f'{text} {more}', LABEL))}"
    if letter == "c" and other >= 0:
        return f"    a{other}-->>a{lane}: {'claims' if text == 'claim' else 'controls'}"
    return f"    Note over a{lane}: {escaped(short(sequence.words(letter, text, more), LABEL))}"


def escaped(text: str) -> str:
    """Return a text as Mermaid takes it as text: all but letters, digits and harmless signs by number."""
    return "".join(
        c if c.isalnum() or c in " .,:/_-?!=()[]'…✗●○▬▭◆▶⚠ƒ⚑☝★✉»" else f"#{ord(c)};" for c in visible(whole_pairs(text))
    )


# ---- SVG ----------------------------------------------------------------------------------------------------------


def svg(log: Log) -> str:
    """Return the sequence diagram as a picture that stands by itself."""
    made = sequence.picture(log, MOST)
    if not made:
        return '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>\n'
    begin = made.index(">") + 1
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{made[:begin]}<rect width="100%" height="100%" fill="#fff"/>{made[begin:]}\n'


# ---- Chrome trace events --------------------------------------------------------------------------------------------


def trace(log: Log) -> str:
    """Return Chrome trace events, as Perfetto opens them: a thread for each actor, a slice for each row, arrows for messages.

    Times are microseconds since the first row.
    """
    rows = TimelineRows(log)
    count = rows.look()
    events: list[dict[str, Any]] = [{"ph": "M", "pid": 1, "tid": 0, "name": "process_name", "args": {"name": "swnb"}}]
    for at in range(count):
        events += _traced(log, rows.made(at), at)
    for at, lane in enumerate(rows.lanes.all):
        name = whole_pairs(lane.name)
        events.append(
            {"ph": "M", "pid": 1, "tid": at + 1, "name": "thread_name", "args": {"name": f"{name} ({lane.kind})"}}
        )
    return msgspec.json.encode({"traceEvents": events, "displayTimeUnit": "ms"}).decode()


def _traced(log: Log, row: Any, at: int) -> list[dict[str, Any]]:
    seq, letter, lane, when, ref, _, text, more = row
    event: Any = log[seq] if seq >= 0 else None
    name = preview(event) if letter == "s" else sequence.words(letter, text, more) if letter != "r" else "received"
    place = {"pid": 1, "tid": lane + 1, "ts": round(when * 1000, 1)}
    kind = event.kind if event is not None else "verb"
    made = [
        place
        | {"ph": "X", "dur": 1, "name": whole_pairs(short(name, LABEL)) or kind, "cat": kind, "args": {"seq": seq}}
    ]
    if letter == "s":
        made.append(place | {"ph": "s", "id": at, "name": "message", "cat": "message"})
    elif letter == "r" and ref >= 0:
        made.append(place | {"ph": "f", "bp": "e", "id": ref, "name": "message", "cat": "message"})
    return made


# ---- tables ---------------------------------------------------------------------------------------------------------

COLUMNS = (
    "seq",
    "sent",
    "sender",
    "receiver",
    "channel",
    "via",
    "data",
    "size",
    "received",
    "fate",
    "why",
    "pairing",
    "listeners",
)


def messages_csv(log: Log) -> str:
    """Return the messages as CSV, one line each; `data` is JSON as `swnb.values` describes it. Times are ISO 8601, UTC.

    A cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(COLUMNS)
    for message in log.messages():
        writer.writerow([harmless(cell) for cell in _cells(message)])
    return sheet.getvalue()


def _cells(m: Any) -> list[str]:
    kept = m.received if isinstance(m.received, MessageReceived) and m.received.content else m.sent or m.received
    times = ["" if when is None else when.isoformat() for when in (m.sent_at, m.received_at)]
    data = kept.content.decode("utf-8", "replace")
    told = [m.seq, times[0], m.sender, m.receiver, m.channel, m.via, data, m.size, times[1]]
    told += [m.fate or "", m.why, m.pairing or "", m.listeners if m.listeners >= 0 else ""]
    return [whole_pairs(str(cell)) for cell in told]


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet runs."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _parquet(log: Log, path: Path) -> None:
    frame = log.messages().to_pandas()
    frame["data"] = [None if value is None else json.dumps(repr(value)) for value in frame["data"]]
    try:
        frame.to_parquet(path)
    except ImportError:
        raise SwnbError("Parquet needs pyarrow, which is not there", "pip install pyarrow; or write a .csv") from None
