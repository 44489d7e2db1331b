"""What is heard of which kind of context: the grid of the documentation, as data.

A row is a kind of context, a column is what there is to be heard of it. Where the policies differ, a cell says both.
"""

from __future__ import annotations

from enum import Enum

from swnb.vocab import Attach

HEARD, INFERRED, NOT_HEARD = "heard", "inferred", "not heard"
ANONYMOUS = "inferred, not from whom"
OF_WINDOW = "heard as the page's"
LATE = "heard once its agent is there"
NONE = "–"

WORDS = {
    HEARD: "the context itself told it",
    INFERRED: "concluded from the other end of the message, or from URL, owner and order of creation; marked so in the log",
    ANONYMOUS: "the same, and nobody knows who sent it",
    LATE: "Chromium does not hold such a frame; what it does in its first moments may be missed",
    OF_WINDOW: "it stands under the name of the page that the worklet is of; no agent works in worklets",
    NOT_HEARD: "nobody is there who could tell it; of a message whose other end is heard, that end is in the log",
    NONE: "there is no such thing",
}
"""What the cells say."""

Cells = dict[str, str]

COLUMNS: dict[str, str] = {
    "first line": "what its script says first",
    "to worker": "what it sends to its service worker",
    "from worker": "what its service worker sends to it",
    "to owner": "what it sends to who made it; of a service worker: to a page",
    "from owner": "what who made it sends to it; of a service worker: what a page sends",
    "row": "a row in `lab.world`, with type, frame type and owner",
    "id": "its `Client.id`",
    "controller": "who controls it",
    "console": "what it writes to the console",
    "end": "its end",
}
"""What there is to be heard, and what that means."""


class Kind(Enum):
    """A kind of context: the word that its script says, what the grid calls it, and its place."""

    WINDOW = ("window", "top-level window")
    POPUP = ("popup", "pop-up")
    STRANGER = ("noopener", "pop-up, `noopener`")
    FRAME = ("frame", "frame of the same origin")
    FOREIGN = ("foreign", "frame of another origin")
    SANDBOXED = ("sandboxed", "sandboxed frame")
    SAME_ORIGIN = ("same-origin", "sandboxed frame, `allow-same-origin`")
    SRCDOC = ("srcdoc", "`srcdoc` frame")
    SANDBOXED_SRCDOC = ("sandboxed-srcdoc", "sandboxed `srcdoc` frame")
    BLANK = ("blank", "`about:blank` frame")
    BLOB = ("blob", "`blob:` frame")
    DEDICATED = ("dedicated", "dedicated worker")
    MODULE = ("module", "dedicated worker, `type: module`")
    BLOB_WORKER = ("blob-worker", "dedicated worker, `blob:`")
    NESTED = ("nested", "nested worker")
    SHARED = ("shared", "shared worker")
    SERVICE = ("service", "service worker")
    RESTARTED = ("service", "service worker, started again")
    AUDIO = ("audio", "audio worklet")
    PAINT = ("paint", "paint worklet")

    @property
    def word(self) -> str:
        """What its script says."""
        return self.value[0]

    @property
    def title(self) -> str:
        """What the grid calls it."""
        return self.value[1]


CONTROLLED = (HEARD, HEARD, HEARD)
"""What begins, and talks with a service worker."""

ALONE = (HEARD, NONE, NONE)
"""What begins, and has no service worker to talk with."""

