"""``lab.views``: the live views of a lab."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from swnb.errors import InvalidArgument
from swnb.lab.async_lab import AsyncLab
from swnb.views.live import assets

if TYPE_CHECKING:
    from swnb.views.live.clients import ClientsView
    from swnb.views.live.console import ConsoleView
    from swnb.views.live.dashboard import Dashboard
    from swnb.views.live.notifications import NotificationsView
    from swnb.views.live.timeline import TimelineView
    from swnb.views.live.workers import WorkersView


LAYOUTS = ("tabs", "side")


class Views:
    """Makes live views of one lab; each call makes a new one.

    All take a `language` that they speak, ``en`` or ``fr``, and raise `InvalidArgument` for one that no table of words is in.
    """

    def __init__(self, lab: AsyncLab) -> None:
        self._lab = lab

    def clients(self, *, language: str = "en") -> ClientsView:
        """Return the live table of clients: who controls whom."""
        from swnb.views.live.clients import ClientsView

        return ClientsView(self._lab, language=_known(language))

    def timeline(self, *, language: str = "en") -> TimelineView:
        """Return the live sequence diagram: who says what to whom."""
        from swnb.views.live.timeline import TimelineView

        return TimelineView(self._lab, language=_known(language))

    def workers(self, *, language: str = "en") -> WorkersView:
        """Return the registrations with the versions of their workers, and what can be done to them."""
        from swnb.views.live.workers import WorkersView

        return WorkersView(self._lab, language=_known(language))

    def notifications(self, *, language: str = "en") -> NotificationsView:
        """Return the desktop's notifications as cards that can be clicked."""
        from swnb.views.live.notifications import NotificationsView

        return NotificationsView(self._lab, language=_known(language))

    def console(self, *, language: str = "en") -> ConsoleView:
        """Return what all contexts wrote to their consoles, and the errors that nobody caught."""
        from swnb.views.live.console import ConsoleView

        return ConsoleView(self._lab, language=_known(language))

    def dashboard(self, *, layout: str = "tabs", language: str = "en") -> Dashboard:
        """Return all of them as one: in `tabs`, or `side` by side. Who looks at it can change that."""
        from swnb.views.live.dashboard import Dashboard

        if layout not in LAYOUTS:
            raise InvalidArgument(f"a dashboard's layout cannot be {layout!r}", f"one of {', '.join(LAYOUTS)}")
        return Dashboard(self._lab, layout=layout, language=_known(language))

    def snapshot(self) -> int:
        """Make the static form of all that is displayed anew, now, for a notebook that is saved; return how many views those are.

        By itself it is made anew when nothing has changed for a second. After the lab's end it stays as it was.
        """
        from swnb.views.live.feed import Feed

        feed = Feed.of(self._lab)
        return feed.ask(feed.snapshot)

    def report(self, path: str | Path, *, title: str = "") -> Path:
        """Write a page that stands by itself and tells what happened so far: summary, timeline, console, files, environment.

        Raises
        ------
        SwnbError
            If the file cannot be written.
        """
        from swnb.views.report import of_lab

        return of_lab(self._lab, Path(path), title or f"What happened in the lab {self._lab.name!r}")

    def export(self, path: str | Path, form: str | None = None) -> Path:
        """Write what happened so far for other programs: ``mermaid``, ``svg``, ``trace`` (Perfetto), ``csv``, ``parquet``.

        Where the lab is being recorded, also as the ``notebook`` of what the recording has so far.

        Raises
        ------
        InvalidArgument
            If neither `form` nor the file's name says which of them, or a notebook is asked for and nothing is recorded.
        SwnbError
            If the file cannot be written, or a library is missing.
        """
        from swnb.recording import read
        from swnb.views.exports import FORMATS, export

        recorders = self._lab.recorders
        is_notebook = form == "notebook" or (form is None and Path(path).suffix.lower() in FORMATS["notebook"])
        return export(read(recorders[-1].path) if is_notebook and recorders else self._lab.log, path, form)


def _known(language: str) -> str:
    if language not in assets.languages():
        raise InvalidArgument(f"no view speaks {language!r}", f"there are {', '.join(assets.languages())}")
    return language
