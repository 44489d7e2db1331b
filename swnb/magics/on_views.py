"""Verbs of the views that go on: the dashboard, and what a notebook keeps of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swnb.magics.arguments import Argument
from swnb.magics.call import Call
from swnb.magics.living import LANGUAGE, LIVE, asked_live, lab_of, language_of, live
from swnb.magics.verbs import verb

if TYPE_CHECKING:
    from swnb.views.live.dashboard import Dashboard
    from swnb.views.live.view import View

GROUP = "Views that go on"

LAYOUT = Argument("--layout", "in tabs, which it is unless given, or side by side", "LAYOUT", choices=("tabs", "side"))


@verb(
    "dashboard",
    "All live views as one: clients, timeline, workers, notifications, console. `%sw start` shows it, too.",
    LAYOUT,
    LANGUAGE,
    group=GROUP,
    example="%sw dashboard --layout side",
)
def dashboard(call: Call) -> Dashboard:
    """Make a dashboard."""
    made: Dashboard = lab_of(call).dashboard(call.arguments.text("layout") or "tabs", language_of(call))
    return made


class Drawn:
    """A picture that stays as it is, and the text that says the same."""

    def __init__(self, html: str, text: str) -> None:
        self._html = html
        self._text = text

    def _repr_html_(self) -> str:
        return self._html

    def __repr__(self) -> str:
        return self._text


@verb(
    "timeline",
    "Who said what to whom, as a sequence diagram. With --live one that grows.",
    LIVE,
    LANGUAGE,
    group=GROUP,
    example="%sw timeline --live",
)
def timeline(call: Call) -> Drawn | View:
    """Draw what happened."""
    if asked_live(call):
        return live(call, "timeline")
    lab = lab_of(call)
    if lab.alive:
        lab.settle()  # what the pages did by now is shown
    view: View = lab.views.timeline()
    still = view.standing()
    view.close()
    return Drawn(still.html, still.text)


@verb(
    "snapshot",
    "Bring what a saved notebook keeps of the displayed views up to date, at once; it is when nothing changes for a second.",
    group=GROUP,
    example="%sw snapshot",
)
def snapshot(call: Call) -> None:
    """Make the static forms anew."""
    lab = lab_of(call)
    if lab.alive:
        lab.settle()
    count: int = lab.views.snapshot()
    if not count:
        call.say("no view is displayed: `%sw dashboard` shows all of them")
        return
    state = "as it is now" if lab.alive else "as it was when the lab ended"
    call.say(f"{count} {'view' if count == 1 else 'views'} of the lab {state}")


FILE = Argument("file", "where it is written", "FILE", required=True)

FORM = Argument(
    "--form",
    "instead of what the file's name says",
    "FORM",
    choices=("mermaid", "svg", "trace", "csv", "parquet", "notebook"),
)


@verb(
    "report",
    "Write a page that stands by itself and tells what happened: summary, timeline, console, files.",
    FILE,
    group=GROUP,
    example="%sw report run.html",
)
def report(call: Call) -> None:
    """Write the report."""
    lab = lab_of(call)
    if lab.alive:
        lab.settle()
    path = lab.views.report(call.arguments.need("file"))
    call.say(f"{path}: {path.stat().st_size:,} bytes")


@verb(
    "export",
    "Write what happened for other programs: .mmd (Mermaid), .svg, .json (for Perfetto), .csv, .parquet; a recording as .ipynb.",
    FILE,
    FORM,
    group=GROUP,
    example="%sw export run.mmd",
)
def export(call: Call) -> None:
    """Write the export."""
    lab = lab_of(call)
    if lab.alive:
        lab.settle()
    path = lab.views.export(call.arguments.need("file"), call.arguments.text("form"))
    call.say(f"{path}: {path.stat().st_size:,} bytes")