GRID: dict[Kind, tuple[str, ...]] = {
    Kind.WINDOW: (*CONTROLLED, NONE, NONE, HEARD, HEARD, HEARD, HEARD, HEARD),
    Kind.POPUP: (*CONTROLLED, ANONYMOUS, HEARD, HEARD, HEARD, HEARD, HEARD, HEARD),
    Kind.STRANGER: (*CONTROLLED, NONE, NONE, HEARD, HEARD, HEARD, HEARD, HEARD),
    Kind.FRAME: (*CONTROLLED, INFERRED, HEARD, HEARD, HEARD, HEARD, HEARD, HEARD),
    Kind.FOREIGN: (*ALONE, INFERRED, HEARD, HEARD, NONE, NONE, HEARD, HEARD),
    Kind.SANDBOXED: (*ALONE, INFERRED, HEARD, HEARD, NONE, NONE, HEARD, HEARD),
    Kind.SAME_ORIGIN: (*CONTROLLED, INFERRED, HEARD, HEARD, HEARD, HEARD, HEARD, HEARD),
    Kind.SRCDOC: (*CONTROLLED, INFERRED, HEARD, HEARD, HEARD, HEARD, HEARD, HEARD),
    Kind.SANDBOXED_SRCDOC: (LATE, NONE, NONE, INFERRED, LATE, HEARD, NONE, NONE, LATE, HEARD),
    Kind.BLANK: (*ALONE, INFERRED, HEARD, HEARD, NONE, NONE, HEARD, HEARD),
    Kind.BLOB: (*ALONE, INFERRED, HEARD, HEARD, NONE, NONE, HEARD, HEARD),
    Kind.DEDICATED: (*ALONE, HEARD, HEARD, HEARD, INFERRED, INFERRED, HEARD, HEARD),
    Kind.MODULE: (*ALONE, HEARD, HEARD, HEARD, INFERRED, INFERRED, HEARD, HEARD),
    Kind.BLOB_WORKER: (*ALONE, HEARD, HEARD, HEARD, INFERRED, INFERRED, HEARD, HEARD),
    Kind.NESTED: (*ALONE, HEARD, HEARD, HEARD, INFERRED, INFERRED, HEARD, HEARD),
    Kind.SHARED: (*ALONE, HEARD, HEARD, HEARD, INFERRED, INFERRED, HEARD, HEARD),
    Kind.SERVICE: (*ALONE, HEARD, HEARD, HEARD, NONE, NONE, HEARD, HEARD),
    Kind.RESTARTED: (*ALONE, HEARD, HEARD, HEARD, NONE, NONE, HEARD, HEARD),
    Kind.AUDIO: (NONE, NONE, NONE, NOT_HEARD, NOT_HEARD, NONE, NONE, NONE, OF_WINDOW, NONE),
    Kind.PAINT: (NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, OF_WINDOW, NONE),
}
"""With ``--attach hold``, in the order of `COLUMNS`."""

UNASKED: Cells = {"id": NOT_HEARD}
UNTOLD: Cells = {"id": NOT_HEARD, "controller": NOT_HEARD}
LEFT_ALONE: Cells = {"first line": NOT_HEARD, "to owner": INFERRED, "from owner": NOT_HEARD, "console": NOT_HEARD}

DETACHED: dict[Kind, Cells] = {
    **dict.fromkeys((Kind.WINDOW, Kind.POPUP, Kind.STRANGER, Kind.FRAME, Kind.SAME_ORIGIN, Kind.SRCDOC), UNASKED),
    **dict.fromkeys((Kind.DEDICATED, Kind.MODULE, Kind.BLOB_WORKER, Kind.NESTED, Kind.SHARED), UNTOLD),
    **dict.fromkeys((Kind.SERVICE, Kind.RESTARTED), LEFT_ALONE),
}
"""What is otherwise with ``--attach detached``: nobody asks the workers, who alone know the ids."""


def cell(kind: Kind, policy: Attach, column: str) -> str:
    """Return what the grid says."""
    if policy is Attach.DETACHED and column in DETACHED.get(kind, {}):
        return DETACHED[kind][column]
    return dict(zip(COLUMNS, GRID[kind], strict=True))[column]


def markdown() -> str:
    """Return the grid as the documentation shows it: a table, and what its words mean."""
    lines = ["| context | " + " | ".join(COLUMNS) + " |", "|---|" + "---|" * len(COLUMNS)]
    for kind in Kind:
        cells = []
        for column in COLUMNS:
            held, detached = (cell(kind, policy, column) for policy in (Attach.HOLD, Attach.DETACHED))
            cells.append(held if held == detached else f"{held}; detached: {detached}")
        lines.append(f"| {kind.title} | " + " | ".join(cells) + " |")
    lines += ["", *(f"* *{column}*: {meaning}." for column, meaning in COLUMNS.items())]
    lines += [f"* **{word}**: {meaning}." for word, meaning in WORDS.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(markdown(), end="")
