"""The dashboard: all views of a lab as one, in tabs or side by side.

It is one widget with one static form. Its views are parts of it, which have no comm of their own: what they say goes by its own,
and a part that nobody has looked at is told nothing. So it costs little where it only stands in a notebook.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any

import traitlets

from swnb.log import Mark
from swnb.views.live import assets
from swnb.views.live.feed import Still
from swnb.views.live.view import View
from swnb.views.live.views import Views
from swnb.views.markup import text

if TYPE_CHECKING:
    from swnb.lab.async_lab import AsyncLab

log = logging.getLogger("swnb")

TABS = ("clients", "timeline", "workers", "notifications", "console")
"""The methods of `Views` that make its parts, in order."""

FAMILIES = {
    "client": "clients",
    "window": "clients",
    "message": "timeline",
    "worker": "workers",
    "registration": "workers",
    "notification": "notifications",
    "console": "console",
    "surprise": "console",
}
"""Where what happens is seen, by the first word of its kind."""


class Dashboard(View):
    """All views of a lab.

    Attributes
    ----------
    tabs
        Names of its parts.
    brief
        Whether its plain text is left out where it stands beside other output.
    """

    _esm = assets.esm("dashboard")
    _css = assets.css("dashboard")
    tabs = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, lab: AsyncLab, *, layout: str = "tabs", language: str = "en") -> None:
        self._parts: dict[str, View] = {}
        self._fresh: set[str] = set()
        self._watched = False
        self.brief = False
        super().__init__(lab, language=language)
        self.tabs, self.state = list(TABS), {"layout": layout, "tab": TABS[0]}
        self._parts = {name: self._part(name, language) for name in TABS}
        self._told = lab.log.mark().seq

    def _part(self, name: str, language: str) -> View:
        part: View = getattr(Views(self.feed.lab), name)(language=language)
        self.feed.leave(part)  # until somebody looks at it
        part.send = partial(self._of, name)
        return part

    def _of(self, name: str, content: dict[str, object], buffers: list[bytes] | None = None) -> None:
        """Say what a part says."""
        self.send({"do": "of", "view": name, "say": content}, buffers=buffers)

    def _asked(self, view: object, content: Any, buffers: object) -> None:
        match content:
            case {"do": "of", "view": str(name), "say": dict(said)} if name in self._parts:
                if said.get("do") == "show":
                    self.feed.follow(self._parts[name])
                self._parts[name]._asked(view, said, buffers)
            case _:
                super()._asked(view, content, buffers)

    def _show(self) -> None:
        self._watched = True
        self.send({"do": "all", "fresh": sorted(self._fresh), "ended": self.feed.loop is None})

    def refresh(self) -> None:
        """Say which views that are not seen have something new."""
        if self._watched:
            super().refresh()
        self._soon_still()

    def news(self, number: int) -> tuple[int, dict[str, object] | None]:
        """Return the names of views in which something new is, as far as it was not said since they were seen."""
        log = self.feed.lab.log
        state: Any = self.state
        seen = set(self.tabs) if state.get("layout") == "side" else {state.get("tab")}
        told = self._fresh - seen
        new = {FAMILIES.get(event.kind.partition(".")[0], "") for event in log.since(Mark(number))} & set(self.tabs)
        self._fresh = told | (new - seen)
        return log.mark().seq, {"fresh": sorted(self._fresh - told)} if self._fresh - told else None

    def keep(self) -> Still:
        """Take in what is true now, for what nobody has looked at, too. Return the static form."""
        return self.standing()

    def close(self) -> None:
        """Follow no longer, with all parts."""
        for part in self._parts.values():
            part.close()
        super().close()

    # ---- what stands in for it ----------------------------------------------------------------------------------

    def _made(self) -> Still:
        words: Any = self.words
        parts = [(words.get(f"tab.{name}", name), _kept(part)) for name, part in self._parts.items()]
        html = "\n".join(f"<h4>{text(title)}</h4>\n{still.html}" for title, still in parts)
        return Still(html, "" if self.brief else "\n\n".join(f"{title}\n{still.text}" for title, still in parts))

    def html(self) -> str:
        """Return the static forms of all views, each with its title."""
        return self._made().html

    def __repr__(self) -> str:
        return f"<Dashboard of lab {self.feed.lab.name!r}>"

    def text(self) -> str:
        """Return the same as plain text; nothing where it stands beside other output."""
        return self._made().text

    def snapshot(self) -> int:
        """Make the static form anew; return how many views it shows."""
        return len(self._parts) * super().snapshot()


def _kept(part: View) -> Still:
    try:
        return part.keep()
    except Exception:  # one that fails must not keep the others from it
        log.exception("a view's static form could not be made")
        return Still("<p><em>this view failed</em></p>", "this view failed")
